# The folder of a service, and the lock that lets one command at a time change anything.

# Sets $folder for service $1, or for the service that part $1 belongs to.
enter() {
  case $1 in
  spark-*) folder=$SERVICES/spark ;;
  *) folder=$SERVICES/$1 ;;
  esac
}

# Where all services have their folders. The user `postgres` must be able to walk it, and nobody else to list it.
make_services_folder() {
  mkdir -p "$(dirname "$SERVICES")"
  mkdir -m 711 "$SERVICES" 2>/dev/null || true
  # Others can write to /tmp: a folder or link that somebody else has put there is not used.
  if [ -L "$SERVICES" ] || [ ! -d "$SERVICES" ] || [ ! -O "$SERVICES" ]; then
    fail "$SERVICES is not a folder of yours. Name another one with LIVETALLY_SERVICES"
  fi
}

# Held until this command ends. The folder itself is locked: `down` deletes it, and whoever waited then locks a new one.
lock() {
  while :; do
    make_services_folder
    if { exec 9<"$SERVICES"; } 2>/dev/null; then
      flock -w 900 9 || fail "another infra/services has had $SERVICES for 15 minutes. Look for it with: ps -ef | grep services"
      if [ "$SERVICES" -ef /dev/fd/9 ]; then return; fi
    fi
  done
}

# 18 random bytes, in characters that need no quoting anywhere, into file $1, its owner's alone.
make_password() { (umask 077 && head -c 18 /dev/urandom | base64 | tr '+/' 'ab' >"$1"); }

is_made() { [ -e "$folder/made" ]; }
