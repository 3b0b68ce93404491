import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openKafkaLog } from '../src/adapters/kafka/kafka-log.ts';
import { openLmdbLog } from '../src/adapters/lmdb/lmdb-log.ts';
import { openPglite } from '../src/adapters/pglite/pglite-database.ts';
import { openPostgres } from '../src/adapters/postgres/postgres-database.ts';
import { readPostgresSettings } from '../src/app/postgres-environment.ts';
import type { Database } from '../src/ports/database.ts';
import type { Log } from '../src/ports/log.ts';
import { topicName } from '../src/topics/topics.ts';
import { withAdmin } from './kafka-admin.ts';

/** The brokers that the environment names for tests, `infra/services env` does. */
export const BROKERS: readonly { readonly name: string; readonly address: string }[] = [
  { name: 'Kafka', address: process.env['LIVETALLY_TEST_KAFKA'] ?? '' },
  { name: 'Kafka with ZooKeeper', address: process.env['LIVETALLY_TEST_KAFKA_ZOOKEEPER'] ?? '' },
].filter(({ address }) => address !== '');

/** For tests of each broker: without any there is one all the same, so that the file has tests to skip. */
export function brokersOrNone(): typeof BROKERS {
  return BROKERS.length > 0 ? BROKERS : [{ name: 'no broker', address: '' }];
}

export const DATABASE_URL: string = process.env['LIVETALLY_TEST_DATABASE_URL'] ?? '';

/** The Spark cluster for tests: where it answers, its token, its folder, and the web pages of master and application. */
export const SPARK: Readonly<Record<'remote' | 'token' | 'checkpoints' | 'master' | 'ui', string>> = {
  remote: process.env['LIVETALLY_TEST_SPARK'] ?? '',
  token: process.env['LIVETALLY_TEST_SPARK_TOKEN'] ?? '',
  checkpoints: process.env['LIVETALLY_TEST_SPARK_CHECKPOINTS'] ?? '',
  master: process.env['LIVETALLY_TEST_SPARK_MASTER'] ?? '',
  ui: process.env['LIVETALLY_TEST_SPARK_UI'] ?? '',
};

/** What the tests of one file need; a file that is skipped for want of it says so. */
export function need(
  what: { readonly broker?: boolean; readonly database?: boolean; readonly spark?: boolean },
  tests: string,
): boolean {
  const missing = [
    ...(what.broker === true && BROKERS.length === 0 ? ['LIVETALLY_TEST_KAFKA'] : []),
    ...(what.spark === true && SPARK.remote === '' ? ['LIVETALLY_TEST_SPARK'] : []),
    ...(what.database === true && DATABASE_URL === '' ? ['LIVETALLY_TEST_DATABASE_URL'] : []),
  ];
  if (missing.length === 0) return true;
  // On a machine that has to run them nothing is passed over.
  if (process.env['LIVETALLY_TEST_REAL'] === 'required') throw new Error(`${missing.join(' and ')} must be set.`);
  console.warn(`SKIPPED: ${tests}: ${missing.join(' and ')} not set; see docs/services.md.`);
  return false;
}

/** A log for one test, with no election of this id in it. */
export interface LogOfTest extends AsyncDisposable {
  readonly log: Log;
}

export async function embeddedLog(): Promise<LogOfTest> {
  const folder = await mkdtemp(join(tmpdir(), 'livetally-log-'));
  const log = await openLmdbLog(folder);
  return {
    log,
    async [Symbol.asyncDispose]() {
      await log.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** At its end the topics of the election are deleted. */
export async function brokerLog(address: string, electionId: string): Promise<LogOfTest> {
  const log = await openKafkaLog({ bootstrapServers: [address], clientId: 'livetally-test' });
  return {
    log,
    async [Symbol.asyncDispose]() {
      await log.close();
      await deleteElection(address, electionId);
    },
  };
}

export async function deleteElection(address: string, electionId: string): Promise<void> {
  const log = await openKafkaLog({ bootstrapServers: [address], clientId: 'livetally-test' });
  const there = await log.topics(topicName(electionId, 'events').slice(0, -'events'.length));
  await log.close();
  await withAdmin(address, (admin) => admin.deleteTopics([...there]));
}

/** An id that no other test has. */
export function freshId(name: string): string {
  return `${name}-${randomUUID().slice(0, 8)}`;
}

export interface DatabaseOfTest extends AsyncDisposable {
  readonly database: Database;
}

export async function embeddedDatabase(): Promise<DatabaseOfTest> {
  const database = await openPglite(undefined);
  return { database, [Symbol.asyncDispose]: () => database.close() };
}

export async function serverDatabase(): Promise<DatabaseOfTest> {
  const own = await ownDatabase();
  const database = await openPostgres(readPostgresSettings({ DATABASE_URL: own.url })!);
  return {
    database,
    async [Symbol.asyncDispose]() {
      await database.close();
      await own.drop();
    },
  };
}

/** An empty database of its own on the server of the tests. */
export async function ownDatabase(): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(DATABASE_URL);
  url.pathname = `/${name}`;
  await onServer(`CREATE DATABASE ${name}`);
  return { url: url.href, drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
