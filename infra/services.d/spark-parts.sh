# The four processes of Spark, each of which can be stopped and started by itself.

spark_master_needs() { spark_needs; }
spark_master_launch() {
  launch_daemon spark-master master.Master --host 127.0.0.1 --port "$(cat "$folder/spark-master.port")" \
    --webui-port "$(cat "$folder/spark-master-ui.port")"
}
spark_master_ready() { page "$(cat "$folder/spark-master-ui.port")" /json/ | grep -q '"status" : "ALIVE"'; }
spark_master_stop() { terminate spark-master; }

spark_worker_1_needs() { spark_needs; }
spark_worker_1_launch() { launch_worker spark-worker-1; }
spark_worker_1_ready() { worker_is_ready spark-worker-1; }
spark_worker_1_stop() { terminate spark-worker-1; }

spark_worker_2_needs() { spark_needs; }
spark_worker_2_launch() { launch_worker spark-worker-2; }
spark_worker_2_ready() { worker_is_ready spark-worker-2; }
spark_worker_2_stop() { terminate spark-worker-2; }

spark_connect_needs() { spark_needs; }
spark_connect_launch() {
  # The token goes by the environment, for everybody can read a command line.
  SPARK_CONNECT_AUTHENTICATE_TOKEN=$(cat "$folder/token") launch_spark spark-connect spark-submit \
    --properties-file "$folder/conf/spark-defaults.conf" \
    --class org.apache.spark.sql.connect.service.SparkConnectServer spark-internal
}
spark_connect_ready() { answers "$(cat "$folder/port")"; }
spark_connect_stop() { terminate spark-connect; }

launch_worker() {
  launch_daemon "$1" worker.Worker --host 127.0.0.1 --cores 2 --memory "$SPARK_MEMORY" --work-dir "$folder/$1" \
    --webui-port "$(cat "$folder/$1.port")" "spark://127.0.0.1:$(cat "$folder/spark-master.port")"
}

# Whether the worker has found its master, if that is there to be found.
worker_is_ready() {
  local state
  state=$(page "$(cat "$folder/$1.port")" /json/)
  [[ $state == *'"masterurl" : "spark://'* ]] || { [ -n "$state" ] && ! living spark-master >/dev/null; }
}

# $1 process, $2 class; "${@:3}" its arguments.
launch_daemon() {
  # Not for the Connect server, which would take its memory from here.
  SPARK_DAEMON_MEMORY=128m SPARK_DAEMON_JAVA_OPTS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.io.tmpdir=$folder/tmp" \
    launch_spark "$1" spark-class "org.apache.spark.deploy.$2" --properties-file "$folder/conf/spark-defaults.conf" "${@:3}"
}

# Starts Spark's program $2 as process $1 unless that lives, with nothing of Spark in its environment but what is put there.
# Executors get it too. With many arenas glibc takes far more memory than they need.
launch_spark() {
  if living "$1" >/dev/null; then return; fi
  launch "$1" env -u SPARK_REMOTE -u SPARK_CONNECT_TOKEN -u SPARK_MASTER_OPTS -u SPARK_WORKER_OPTS -u SPARK_SUBMIT_OPTS \
    SPARK_HOME="$spark" SPARK_CONF_DIR="$folder/conf" SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_HOSTNAME=127.0.0.1 MALLOC_ARENA_MAX=2 \
    "$spark/bin/$2" "${@:3}"
}

# How many executors the driver has, itself not counted.
count_executors() {
  local ui application
  ui=$(cat "$folder/spark-ui.port")
  application=$(page "$ui" /api/v1/applications | sed -nE 's/.*"id" : "([^"]+)".*/\1/p' | head -n 1)
  page "$ui" "/api/v1/applications/$application/executors" | grep -cE '"id" : "[0-9]+"' || true
}

# The ids of the executors: those work below the folder of their worker, as do the commands that they run.
executor_pids() {
  local cwd
  for cwd in $(find /proc/[0-9]*/cwd -maxdepth 0 -lname "$folder/spark-worker-*" 2>/dev/null || true); do
    if grep -qaF CoarseGrainedExecutorBackend "${cwd%cwd}cmdline" 2>/dev/null; then echo "${cwd//[!0-9]/}"; fi
  done
}

# An executor whose worker and driver are gone ends by itself, though not at once.
end_executors() {
  local pid deadline=$((SECONDS + STOP_SECONDS))
  while [ -n "$(executor_pids)" ]; do
    if ((SECONDS >= deadline)); then
      for pid in $(executor_pids); do kill -KILL "$pid" 2>/dev/null || true; done
    fi
    sleep 0.1
  done
}
