# Kafka's jars, from Maven Central into the cache.

# Sets $jars to the folder with Kafka's jars of version $1; $2 is its list, a file beside this one.
need_jars() {
  # The list's digest: another list makes another folder.
  jars=$CACHE/kafka-$1-$(sha256sum "$parts/$2" | cut -c 1-8)
  if [ -d "$jars" ]; then return; fi
  need_maven
  download_once "$jars" "the jars of Kafka $1" download_kafka "$parts/$2" "$1"
}

# Folder $1 gets what "${@:3}" puts into a folder, its last argument; $2 says what that is. The others wait for who downloads.
download_once() {
  local began=$SECONDS
  mkdir -p "$CACHE"
  exec 8>"$CACHE/download.lock"
  flock -w 900 8 || fail "somebody has been downloading to $CACHE for 15 minutes"
  if [ ! -d "$1" ]; then
    say "downloading $2 to $1"
    rm -rf "$1.part"
    mkdir "$1.part"
    "${@:3}" "$1.part"
    mv "$1.part" "$1"
    say "downloaded $(du -sh "$1" | cut -f 1) after $((SECONDS - began)) s"
  fi
  exec 8>&-
}

download_kafka() { copy_jars "the jars of Kafka $2" "$1" "$3" -Dkafka.version="$2"; }

# What the list $2 names, a pom.xml, into folder $3; $1 says what it is, "${@:4}" are options of Maven.
copy_jars() {
  timeout 900 mvn -B -q -C -f "$2" -Dmaven.repo.local="$CACHE/maven" "${@:4}" \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$3" >"$CACHE/maven.log" 2>&1 </dev/null || {
    tail -n 20 "$CACHE/maven.log" >&2
    fail "Maven could not download $1. Its words are in $CACHE/maven.log"
  }
  # What Maven itself needed is more than twice the jars.
  rm -rf "$CACHE/maven"
}
