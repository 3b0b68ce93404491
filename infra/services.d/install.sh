# Debian's packages for what is missing.

install_command() {
  local packages=() quiet=/etc/postgresql-common/createcluster.d/livetally.conf
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail 'install needs root on Debian (or a system like it). Run: sudo infra/services install'

  command -v java >/dev/null || packages+=(default-jre-headless)
  command -v mvn >/dev/null || packages+=(maven)
  command -v openssl >/dev/null || packages+=(openssl)
  [ -n "$(postgres_programs)" ] || packages+=(postgresql)
  command -v kcat >/dev/null || packages+=(kcat)
  python3 -m pip --version >/dev/null 2>&1 || packages+=(python3-pip)
  if [ ${#packages[@]} = 0 ]; then
    say 'Java, Maven, PostgreSQL, kcat and pip are there'
    return
  fi

  say "installing ${packages[*]}"
  # Debian would make a database of its own and start it on port 5432.
  mkdir -p "$(dirname "$quiet")"
  echo 'create_main_cluster = false' >"$quiet"
  export DEBIAN_FRONTEND=noninteractive
  # Its say goes where all other talk goes.
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >&2 || {
    rm -f "$quiet"
    fail "apt-get could not install ${packages[*]}"
  }
  rm -f "$quiet"
  say "installed after $SECONDS s"
}
