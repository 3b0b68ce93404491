# kafka-zookeeper: Kafka 3.9 with ZooKeeper, two processes.

kafka_zookeeper_needs() {
  need_java Kafka
  need_jars "$KAFKA_3" kafka-3.pom.xml
}

kafka_zookeeper_make() {
  local port=${LIVETALLY_KAFKA_ZOOKEEPER_PORT:-29192} zookeeper=${LIVETALLY_ZOOKEEPER_PORT:-22181}
  need_free_port "$port" LIVETALLY_KAFKA_ZOOKEEPER_PORT
  need_free_port "$zookeeper" LIVETALLY_ZOOKEEPER_PORT
  echo "$port" >"$folder/port"
  echo "$zookeeper" >"$folder/zookeeper.port"
  cat >"$folder/zookeeper.properties" <<PROPERTIES
dataDir=$folder/zookeeper
tickTime=1000
clientPort=$zookeeper
clientPortAddress=127.0.0.1
admin.enableServer=false
PROPERTIES
  {
    broker_properties
    cat <<PROPERTIES
broker.id=1
listeners=PLAINTEXT://127.0.0.1:$port
advertised.listeners=PLAINTEXT://127.0.0.1:$port
zookeeper.connect=127.0.0.1:$zookeeper
zookeeper.session.timeout.ms=3000
PROPERTIES
  } >"$folder/server.properties"
}

# Logging of Kafka 3.9 and ZooKeeper.
LOG4J=-Dlog4j.configuration=file:$parts/log4j.properties

kafka_zookeeper_launch() {
  local deadline=$((SECONDS + WAIT_SECONDS))
  if ! living zookeeper >/dev/null; then
    launch zookeeper "$java" -Xmx256m "$LOG4J" -cp "$jars/*" \
      org.apache.zookeeper.server.quorum.QuorumPeerMain "$folder/zookeeper.properties"
  fi
  until answers "$(cat "$folder/zookeeper.port")"; do
    living zookeeper >/dev/null && ((SECONDS < deadline)) || fail_with_log zookeeper
    sleep 0.1
  done
  launch_broker "$LOG4J"
}

kafka_zookeeper_ready() { broker_is_ready 'started (kafka.server.KafkaServer)'; }

# After a SIGKILL the broker's old session lives on for some seconds, and the new broker gives up at the sight of it.
kafka_zookeeper_revive() { grep -qaF NodeExistsException "$folder/kafka.log" && launch_broker "$LOG4J"; }

# The broker first: it says goodbye to ZooKeeper.
kafka_zookeeper_stop() {
  terminate kafka
  terminate zookeeper
}

kafka_zookeeper_env() {
  if ! is_up kafka; then export_line KAFKA_BOOTSTRAP_SERVERS "127.0.0.1:$1"; fi
  export_line LIVETALLY_TEST_KAFKA_ZOOKEEPER "127.0.0.1:$1"
}
