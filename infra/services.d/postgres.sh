# postgres: the PostgreSQL of this machine, with a database of its own.

postgres_needs() { need_postgres; }

postgres_make() {
  local port=${LIVETALLY_POSTGRES_PORT:-29432}
  need_free_port "$port" LIVETALLY_POSTGRES_PORT
  echo "$port" >"$folder/port"
  make_password "$folder/password"
  if [ ${#as[@]} -gt 0 ]; then
    chown -R postgres: "$folder"
    "${as[@]}" test -w "$folder" || fail "the user postgres cannot reach $folder. Name another folder with LIVETALLY_SERVICES"
  fi
  (cd "$folder" && "${as[@]}" "$programs/initdb" -D "$folder/db" -U livetally -A scram-sha-256 --pwfile="$folder/password" \
    --encoding=UTF8 --locale=C.UTF-8 --data-checksums) >"$folder/initdb.log" 2>&1 || {
    cat "$folder/initdb.log" >&2
    fail 'PostgreSQL could not make its data'
  }
  # No socket: a path of one may have 107 bytes, and everything here speaks TCP.
  cat >>"$folder/db/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
shared_buffers = 512MB
max_wal_size = 4GB
checkpoint_timeout = 15min
CONF
}

# Whether a process works in the data folder. When the server is killed, its children end a moment later.
postgres_has_children() { [ -n "$(find /proc/[0-9]*/cwd -maxdepth 0 -lname "$folder/db" 2>/dev/null)" ]; }

postgres_launch() {
  local deadline=$((SECONDS + STOP_SECONDS))
  if living postgres >/dev/null; then return; fi
  ln -sf db/postmaster.pid "$folder/postgres.pid"
  while postgres_has_children; do
    ((SECONDS < deadline)) || fail "a killed PostgreSQL still has processes in $folder/db"
    sleep 0.1
  done
  # A server that was killed leaves it. While its parent has not reaped it, the new one would take it for alive.
  rm -f "$folder/db/postmaster.pid"
  # A log that the user postgres may write.
  if [ -e "$folder/postgres.log" ]; then mv -f "$folder/postgres.log" "$folder/postgres.log.1"; fi
  (cd "$folder" && "${as[@]}" "$programs/pg_ctl" -D "$folder/db" -l "$folder/postgres.log" -s -w -t "$WAIT_SECONDS" start) \
    >"$folder/pg_ctl.log" 2>&1 </dev/null 9<&- || fail_with_log postgres
}

# Makes the database too, should it not be there yet.
postgres_ready() {
  local port password
  port=$(cat "$folder/port")
  password=$(cat "$folder/password")
  "$programs/pg_isready" -q -h 127.0.0.1 -p "$port" -d postgres || return 1
  if [ -e "$folder/created" ]; then return; fi
  PGPASSWORD=$password "$programs/createdb" -h 127.0.0.1 -p "$port" -U livetally livetally && touch "$folder/created"
}

postgres_stop() {
  local pid
  pid=$(living postgres) || return 0
  kill -CONT "$pid" 2>/dev/null || true
  need_postgres
  (cd / && "${as[@]}" "$programs/pg_ctl" -D "$folder/db" -m fast -s -w -t "$STOP_SECONDS" stop) >&2 || terminate postgres
}

postgres_env() {
  local url
  url=postgres://livetally:$(cat "$folder/password")@127.0.0.1:$1/livetally
  export_line DATABASE_URL "$url"
  export_line LIVETALLY_TEST_DATABASE_URL "$url"
}
