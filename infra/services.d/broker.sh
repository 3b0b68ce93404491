# What every broker here has: one machine, one user, topics made by hand.

broker_properties() {
  cat <<PROPERTIES
log.dirs=$folder/data
auto.create.topics.enable=false
message.max.bytes=16777216
replica.fetch.max.bytes=16777216
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
log.cleaner.dedupe.buffer.size=8388608
PROPERTIES
}

# Kafka 4 is broker and controller in one process. After a SIGKILL it is back once its old session has ended: soon.
kraft_properties() {
  broker_properties
  cat <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$1
controller.listener.names=CONTROLLER
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
PROPERTIES
}

# Makes the storage of Kafka 4; "$@" are further arguments of its tool.
format_storage() {
  local cluster
  # 16 bytes, random but for the first: an id that begins with a dash would be read as an option.
  cluster=$({ printf l && head -c 15 /dev/urandom; } | base64 | tr '+/' '-_' | cut -c 1-22)
  # The arguments go in a file, for passwords are among them, and everybody can read a command line.
  (umask 077 && printf '%s\n' -cp "\"$jars/*\"" "\"-Dlog4j2.configurationFile=$parts/log4j2.yaml\"" \
    kafka.tools.StorageTool format -t "$cluster" -c "\"$folder/server.properties\"" "$@" >"$folder/format.args")
  "$java" "@$folder/format.args" >"$folder/format.log" 2>&1 || {
    cat "$folder/format.log" >&2
    fail "Kafka's storage could not be made in $folder"
  }
  rm "$folder/format.args" "$folder/format.log" # which shows what SCRAM keeps of the passwords
}

# Starts the broker of $folder, unless it lives; "$@" are options of Java.
launch_broker() {
  if living kafka >/dev/null; then return; fi
  launch kafka "$java" "-Xmx$HEAP" -XX:+UseG1GC -XX:MaxGCPauseMillis=20 "$@" -cp "$jars/*" \
    kafka.Kafka "$folder/server.properties"
}

# Whether the broker has written $1 and answers.
broker_is_ready() { grep -qaF -- "$1" "$folder/kafka.log" 2>/dev/null && answers "$(cat "$folder/port")"; }
