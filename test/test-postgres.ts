import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { readPostgresSettings } from '../src/app/postgres-environment.ts';
import type { PostgresSettings } from '../src/ports/postgres-settings.ts';

/** The server that tests may use, by LIVETALLY_TEST_DATABASE_URL. */
export function testServer(): PostgresSettings | undefined {
  return readPostgresSettings({ DATABASE_URL: process.env['LIVETALLY_TEST_DATABASE_URL'] });
}

export interface TestDatabase {
  readonly settings: PostgresSettings;
  /** Runs statements as somebody else would, on the database itself. */
  run(sql: string): Promise<object[]>;
  drop(): Promise<void>;
}

/** An empty database with a name of its own. `how` is what CREATE DATABASE takes besides. */
export async function createTestDatabase(server: PostgresSettings, how = ''): Promise<TestDatabase> {
  const database = `livetally_test_${randomBytes(6).toString('hex')}`;
  await runOn(server, `CREATE DATABASE ${database} ${how}`);
  const settings = { ...server, database };
  return {
    settings,
    run: (sql) => runOn(settings, sql),
    drop: async () => void (await runOn(server, `DROP DATABASE ${database} WITH (FORCE)`)),
  };
}

async function runOn({ host, port, user, password, database }: PostgresSettings, sql: string): Promise<object[]> {
  const client = new Client({ host, port, user, database, ...(password === undefined ? {} : { password }) });
  await client.connect();
  try {
    return (await client.query<object>(sql)).rows;
  } finally {
    await client.end();
  }
}
