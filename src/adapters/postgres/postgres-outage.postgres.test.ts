import { execFile } from 'node:child_process';
import { appendFile, chown, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOwnPostgres, type OwnPostgres } from '../../../test/own-postgres.ts';
import { testServer } from '../../../test/test-postgres.ts';
import { LivetallyError } from '../../error.ts';
import type { Database } from '../../ports/database.ts';
import type { PostgresTls } from '../../ports/postgres-settings.ts';
import { openPostgres } from './postgres-database.ts';

/** One client at a time starts a server of its own, which no other test can be using. */
describe.skipIf(testServer() === undefined)('a PostgreSQL server of one’s own', () => {
  let own: OwnPostgres;
  let sqlFolder: string;
  let database: Database;

  beforeAll(async () => {
    own = await startOwnPostgres();
    sqlFolder = await mkdtemp(join(tmpdir(), 'livetally-sql-'));
    database = await openPostgres(own.settings, { sqlFolder });
    await database.query('CREATE TABLE notes (id integer PRIMARY KEY)');
  });
  afterAll(async () => {
    await database.close();
    await own.drop();
    await rm(sqlFolder, { recursive: true });
  });

  async function notes(): Promise<unknown[]> {
    return (await database.query<{ id: number }>('SELECT id FROM notes ORDER BY id')).map(({ id }) => id);
  }

  /** Tries until it works, and says what it met until then. */
  async function insertWhenBack(id: number): Promise<Set<string>> {
    const codes = new Set<string>();
    for (const startedAt = performance.now(); performance.now() - startedAt < 60_000; await pause(50)) {
      try {
        await database.query('INSERT INTO notes VALUES ($1)', [id]);
        return codes;
      } catch (error) {
        codes.add(error instanceof LivetallyError ? error.code : String(error));
      }
    }
    return expect.unreachable('the server did not come back');
  }

  test('[D8] a server that is stopped is away at once, and is used again when it is back', async () => {
    await Promise.all([1, 2, 3].map((id) => database.query('INSERT INTO notes VALUES ($1)', [id])));
    await own.stop();
    const startedAt = performance.now();
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'LT_DATABASE_AWAY' });
    await expect(database.transaction(async () => {})).rejects.toMatchObject({ code: 'LT_DATABASE_AWAY' });
    expect(performance.now() - startedAt).toBeLessThan(2000);
    await own.start();
    expect(await notes()).toEqual([1, 2, 3]);
  });

  test('[D8] a server that crashes in the middle of a transaction: nothing of it, and only LT_DATABASE_AWAY until it is back', async () => {
    const before = await notes();
    const cut = database.transaction(async (session) => {
      await session.query('INSERT INTO notes VALUES (-1)');
      await own.kill();
      await pause(200);
      await session.query('INSERT INTO notes VALUES (-2)');
    });
    await expect(cut).rejects.toMatchObject({ code: 'LT_DATABASE_AWAY' });
    const back = insertWhenBack(100);
    await own.start();
    expect([...(await back)]).toEqual(['LT_DATABASE_AWAY']);
    expect(await notes()).toEqual([...before, 100]);
  });

  test('[D8] a server that answers nothing, though its connections stand, is away within seconds', async () => {
    await Promise.all([1, 2, 3].map(() => database.query('SELECT pg_sleep(0.05)')));
    await own.signal('SIGSTOP');
    try {
      const startedAt = performance.now();
      // Of four connections three lie in the pool, and the others are to be made.
      const asked = Array.from({ length: 6 }, () => database.query('SELECT 1').catch((error: unknown) => error));
      for (const error of await Promise.all(asked)) expect(error).toMatchObject({ code: 'LT_DATABASE_AWAY' });
      expect(performance.now() - startedAt).toBeLessThan(12_000);
    } finally {
      await own.signal('SIGCONT');
    }
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('[D8] a database closes within seconds, also when its server answers nothing', async () => {
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const before = sockets();
    const other = await openPostgres(own.settings, { sqlFolder });
    expect(sockets()).toBeGreaterThan(before);
    await own.signal('SIGSTOP');
    try {
      const startedAt = performance.now();
      await other.close();
      expect(performance.now() - startedAt).toBeLessThan(7000);
      await expect.poll(sockets).toBeLessThanOrEqual(before);
    } finally {
      await own.signal('SIGCONT');
    }
  });

  test('[D8] a server that stops in the middle of a statement, restarted at once', async () => {
    const cut = database.transaction(async (session) => {
      await session.query('INSERT INTO notes VALUES (-3)');
      await session.query('SELECT pg_sleep(30)');
    });
    const refused = expect(cut).rejects.toMatchObject({ code: 'LT_DATABASE_AWAY', cause: { code: '57P01' } });
    await pause(100);
    await own.stop();
    await refused;
    await own.start();
    expect(await notes()).not.toContain(-3);
  });

  test('[D8] encryption holds what sslmode promises, and says what is wrong', async () => {
    const issuers = await encrypt(own);
    await own.stop();
    await own.start();
    const open = async (host: string, tls: PostgresTls): Promise<object[]> => {
      const opened = await openPostgres({ ...own.settings, host, tls }, { sqlFolder });
      const found = await opened.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
      await opened.close();
      return found;
    };
    const encrypted = [{ ssl: true }];
    expect(await open('localhost', { verify: 'name', issuers })).toEqual(encrypted);
    expect(await open('127.0.0.1', { verify: 'issuer', issuers })).toEqual(encrypted);
    expect(await open('127.0.0.1', { verify: 'nothing' })).toEqual(encrypted);
    const refused: [string, PostgresTls][] = [
      ['127.0.0.1', { verify: 'name', issuers }],
      ['localhost', { verify: 'name' }],
      ['localhost', { verify: 'issuer', issuers: await otherIssuer() }],
    ];
    for (const [host, tls] of refused) {
      await expect(open(host, tls)).rejects.toMatchObject({
        code: 'LT_DATABASE',
        next: expect.stringContaining('sslrootcert') as unknown,
      });
    }
  });
});

/** Gives the server a certificate for `localhost`, issued by itself. */
async function encrypt({ folder }: OwnPostgres): Promise<string> {
  const certificate = await makeCertificate(folder, 'localhost');
  const { uid, gid } = await stat(folder);
  await chown(join(folder, 'server.key'), uid, gid);
  await chown(join(folder, 'server.crt'), uid, gid);
  await appendFile(join(folder, 'postgresql.conf'), '\nssl = on\n');
  return certificate;
}

async function otherIssuer(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'livetally-issuer-'));
  const certificate = await makeCertificate(folder, 'localhost');
  await rm(folder, { recursive: true });
  return certificate;
}

async function makeCertificate(folder: string, name: string): Promise<string> {
  const [key, certificate] = ['server.key', 'server.crt'].map((file) => join(folder, file)) as [string, string];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  const options = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate];
  await promisify(execFile)('openssl', ['req', ...options, ...subject]);
  return readFile(certificate, 'utf8');
}
