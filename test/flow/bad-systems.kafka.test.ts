import pg from 'pg';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { BROKERS, DATABASE_URL, deleteElection, freshId, need, ownDatabase } from '../real-systems.ts';
import { smallElection } from '../small-election.ts';
import { expectFailure, livetally, scratch, writeElection, type Ended } from './livetally.ts';

/** What people get wrong about brokers and servers: each ends in words, with its exit code, and says what to do. */
const isThere = need({ broker: true, database: true }, 'no wrong broker and no wrong server was named');
const { path, remove } = scratch();
const id = freshId('wrong');
const broker = BROKERS[0]?.address ?? '';
const dropped: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const drop of dropped.splice(0)) await drop();
});
afterAll(async () => {
  if (isThere) await deleteElection(broker, id);
  remove();
});

function run(env: Record<string, string>, ...args: readonly string[]): Promise<Ended> {
  return livetally(args, { env: { LIVETALLY_DATA: path('data'), ...env } });
}

async function freshDatabase(): Promise<string> {
  const { url, drop } = await ownDatabase();
  dropped.push(drop);
  return url;
}

async function registered(env: Record<string, string>): Promise<Ended> {
  const election = writeElection(path('election.yaml'), smallElection({ id }));
  return run({ KAFKA_BOOTSTRAP_SERVERS: broker, ...env }, 'register', '--election', election, '--count', '20');
}

describe.skipIf(!isThere)('[C3] a broker that', () => {
  it('is not there is named, within seconds', async () => {
    const ended = await run({ KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1' }, 'tally');
    expectFailure(ended, {
      exitCode: 7,
      code: 'LT_LOG_AWAY',
      says: /127\.0\.0\.1:1 cannot be reached/,
      next: /KAFKA_BOOTSTRAP_SERVERS/,
    });
  });

  it('is no broker is said to be none', async () => {
    const ended = await run({ KAFKA_BOOTSTRAP_SERVERS: new URL(DATABASE_URL).host }, 'tally');
    expectFailure(ended, {
      exitCode: 7,
      code: 'LT_LOG_ACCESS',
      says: /ended the connection/,
      next: /KAFKA_SECURITY_PROTOCOL/,
    });
  });

  it('is written wrongly is refused before anything is opened', async () => {
    const ended = await run({ KAFKA_BOOTSTRAP_SERVERS: 'localhost' }, 'tally');
    expectFailure(ended, {
      exitCode: 2,
      code: 'LT_USAGE',
      says: /KAFKA_BOOTSTRAP_SERVERS does not fit/,
      next: /docs\/kafka\.md/,
    });
  });

  it('holds no such election says so', async () => {
    const env = { KAFKA_BOOTSTRAP_SERVERS: broker, LIVETALLY_ELECTION_ID: 'never-defined' };
    for (const command of ['vote', 'tally', 'recount', 'status', 'export', 'project']) {
      const ended = await run(env, command);
      expectFailure(ended, {
        exitCode: 3,
        code: 'LT_NO_ELECTION',
        says: /never-defined is not defined yet/,
        next: /register/,
      });
    }
  });

  const secure = process.env['LIVETALLY_TEST_KAFKA_SECURE'] ?? '';
  const files = process.env['LIVETALLY_TEST_KAFKA_SECURE_DIR'] ?? '';
  it.skipIf(secure === '')('wants a password refuses a wrong one, and none', async () => {
    const env = {
      KAFKA_BOOTSTRAP_SERVERS: secure,
      KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_SASL_USERNAME: 'nobody',
      KAFKA_SASL_PASSWORD: 'not-this-one',
      KAFKA_TLS_CA_FILE: `${files}/ca.pem`,
    };
    const wrong = await run(env, 'tally');
    expectFailure(wrong, {
      exitCode: 7,
      code: 'LT_LOG_ACCESS',
      says: /password|credentials|authentication/i,
      next: /KAFKA_SASL/,
    });
    expect(wrong.err).not.toContain('not-this-one');
    const none = await run({ KAFKA_BOOTSTRAP_SERVERS: secure }, 'tally');
    expectFailure(none, { exitCode: 7, code: 'LT_LOG_ACCESS', says: /encryption/, next: /SASL_SSL/ });
  });
});

describe.skipIf(!isThere)('[C3] a database server that', () => {
  it('is not there is named, and the registrations are safe in the log', async () => {
    const ended = await registered({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expectFailure(ended, {
      exitCode: 9,
      code: 'LT_DATABASE_AWAY',
      says: /127\.0\.0\.1:1\/none cannot be reached/,
      next: /DATABASE_URL/,
    });
    const again = await registered({});
    expect({ code: again.code, out: again.out }).toMatchObject({ code: 0 });
    expect(again.out).toContain('20 on the roll');
  });

  it('refuses the password says so, without showing it', async () => {
    const url = new URL(DATABASE_URL);
    url.password = 'not-this-one';
    const ended = await registered({ DATABASE_URL: url.href });
    expect(ended.code).toBe(9);
    expect(ended.err).toMatch(/does not let livetally in/);
    expect(ended.err).not.toContain('not-this-one');
  });

  it('has no such database says how it is made', async () => {
    const url = new URL(DATABASE_URL);
    url.pathname = '/never_made';
    const ended = await registered({ DATABASE_URL: url.href });
    expectFailure(ended, { exitCode: 9, code: 'LT_DATABASE', says: /never_made/, next: /DATABASE_URL|[Cc]reate/ });
  });

  it('holds the schema of another version is refused, and left as it is', async () => {
    const url = await freshDatabase();
    expect((await registered({ DATABASE_URL: url })).code).toBe(0);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`UPDATE livetally_migrations SET sha256 = repeat('0', 64) WHERE file = '001_election.sql'`);
    await client.end();
    const env = { KAFKA_BOOTSTRAP_SERVERS: broker, LIVETALLY_ELECTION_ID: id, DATABASE_URL: url };
    const ended = await run(env, 'project');
    expectFailure(ended, { exitCode: 9, code: 'LT_DATABASE', says: /another version/, next: /[Dd]elete|empty/ });
    const doctor = await run(env, 'doctor', '--port', '0');
    expect(doctor.code).toBe(5);
    expect(doctor.out).toMatch(/✗ .*another version/);
  });
});
