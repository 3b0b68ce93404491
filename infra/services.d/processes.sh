# Processes: a service has one or more, each with NAME.pid and NAME.log in the folder of the service.

# Starts "${@:2}" as process $1 of the service in $folder, in a session of its own: Ctrl-C here must not end it.
launch() {
  local process=$1
  local log=$folder/$process.log
  shift
  if [ -e "$log" ]; then mv -f "$log" "$log.1"; fi
  # Descriptor 9 is the lock: a broker that inherits it would hold it for life.
  (cd "$folder" && exec setsid "$@") >"$log" 2>&1 </dev/null 8>&- 9<&- &
  echo $! >"$folder/$process.pid"
  # Before it has become the program it looks like this script, and not like a process of the service.
  while [ -e "/proc/$!/cwd" ] && ! living "$process" >/dev/null; do sleep 0.01; done
}

# The id of process $1 of the service in $folder, if it lives. Its command line names the folder: so a stranger that got
# the number of a dead process is not taken for it, nor is a zombie, which has no command line.
living() {
  local pid
  pid=$(head -n 1 "$folder/$1.pid" 2>/dev/null) || return 1
  grep -qaF -- "$folder/" "/proc/$pid/cmdline" 2>/dev/null || return 1
  echo "$pid"
}

# Whether process $1 was stopped by SIGSTOP.
is_paused() {
  local pid
  pid=$(living "$1") && grep -q '^State:[[:space:]]*T' "/proc/$pid/status" 2>/dev/null
}

# Ends process $1 of the service in $folder: SIGTERM, and SIGKILL where that does not help.
terminate() {
  local pid deadline=$((SECONDS + STOP_SECONDS))
  pid=$(living "$1") || return 0
  kill -TERM "$pid" 2>/dev/null || true
  kill -CONT "$pid" 2>/dev/null || true # one that is paused hears nothing
  while living "$1" >/dev/null; do
    if ((SECONDS >= deadline)); then
      say "$1 (process $pid) does not stop within $STOP_SECONDS s: killed"
      kill -KILL "$pid" 2>/dev/null || true
      deadline=$((SECONDS + STOP_SECONDS))
    fi
    sleep 0.1
  done
  rm -f "$folder/$1.pid"
}

# The body that HTTP answers on port $1 to path $2; nothing if nobody does.
page() {
  (
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&3
    timeout 10 sed '1,/^\r*$/d' <&3
  ) 2>/dev/null || true
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Refuses port $1 if somebody else has it; $2 is the name that changes it.
need_free_port() {
  if answers "$1"; then fail "port $1 is taken by another process. Name another one: $2=PORT infra/services up …"; fi
}
