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
  local name state
  for name in "${ALL_SERVICES[@]}"; do
    state=$(state_of "$name")
    enter "$name"
    printf '%-16s %-9s' "$name" "$state"
    if [ "$state" != down ]; then printf ' 127.0.0.1:%s' "$(cat "$folder/port")"; fi
    if living "$(main_process "$name")" >/dev/null; then printf '  process %s' "$(living "$(main_process "$name")")"; fi
    printf '\n'
  done
}

# One array: name, state, folder; where it is made, address; while it lives, pid, and zookeeperPid.
status_json() {
  local name state pid between=''
  printf '['
  for name in "${ALL_SERVICES[@]}"; do
    state=$(state_of "$name")
    enter "$name"
    printf '%s{"name":"%s","state":"%s","folder":"%s"' "$between" "$name" "$state" "$folder"
    if [ "$state" != down ]; then printf ',"address":"127.0.0.1:%s"' "$(cat "$folder/port")"; fi
    if pid=$(living "$(main_process "$name")"); then printf ',"pid":%s' "$pid"; fi
    if pid=$(living zookeeper); then printf ',"zookeeperPid":%s' "$pid"; fi
    printf '}'
    between=,
  done
  printf ']\n'
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
