# Kafka's jars, from Maven Central into the cache.

# Sets $jars to the folder with Kafka's jars of version $1; $2 is its list, a file beside this one.
need_jars() {
  local version=$1 pom=$parts/$2 began=$SECONDS repository=$CACHE/maven
  # The list's digest: another list makes another folder.
  jars=$CACHE/kafka-$version-$(sha256sum "$pom" | cut -c 1-8)
  if [ -d "$jars" ]; then return; fi

  need_maven
  say "downloading the jars of Kafka $version to $jars"
  rm -rf "$jars.part"
  mkdir -p "$jars.part"
  timeout 900 mvn -B -q -C -f "$pom" -Dkafka.version="$version" -Dmaven.repo.local="$repository" \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$jars.part" >"$CACHE/maven.log" 2>&1 </dev/null || {
    tail -n 20 "$CACHE/maven.log" >&2
    fail "Maven could not download the jars of Kafka $version. Its words are in $CACHE/maven.log"
  }
  mv "$jars.part" "$jars"
  say "downloaded $(du -sh "$jars" | cut -f 1) after $((SECONDS - began)) s"
}

# What Maven itself needed is more than twice the jars.
forget_maven() { rm -rf "$CACHE/maven"; }
