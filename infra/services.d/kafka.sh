# kafka: Kafka 4, KRaft, plain.

kafka_needs() {
  need_java Kafka
  need_jars "$KAFKA_4" kafka-4.pom.xml
}

kafka_make() {
  local port=${LIVETALLY_KAFKA_PORT:-29092} controller=${LIVETALLY_KAFKA_CONTROLLER_PORT:-29093}
  need_free_port "$port" LIVETALLY_KAFKA_PORT
  need_free_port "$controller" LIVETALLY_KAFKA_CONTROLLER_PORT
  echo "$port" >"$folder/port"
  {
    kraft_properties "$controller"
    cat <<PROPERTIES
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
PROPERTIES
  } >"$folder/server.properties"
  format_storage
}

kafka_launch() { launch_broker "-Dlog4j2.configurationFile=$parts/log4j2.yaml"; }
kafka_ready() { broker_is_ready 'Kafka Server started'; }
kafka_stop() { terminate kafka; }
kafka_env() {
  export_line KAFKA_BOOTSTRAP_SERVERS "127.0.0.1:$1"
  export_line LIVETALLY_TEST_KAFKA "127.0.0.1:$1"
}
