# What must be on the machine.

INSTALL='Run: sudo infra/services install'

# Sets $java; $1 is who needs it.
need_java() {
  local major
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  command -v "$java" >/dev/null ||
    fail "Java 17 or newer is missing. $INSTALL, or: sudo apt-get install default-jre-headless maven"
  major=$("$java" -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p' | head -n 1)
  ((${major:-0} >= 17)) ||
    fail "$1 needs Java 17 or newer, $java is ${major:-another}. $INSTALL, or: sudo apt-get install default-jre-headless"
}

need_maven() {
  command -v mvn >/dev/null || fail "Maven is missing. $INSTALL, or: sudo apt-get install maven"
}

need_pip() {
  python3 -m pip --version >/dev/null 2>&1 || fail "pip is missing, which fetches Spark. $INSTALL, or: sudo apt-get install python3-pip"
}

need_openssl() {
  command -v openssl >/dev/null || fail "openssl is missing. Run: sudo apt-get install openssl"
}

# The folder of the newest PostgreSQL's programs. Debian keeps them out of the PATH.
postgres_programs() {
  local initdb
  initdb=$({ ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1; } || true)
  initdb=${initdb:-$(command -v initdb || true)}
  if [ -n "$initdb" ]; then dirname "$(readlink -f "$initdb")"; fi
}

# Sets $programs, and $as: how the server is run, which refuses to run as root.
need_postgres() {
  local major
  programs=$(postgres_programs)
  [ -n "$programs" ] || fail "PostgreSQL is missing. $INSTALL, or: sudo apt-get install postgresql"
  major=$("$programs/postgres" --version | sed -nE 's/.* ([0-9]+).*/\1/p')
  ((major >= POSTGRES_AT_LEAST)) || fail "PostgreSQL $POSTGRES_AT_LEAST or newer is needed; $programs is $major"
  as=()
  if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || fail "the server cannot run as root, and there is no user postgres. $INSTALL"
    as=(setpriv --reuid=postgres --regid=postgres --init-groups)
  fi
}
