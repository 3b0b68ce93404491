#!/usr/bin/env bash
# The packed package, installed into an empty folder with production dependencies only and no install script: its
# `livetally start` counts and serves the page. Nothing of the clone is used but the Node that runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
clone=$PWD
export PATH="$clone/node_modules/.bin:$PATH"
node=$(node -p 'process.execPath')
work=$(mktemp -d)
pid=

clean_up() {
  if [ -n "$pid" ]; then kill -9 "$pid" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap clean_up EXIT

fail() {
  printf 'smoke-package: %s\n' "$1" >&2
  cat "$work"/*.log >&2 2>/dev/null || true
  exit 1
}

# Tries a command every quarter of a second, for at most a minute.
wait_for() {
  for _ in $(seq 240); do
    if "$@"; then return 0; fi
    sleep 0.25
  done
  return 1
}

# livetally in the folder it is installed in, with none of the clone's environment.
installed() { (cd "$work/app" && env -i PATH=/usr/bin:/bin HOME="$work" "$node" node_modules/livetally/bin/livetally.js "$@"); }

npm pack --pack-destination "$work" >"$work/pack.log" 2>&1 || fail 'npm pack failed'
mkdir "$work/app"
(cd "$work/app" && npm install --ignore-scripts --omit=dev --no-fund --no-audit "$work"/livetally-*.tgz) >"$work/install.log" 2>&1 ||
  fail 'npm install failed'
if [ -e "$work/app/node_modules/vite" ]; then fail 'a dev dependency was installed'; fi

(cd "$work/app" && exec env -i PATH=/usr/bin:/bin HOME="$work" "$node" node_modules/livetally/bin/livetally.js \
  start --data "$work/data" --port 0 --json >"$work/ready.json" 2>"$work/start.log") &
pid=$!

is_ready() { [ -s "$work/ready.json" ] || ! kill -0 "$pid" 2>/dev/null; }
wait_for is_ready && [ -s "$work/ready.json" ] || fail 'start did not say its address'
url=$(sed -E 's/.*"url":"([^"]+)".*/\1/' "$work/ready.json")

counted=0
has_counted() {
  counted=$(curl -fsS "$url/api/report" | sed -E 's/.*"outcomes":\{"counted":([0-9]+).*/\1/')
  [ "$counted" -gt 1000 ]
}
wait_for has_counted || fail "the count stays at $counted"

curl -fsS "$url/" >"$work/page.html" || fail 'the page is not served'
grep -q '<title>' "$work/page.html" || fail 'the page has no title'
script=$(grep -oE 'assets/[A-Za-z0-9._-]+\.js' "$work/page.html" | head -1)
curl -fsS -o /dev/null -w '%{content_type}' "$url/$script" | grep -q javascript || fail "the script $script is not served"
photo=$(curl -fsS "$url/api/election" | grep -oE '"photo":"[^"]+"' | head -1 | cut -d'"' -f4)
curl -fsS -o /dev/null "$url/$photo" || fail "the portrait $photo is not served"
installed status --data "$work/data" | grep -q "livetally start, process $pid" || fail 'status does not find the process'

kill -INT "$pid"
code=0
wait "$pid" || code=$?
pid=
[ "$code" -eq 0 ] || fail "start ended with $code"

installed doctor --data "$work/data" --port 0 >"$work/doctor.log" || fail 'doctor finds something wrong'
installed register --data "$work/steps" --count 500 | grep -q '500 in the database' || fail 'the database was not filled'
installed recount --data "$work/data" | grep -q 'Recount = tally' || fail 'the recount differs'
installed init mine | grep -q 'mine/election.yaml is written' || fail 'init does not work'
(cd "$work/app" && "$node" --input-type=module -e "import { parseElection } from 'livetally'; parseElection.name") ||
  fail 'the package cannot be imported'

# The Node of the machine, where that is too old: a sentence, no stack trace.
system=$(PATH=/usr/local/bin:/usr/bin:/bin command -v node || true)
if [ -n "$system" ] && [ "$("$system" -p 'Number(process.versions.node.split(".")[0]) < 24')" = true ]; then
  code=0
  "$system" "$work/app/node_modules/livetally/bin/livetally.js" start >"$work/old.log" 2>&1 || code=$?
  [ "$code" -eq 2 ] && grep -q '^livetally needs Node 24' "$work/old.log" || fail 'no clear word under an old Node'
fi

echo "the package ($(du -h "$work"/livetally-*.tgz | cut -f1)), installed elsewhere, counted $counted ballots and served its page"
