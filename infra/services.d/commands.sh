# The commands that change something, and how a command is found.

run_command() {
  local command=${1-}
  if [ $# -gt 0 ]; then shift; fi
  case $command in
  up | down | stop | start | status | env | logs | install) "${command}_command" "$@" ;;
  -h | --help | help) usage ;;
  '') usage >&2 && exit 2 ;;
  *) refuse "there is no command $command. See infra/services --help" ;;
  esac
}

need_names() {
  local name
  [ $# -gt 0 ] || refuse "which one? ${ALL_SERVICES[*]}"
  for name in "$@"; do
    case " ${ALL_SERVICES[*]} " in
    *" $name "*) ;;
    *) refuse "there is no service $name. There are: ${ALL_SERVICES[*]}" ;;
    esac
  done
}

# All begin before any is waited for.
up_command() {
  local name began
  need_names "$@"
  lock
  make_services_folder
  began=$SECONDS
  for name in "$@"; do begin "$name"; done
  forget_maven
  for name in "$@"; do wait_until_ready "$name" "$began"; done
}

start_command() {
  local name
  need_names "$@"
  for name in "$@"; do
    enter "$name"
    is_made || fail "$name has no data to start with. Run: infra/services up $name"
  done
  up_command "$@"
}

stop_command() {
  local name
  need_names "$@"
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
