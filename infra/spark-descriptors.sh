#!/usr/bin/env bash
# Spark's own description of the protocol of Spark Connect, out of PyPI's `pyspark-client`: prints the folder with its
# modules, which the first time are downloaded into the cache of infra/services.
set -euo pipefail
parts=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/services.d
for part in "$parts"/*.sh; do
  # shellcheck source=/dev/null
  source "$part"
done

# Into folder $1.
download_descriptors() {
  fetch_package "$list" "the protocol of Spark $SPARK" "$1/temporary"
  tar -xzf "$1/temporary/pyspark_client-$SPARK.tar.gz" -C "$1" --no-same-owner --strip-components=5 \
    --wildcards '*/pyspark/sql/connect/proto/*_pb2.py' || fail "the protocol of Spark could not be unpacked into $1"
  rm -rf "$1/temporary"
}

list=$parts/spark-descriptors.requirements.txt
folder=$CACHE/spark-descriptors-$SPARK-$(sha256sum "$list" | cut -c 1-8)
[ -d "$folder" ] || download_once "$folder" "the protocol of Spark $SPARK" download_descriptors
printf '%s\n' "$folder"
