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

postgres_launch() {
  ln -sf db/postmaster.pid "$folder/postgres.pid"
  # Left by a server that was killed: pg_ctl would take it for that of the new one.
  if ! living postgres >/dev/null; then rm -f "$folder/db/postmaster.pid"; fi
  # A log that the user postgres may write.
  if [ -e "$folder/postgres.log" ]; then mv -f "$folder/postgres.log" "$folder/postgres.log.1"; fi
  (cd "$folder" && "${as[@]}" "$programs/pg_ctl" -D "$folder/db" -l "$folder/postgres.log" -s -w -t "$WAIT_SECONDS" start) \
    >"$folder/pg_ctl.log" 2>&1 </dev/null 9>&- || fail_with_log postgres
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
