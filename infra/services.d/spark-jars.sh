# Spark, from PyPI into the cache: the Python package `pyspark` carries all of it, and is the one place among package
# registries that does. No Python is used but to fetch it.

# Sets $spark to Spark's folder, with its connector to Kafka.
need_spark() {
  # The lists' digest: another list makes another folder.
  spark=$CACHE/spark-$SPARK-$(cat "$parts"/spark.requirements.txt "$parts"/spark-connector.* | sha256sum | cut -c 1-8)
  if [ -d "$spark" ]; then return; fi
  need_maven
  need_pip
  download_once "$spark" "Spark $SPARK" download_spark
}

# Into folder $1.
download_spark() {
  fetch_package "$parts/spark.requirements.txt" "Spark $SPARK" "$1/temporary"
  tar -xzf "$1/temporary/pyspark-$SPARK.tar.gz" -C "$1" --no-same-owner --strip-components=2 \
    "pyspark-$SPARK/deps/bin" "pyspark-$SPARK/deps/jars" || fail "Spark could not be unpacked into $1"
  rm -rf "$1/temporary"
  copy_jars "Spark's connector to Kafka" "$parts/spark-connector.pom.xml" "$1/jars"
  (cd "$1/jars" && sha256sum --check --quiet "$parts/spark-connector.sha256" >&2) ||
    fail "Maven Central gave other jars than those of $parts/spark-connector.sha256"
}

# The one package that the list $1 names, as it was published, into folder $3; $2 says what it is.
fetch_package() {
  need_pip
  mkdir "$3"
  metadata_only "$3/backend"
  # pip checks the digest before it opens the file. It keeps no copy, and its scratch is deleted with ours.
  PYTHONPATH=$3/backend TMPDIR=$3 PIP_USE_PEP517=1 timeout 900 python3 -m pip download --quiet \
    --disable-pip-version-check --no-cache-dir --no-deps --no-binary :all: --no-build-isolation --require-hashes \
    --requirement "$1" --dest "$3" >"$CACHE/pip.log" 2>&1 </dev/null || {
    tail -n 20 "$CACHE/pip.log" >&2
    fail "pip could not download $2. Its words are in $CACHE/pip.log"
  }
}

# Before it keeps a package pip wants its metadata, and to get them runs the package's own set-up, with whatever else that
# downloads. This stands in for that set-up, and copies what the package says of itself.
metadata_only() {
  mkdir -p "$1/setuptools"
  touch "$1/setuptools/__init__.py"
  cat >"$1/setuptools/build_meta.py" <<'PYTHON'
import pathlib
import sys

def prepare_metadata_for_build_wheel(folder, config_settings=None):
    text = pathlib.Path("PKG-INFO").read_text(encoding="utf-8")
    told = dict(line.split(": ", 1) for line in text.split("\n\n")[0].splitlines() if ": " in line)
    made = pathlib.Path(folder, f"{told['Name'].replace('-', '_')}-{told['Version']}.dist-info")
    made.mkdir()
    (made / "METADATA").write_text(text, encoding="utf-8")
    return made.name

__legacy__ = sys.modules[__name__]
PYTHON
}
