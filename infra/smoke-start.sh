#!/usr/bin/env bash
# `npm start`, as the README says it: the page is served, the count moves, Ctrl-C ends it well, the next start goes on.
set -euo pipefail
cd "$(dirname "$0")/.."
data=$(mktemp -d)
export LIVETALLY_DATA="$data/demo" LIVETALLY_PORT="${LIVETALLY_PORT:-8501}"
url="http://127.0.0.1:$LIVETALLY_PORT"
trap 'rm -rf "$data"' EXIT

counted() { curl -fsS "$url/api/report" | sed -E 's/.*"outcomes":\{"counted":([0-9]+).*/\1/'; }

# Waits for more than $1 counted ballots, for at most 60 seconds.
wait_for_more_than() {
  for _ in $(seq 120); do
    now=$(counted 2>/dev/null || echo 0)
    [ "$now" -gt "$1" ] && return 0
    sleep 0.5
  done
  echo "the count stays at $now, not above $1" >&2
  return 1
}

start() {
  setsid npm start >"$data/start.log" 2>&1 &
  pid=$!
}

# As Ctrl-C on a terminal does: to the whole group. npm then ends with 130 of its own; livetally says how it ended.
stop() {
  kill -INT -- "-$pid"
  wait "$pid" || [ $? -eq 130 ]
  grep -q '^Stopped' "$data/start.log"
}

start
wait_for_more_than 1000 || { cat "$data/start.log"; exit 1; }
curl -fsS "$url/" | grep -q '<title>'
stop
before=$now

start
wait_for_more_than "$before" || { cat "$data/start.log"; exit 1; }
stop
echo "npm start counted $before ballots, was stopped, went on to $now, was stopped"
