# What is up: for people, for scripts, for a shell.

export_line() {
  if [ "$only_tests" = yes ]; then case $1 in LIVETALLY_TEST_*) ;; *) return ;; esac fi
  printf 'export %s=%q\n' "$1" "$2"
}

env_command() {
  local name
  only_tests=no
  case ${1-} in
  '') ;;
  --test) only_tests=yes ;;
  *) refuse "env takes --test, not $1" ;;
  esac
  for name in "${ALL_SERVICES[@]}"; do
    if is_up "$name"; then call "$name" env "$(cat "$SERVICES/$name/port")"; fi
  done
}

status_command() {
  case ${1-} in
  '') status_text ;;
  --json) status_json ;;
  *) refuse "status takes --json, not $1" ;;
  esac
}

status_text() {
  local name state pid
  for name in "${ALL_SERVICES[@]}" "${SPARK_PARTS[@]}"; do
    state=$(state_of "$name")
    case $name:$state in spark-*:down) continue ;; esac
    enter "$name"
    printf '%-16s %-9s' "$name" "$state"
    if [ "$state" != down ]; then printf ' 127.0.0.1:%s' "$(port_of "$name")"; fi
    if pid=$(living "$(main_process "$name")"); then printf '  process %s' "$pid"; fi
    printf '\n'
  done
}

# One array: name, state, folder; where it is made, address; while it lives, pid, and zookeeperPid. Of Spark also parts, an
# array alike, and executorPids.
status_json() {
  local name pid between=''
  printf '['
  for name in "${ALL_SERVICES[@]}"; do
    printf '%s' "$between"
    state_json "$name"
    if pid=$(living zookeeper); then printf ',"zookeeperPid":%s' "$pid"; fi
    if [ "$name" = spark ] && is_made; then parts_json; fi
    printf '}'
    between=,
  done
  printf ']\n'
}

# What any has, its brace still open. It enters the folder.
state_json() {
  local state pid
  state=$(state_of "$1")
  enter "$1"
  printf '{"name":"%s","state":"%s","folder":"%s"' "$1" "$state" "$folder"
  if [ "$state" != down ]; then printf ',"address":"127.0.0.1:%s"' "$(port_of "$1")"; fi
  if pid=$(living "$(main_process "$1")"); then printf ',"pid":%s' "$pid"; fi
}

parts_json() {
  local part between=''
  printf ',"parts":['
  for part in "${SPARK_PARTS[@]}"; do
    printf '%s' "$between"
    state_json "$part"
    printf '}'
    between=,
  done
  printf '],"executorPids":[%s]' "$(executor_pids | paste -sd ,)"
}

logs_command() {
  local file
  [ $# = 1 ] || refuse 'logs wants one name'
  need_names "$@"
  enter "$1"
  [ -d "$folder" ] || fail "$1 is down, and has written nothing"
  for file in "$folder"/*.log.1 "$folder"/*.log; do
    if [ -s "$file" ]; then
      say "── $file"
      cat "$file"
    fi
  done
}
