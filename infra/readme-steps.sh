#!/usr/bin/env bash
# Runs the commands of a section of the README, as they stand there: infra/readme-steps.sh 'In steps'
set -euo pipefail
cd "$(dirname "$0")/.."
section=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

sed -n "/^## $section/,/^## /p" README.md | sed -n '/^```sh/,/^```/p' | grep -v -e '^```' -e ' dashboard' -e '^export LIVETALLY_DATA' >"$folder/steps" ||
  { echo "README.md has no commands under '$section'" >&2; exit 1; }
# In one shell, since one step may set what the next ones need; the data folder is ours.
LIVETALLY_DATA="$folder/data" bash -euv -o pipefail "$folder/steps" </dev/null
