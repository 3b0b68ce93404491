#!/usr/bin/env bash
# Runs the commands of the README's section "In steps", as they stand there.
set -euo pipefail
cd "$(dirname "$0")/.."
data=$(mktemp -d)
export LIVETALLY_DATA="$data/steps"
trap 'rm -rf "$data"' EXIT

sed -n '/^## In steps/,/^## /p' README.md | sed -n '/^```sh/,/^```/p' | grep '^npm run' | grep -v ' dashboard' | while IFS= read -r line; do
  printf '$ %s\n' "$line"
  bash -c "$line" </dev/null
done
