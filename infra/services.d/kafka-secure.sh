# kafka-secure: Kafka 4 that wants TLS and a password (PLAIN or SCRAM-SHA-512). Two users: `livetally` may do everything,
# `guest` may log in and do nothing.

kafka_secure_needs() {
  need_openssl
  need_java Kafka
  need_jars "$KAFKA_4" kafka-4.pom.xml
}

kafka_secure_make() {
  local port=${LIVETALLY_KAFKA_SECURE_PORT:-29292} controller=${LIVETALLY_KAFKA_SECURE_CONTROLLER_PORT:-29293}
  local client=$folder/client
  need_free_port "$port" LIVETALLY_KAFKA_SECURE_PORT
  need_free_port "$controller" LIVETALLY_KAFKA_SECURE_CONTROLLER_PORT
  echo "$port" >"$folder/port"

  mkdir "$client"
  make_certificates "$folder"
  mv "$folder/ca.pem" "$client/ca.pem"
  echo livetally >"$client/username"
  echo guest >"$client/guest-username"
  make_password "$client/password"
  make_password "$client/guest-password"

  (umask 077 && kafka_secure_properties "$port" "$controller" "$(cat "$client/password")" "$(cat "$client/guest-password")" \
    >"$folder/server.properties")
  format_storage --add-scram "\"SCRAM-SHA-512=[name=livetally,password=$(cat "$client/password")]\"" \
    --add-scram "\"SCRAM-SHA-512=[name=guest,password=$(cat "$client/guest-password")]\""
}

# $1 port, $2 the controller's, $3 password, $4 the guest's. Only the broker itself speaks to the controller.
kafka_secure_properties() {
  local plain=org.apache.kafka.common.security.plain.PlainLoginModule
  local scram=org.apache.kafka.common.security.scram.ScramLoginModule
  kraft_properties "$2"
  cat <<PROPERTIES
listeners=SECURE://127.0.0.1:$1,CONTROLLER://127.0.0.1:$2
advertised.listeners=SECURE://127.0.0.1:$1
listener.security.protocol.map=SECURE:SASL_SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=SECURE
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.secure.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.secure.plain.sasl.jaas.config=$plain required username="livetally" password="$3" user_livetally="$3" user_guest="$4";
listener.name.secure.scram-sha-512.sasl.jaas.config=$scram required;
ssl.keystore.type=PEM
ssl.keystore.location=$folder/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location=$folder/client/ca.pem
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:livetally;User:ANONYMOUS
PROPERTIES
}

kafka_secure_launch() { kafka_launch; }
kafka_secure_ready() { kafka_ready; }
kafka_secure_stop() { terminate kafka; }
kafka_secure_env() {
  export_line LIVETALLY_TEST_KAFKA_SECURE "127.0.0.1:$1"
  export_line LIVETALLY_TEST_KAFKA_SECURE_DIR "$folder/client"
}
