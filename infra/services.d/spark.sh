# spark: a Spark cluster of its own: a master, two workers, and the Connect server, which is the driver of the one
# application there is. Its two executors are children of the workers.

SPARK_PARTS=(spark-master spark-worker-1 spark-worker-2 spark-connect)

spark_needs() {
  need_java Spark
  need_spark
}

spark_make() {
  claim_port port LIVETALLY_SPARK_PORT 15002
  claim_port spark-ui.port LIVETALLY_SPARK_UI_PORT 4040
  claim_port spark-master.port LIVETALLY_SPARK_MASTER_PORT 7077
  claim_port spark-master-ui.port LIVETALLY_SPARK_MASTER_UI_PORT 8080
  claim_port spark-worker-1.port LIVETALLY_SPARK_WORKER_1_PORT 8081
  claim_port spark-worker-2.port LIVETALLY_SPARK_WORKER_2_PORT 8082
  make_password "$folder/token"
  make_password "$folder/secret"
  mkdir "$folder/conf" "$folder/checkpoints" "$folder/scratch" "$folder/tmp"
  cp "$parts/spark-log4j2.properties" "$folder/conf/log4j2.properties"
  (umask 077 && spark_properties >"$folder/conf/spark-defaults.conf")
}

# Port $3, or that of the name $2, into file $1.
claim_port() {
  local port=${!2:-$3}
  need_free_port "$port" "$2"
  echo "$port" >"$folder/$1"
}

# For all of them, and in containers too: spark-common.conf. A master that comes back knows its workers and the application
# again only if it has written them down; those that are gone meanwhile it awaits for the time given. Who does not know the
# secret cannot have the cluster run anything: the ports are open to everybody on this machine.
spark_properties() {
  cat "$parts/spark-common.conf"
  cat <<PROPERTIES
spark.master spark://127.0.0.1:$(cat "$folder/spark-master.port")
spark.authenticate.secret $(cat "$folder/secret")
spark.deploy.recoveryDirectory $folder/recovery
spark.driver.memory $SPARK_MEMORY
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.driver.extraJavaOptions -Djava.io.tmpdir=$folder/tmp
spark.executor.memory $SPARK_MEMORY
spark.executor.extraJavaOptions -Djava.io.tmpdir=$folder/tmp
spark.local.dir $folder/scratch
spark.ui.port $(cat "$folder/spark-ui.port")
spark.connect.grpc.binding.address 127.0.0.1
spark.connect.grpc.binding.port $(cat "$folder/port")
PROPERTIES
}

spark_launch() {
  local deadline=$((SECONDS + WAIT_SECONDS))
  spark_master_launch
  # A worker that does not find its master tries again only after seconds.
  until answers "$(cat "$folder/spark-master.port")"; do
    living spark-master >/dev/null && ((SECONDS < deadline)) || fail_with_log spark-master
    sleep 0.1
  done
  spark_worker_1_launch
  spark_worker_2_launch
  spark_connect_launch
}

# Ready when both executors have found the driver.
spark_ready() { spark_connect_ready && [ "$(count_executors)" -ge 2 ]; }

# The driver first: its executors end with it.
spark_stop() {
  spark_connect_stop
  spark_worker_1_stop
  spark_worker_2_stop
  spark_master_stop
  end_executors
}

spark_env() {
  export_line SPARK_REMOTE "sc://127.0.0.1:$1"
  export_line SPARK_CONNECT_TOKEN_FILE "$folder/token"
  export_line SPARK_CHECKPOINTS "file://$folder/checkpoints"
  export_line LIVETALLY_TEST_SPARK "sc://127.0.0.1:$1"
  export_line LIVETALLY_TEST_SPARK_TOKEN "$(cat "$folder/token")"
  export_line LIVETALLY_TEST_SPARK_CHECKPOINTS "file://$folder/checkpoints"
  export_line LIVETALLY_TEST_SPARK_MASTER "http://127.0.0.1:$(cat "$folder/spark-master-ui.port")"
  export_line LIVETALLY_TEST_SPARK_UI "http://127.0.0.1:$(cat "$folder/spark-ui.port")"
}
