# Kafka's jars, from Maven Central into the cache.

# Sets $jars to the folder with Kafka's jars of version $1; $2 is its list, a file beside this one.
need_jars() {
  # The list's digest: another list makes another folder.
  jars=$CACHE/kafka-$1-$(sha256sum "$parts/$2" | cut -c 1-8)
  if [ -d "$jars" ]; then return; fi
  need_maven
  mkdir -p "$CACHE"
  # One downloads, the others wait for it.
  exec 8>"$CACHE/download.lock"
  flock -w 900 8 || fail "somebody has been downloading to $CACHE for 15 minutes"
  if [ ! -d "$jars" ]; then download "$1" "$parts/$2"; fi
  exec 8>&-
}

download() {
  local began=$SECONDS
  say "downloading the jars of Kafka $1 to $jars"
  rm -rf "$jars.part"
  mkdir "$jars.part"
  timeout 900 mvn -B -q -C -f "$2" -Dkafka.version="$1" -Dmaven.repo.local="$CACHE/maven" \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$jars.part" >"$CACHE/maven.log" 2>&1 </dev/null || {
    tail -n 20 "$CACHE/maven.log" >&2
    fail "Maven could not download the jars of Kafka $1. Its words are in $CACHE/maven.log"
  }
  mv "$jars.part" "$jars"
  # What Maven itself needed is more than twice the jars.
  rm -rf "$CACHE/maven"
  say "downloaded $(du -sh "$jars" | cut -f 1) after $((SECONDS - began)) s"
}
