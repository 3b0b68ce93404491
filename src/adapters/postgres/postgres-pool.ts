import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { Client, Pool, type ClientConfig, type PoolClient } from 'pg';
import type { PostgresSettings, PostgresTls } from '../../ports/postgres-settings.ts';
import { VALUE_TYPES } from './postgres-types.ts';

/** One follows the log, and a few ask. */
const CONNECTIONS = 4;
/** How long a server has to let us in. */
const CONNECT_MS = 5000;
/** How long a statement may take. Deleting an election of millions takes a minute; a server that is gone takes for ever. */
const STATEMENT_MS = 2 * 60_000;
/** How long a statement waits for what another session holds, and a transaction of ours for its next statement. */
const LOCK_MS = 60_000;

/** Connections to one server, made when they are used. One that breaks leaves, and the next use makes a new one. */
export interface ConnectionPool {
  /** Waits while others use all of them. Rejects with what Node or the server says. */
  take(): Promise<PoolClient>;
  /** When nobody uses one any more. */
  close(): Promise<void>;
}

export function openPool(settings: PostgresSettings): ConnectionPool {
  const ends = new Map<PoolClient, Promise<void>>();
  const pool = new Pool({ max: CONNECTIONS, Client: boundedClient(clientConfig(settings)) });
  // A server that goes away says so to connections that nobody uses. Whoever uses the next one hears of it.
  pool.on('error', () => {});
  pool.on('connect', (client) => {
    const ended = new Promise<void>((resolve) => void client.once('end', resolve));
    ends.set(client, ended);
    void ended.then(() => ends.delete(client));
  });
  return {
    take: () => pool.connect(),
    async close() {
      await pool.end();
      await Promise.race([Promise.all(ends.values()), pause(CONNECT_MS, undefined, { ref: false })]);
      // A server that is gone without a word never says good-bye, and would keep the process.
      for (const client of ends.keys()) client.connection.stream.destroy();
    },
  };
}

/** The pool's own time limit would hold also for whoever waits for a connection that others use. */
function boundedClient(config: ClientConfig): new () => Client {
  return class extends Client {
    constructor() {
      super(config);
      // Where no password is given, `pg` gives up and leaves the server waiting for one.
      this.connection.on('error', () => this.connection.stream.destroy());
    }
  };
}

function clientConfig({ host, port, database, user, password, tls }: PostgresSettings): ClientConfig {
  return {
    host,
    port,
    database,
    user,
    // As a function, or `pg` would look for a password file.
    password: () => password ?? '',
    ssl: tls === undefined ? false : tlsOptions(tls, host),
    enableChannelBinding: tls !== undefined,
    application_name: 'livetally',
    client_encoding: 'UTF8',
    options: SESSION_SETTINGS.map((setting) => `-c ${setting}`).join(' '),
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    // For a server that is gone without a word; one that is there ends the statement itself.
    query_timeout: STATEMENT_MS + CONNECT_MS,
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: LOCK_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: VALUE_TYPES,
  };
}

/** Whatever server, database or user have for a default: text comes in one form, and a lost machine lets go within a minute. */
const SESSION_SETTINGS = [
  'TimeZone=UTC',
  'DateStyle=ISO',
  'default_transaction_isolation=read\\ committed',
  'default_transaction_read_only=off',
  'standard_conforming_strings=on',
  'tcp_keepalives_idle=30',
  'tcp_keepalives_interval=10',
  'tcp_keepalives_count=3',
];

function tlsOptions({ verify, issuers, certificate, key }: PostgresTls, host: string): ConnectionOptions {
  return {
    rejectUnauthorized: verify !== 'nothing',
    ...(verify === 'issuer' ? { checkServerIdentity: () => undefined } : {}),
    ...(issuers === undefined ? {} : { ca: issuers }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
}
