# The commands that change something, and how a command is found.

run_command() {
  local command=${1-}
  if [ $# -gt 0 ]; then shift; fi
  case $command in
  up | down | stop | start | status | env | logs | tool | install) "${command}_command" "$@" ;;
  -h | --help | help) usage ;;
  '') usage >&2 && exit 2 ;;
  *) refuse "there is no command $command. See infra/services --help" ;;
  esac
}

need_names() {
  [ $# -gt 0 ] || refuse "which one? ${ALL_SERVICES[*]}"
  need_known "${ALL_SERVICES[*]}" "$@"
}

# As need_names, and parts of a service will do too.
need_names_or_parts() {
  [ $# -gt 0 ] || refuse "which one? ${ALL_SERVICES[*]} ${SPARK_PARTS[*]}"
  need_known "${ALL_SERVICES[*]} ${SPARK_PARTS[*]}" "$@"
}

need_known() {
  local name
  for name in "${@:2}"; do
    case " $1 " in
    *" $name "*) ;;
    *) refuse "there is no service $name. There are: $1" ;;
    esac
  done
}

up_command() {
  need_names "$@"
  bring_up "$@"
}

# All begin before any is waited for.
bring_up() {
  local name began
  lock
  began=$SECONDS
  for name in "$@"; do begin "$name"; done
  for name in "$@"; do wait_until_ready "$name" "$began"; done
}

start_command() {
  local name
  need_names_or_parts "$@"
  for name in "$@"; do
    enter "$name"
    is_made || fail "$name has no data to start with. Run: infra/services up $(basename "$folder")"
  done
  bring_up "$@"
}

stop_command() {
  local name
  need_names_or_parts "$@"
  lock
  for name in "$@"; do
    call "$name" stop
    say "$name is $(state_of "$name")"
  done
}

down_command() {
  local name
  if [ $# = 0 ]; then set -- "${ALL_SERVICES[@]}"; fi
  need_names "$@"
  if [ ! -e "$SERVICES" ]; then return; fi
  lock
  for name in "$@"; do
    enter "$name"
    if [ ! -d "$folder" ]; then continue; fi
    call "$name" stop
    rm -rf "$folder"
    say "$name is down, its data are deleted"
  done
  rmdir "$SERVICES" 2>/dev/null || true
}

# A class of the jars of Kafka service $1, such as its own command line tools, or of Spark; the service need not be up.
tool_command() {
  [ $# -ge 2 ] || refuse 'tool wants a service of Kafka and a class, such as: tool kafka org.apache.kafka.tools.TopicCommand --help'
  case $1 in
  kafka | kafka-secure | kafka-zookeeper) ;;
  spark)
    spark_needs
    SPARK_HOME=$spark exec "$spark/bin/spark-class" "${@:2}"
    ;;
  *) refuse "tool works with the services of Kafka and Spark, not with $1" ;;
  esac
  call "$1" needs
  # Both ways to log, of Kafka 4 and of 3.9.
  exec "$java" "-Xmx${LIVETALLY_TOOL_HEAP:-256m}" "-Dlog4j2.configurationFile=$parts/log4j2.yaml" \
    "-Dlog4j.configuration=file:$parts/log4j.properties" -cp "$jars/*" "${@:2}"
}
