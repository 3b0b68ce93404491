# A service's life. Each NAME.sh has, with _ for -, NAME_needs, NAME_make, NAME_launch, NAME_ready, NAME_stop, NAME_env,
# and may have NAME_revive. All run in its $folder.

# Calls $2 of service $1, in its folder.
call() {
  enter "$1"
  "${1//-/_}_$2" "${@:3}"
}

main_process() { if [ "$1" = postgres ]; then echo postgres; else echo kafka; fi; }

# up, starting, paused (by SIGSTOP), broken (one of its two processes is gone), stopped (its data are there) or down.
state_of() {
  local process
  process=$(main_process "$1")
  enter "$1"
  if is_paused "$process"; then
    echo paused
  elif living "$process" >/dev/null; then
    if [ -e "$folder/zookeeper.pid" ] && ! living zookeeper >/dev/null; then
      echo broken
    elif answers "$(cat "$folder/port")"; then
      echo up
    else
      echo starting
    fi
  elif is_made; then
    echo stopped
  else
    echo down
  fi
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
  for process in kafka zookeeper postgres; do
    if is_paused "$process"; then kill -CONT "$(living "$process")"; fi
  done
  call "$1" launch
}

# Launches service $1 again if it has ended for a reason that passes by itself.
revive() { declare -F "${1//-/_}_revive" >/dev/null && call "$1" revive; }

wait_until_ready() {
  local process began=$2 deadline=$(($2 + WAIT_SECONDS))
  process=$(main_process "$1")
  until call "$1" ready; do
    if ((SECONDS >= deadline)); then fail_with_log "$process"; fi
    living "$process" >/dev/null || revive "$1" || fail_with_log "$process"
    sleep 0.1
  done
  say "$1 is up at 127.0.0.1:$(cat "$folder/port") after $((SECONDS - began)) s (process $(living "$process"))"
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
