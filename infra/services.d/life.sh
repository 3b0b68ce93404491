# A service's life. Each NAME.sh has, with _ for -, NAME_needs, NAME_make, NAME_launch, NAME_ready, NAME_stop, NAME_env,
# and may have NAME_revive. All run in its $folder. A part of a service has NAME_needs, NAME_launch, NAME_ready, NAME_stop.

# Calls $2 of service $1, in its folder.
call() {
  enter "$1"
  "${1//-/_}_$2" "${@:3}"
}

# The processes of service or part $1, the one that clients speak to first.
processes_of() {
  case $1 in
  kafka-zookeeper) echo kafka zookeeper ;;
  kafka*) echo kafka ;;
  spark) echo spark-connect spark-master spark-worker-1 spark-worker-2 ;;
  *) echo "$1" ;;
  esac
}

main_process() { processes_of "$1" | cut -d ' ' -f 1; }

# Where service or part $1 listens; the folder is entered.
port_of() { cat "$folder/$1.port" 2>/dev/null || cat "$folder/port"; }

# up, starting, paused (by SIGSTOP), broken (not all of its processes live), stopped (its data are there) or down.
state_of() {
  local process lives=0 lacks=0
  enter "$1"
  for process in $(processes_of "$1"); do
    if is_paused "$process"; then
      echo paused
      return
    fi
    if living "$process" >/dev/null; then lives=1; else lacks=1; fi
  done
  case $lives$lacks in
  10) if answers "$(port_of "$1")"; then echo up; else echo starting; fi ;;
  11) echo broken ;;
  *) if is_made; then echo stopped; else echo down; fi ;;
  esac
}

is_up() {
  local folder # the caller's stays
  [ "$(state_of "$1")" = up ]
}

# Makes service $1 from nothing. What a make that died has left is thrown away.
make_service() {
  enter "$1"
  if is_made; then return; fi
  rm -rf "$folder"
  mkdir -m 700 "$folder"
  call "$1" make
  touch "$folder/made"
}

# Whatever service $1 is doing: what lacks is made and launched, what is paused goes on.
begin() {
  local process
  call "$1" needs
  make_service "$1"
  for process in $(processes_of "$1"); do
    if is_paused "$process"; then kill -CONT "$(living "$process")"; fi
  done
  call "$1" launch
}

# Launches service $1 again if it has ended for a reason that passes by itself.
revive() { declare -F "${1//-/_}_revive" >/dev/null && call "$1" revive; }

wait_until_ready() {
  local process began=$2 deadline=$(($2 + WAIT_SECONDS))
  until call "$1" ready; do
    for process in $(processes_of "$1"); do
      if ((SECONDS >= deadline)); then fail_with_log "$process"; fi
      living "$process" >/dev/null || revive "$1" || fail_with_log "$process"
    done
    sleep 0.1
  done
  say "$1 is up at 127.0.0.1:$(port_of "$1") after $((SECONDS - began)) s (process $(living "$(main_process "$1")"))"
}

# The service in $folder does not come up: says what its process $1 has written.
fail_with_log() {
  local file
  for file in "$folder/pg_ctl.log" "$folder/$1.log"; do
    if [ -s "$file" ]; then
      say "── the end of $file"
      tail -n 30 "$file" >&2
    fi
  done
  if living "$1" >/dev/null; then
    fail "$1 runs but is not ready within $WAIT_SECONDS s. LIVETALLY_SERVICES_WAIT gives it more"
  fi
  fail "$1 did not come up"
}
