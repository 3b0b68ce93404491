import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databaseContract, type DatabaseUnderTest } from '../../../test/contract/database-contract.ts';
import { freePort } from '../../../test/free-ports.ts';
import { createTestDatabase, testServer, type TestDatabase } from '../../../test/test-postgres.ts';
import type { LivetallyError } from '../../error.ts';
import type { Database } from '../../ports/database.ts';
import type { PostgresSettings } from '../../ports/postgres-settings.ts';
import { openPostgres } from './postgres-database.ts';

const server = testServer();

describe.skipIf(server === undefined)('PostgreSQL', () => {
  databaseContract('PostgreSQL', async (): Promise<DatabaseUnderTest> => {
    const one = await createTestDatabase(server!);
    return {
      open: (sqlFolder) => openPostgres(one.settings, sqlFolder === undefined ? {} : { sqlFolder }),
      drop: () => one.drop(),
    };
  });

  describe('a connection', connectionTests);
  describe('a server or database that is refused', refusalTests);
});

/** No file: the tables are those that the tests make. */
async function emptyFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'livetally-sql-'));
}

function connectionTests(): void {
  let under: TestDatabase;
  let sqlFolder: string;
  let database: Database;

  beforeAll(async () => {
    under = await createTestDatabase(server!);
    sqlFolder = await emptyFolder();
    await under.run(`ALTER DATABASE "${under.settings.database}" SET DateStyle = 'German'`);
    await under.run(`ALTER DATABASE "${under.settings.database}" SET TimeZone = 'Asia/Tokyo'`);
    await under.run(`ALTER DATABASE "${under.settings.database}" SET default_transaction_isolation = 'serializable'`);
  });
  beforeEach(async () => {
    database = await openPostgres(under.settings, { sqlFolder });
    await database.query('CREATE TABLE notes (id integer PRIMARY KEY, note text)');
  });
  afterEach(async () => {
    await database.close();
    await under.run('DROP TABLE notes');
  });
  afterAll(async () => {
    await under.drop();
    await rm(sqlFolder, { recursive: true });
  });

  async function notes(): Promise<object[]> {
    return database.query('SELECT id FROM notes ORDER BY id');
  }

  test('[D5] values come in the same form whatever the database has for a default', async () => {
    const [row] = await database.query(`SELECT date '2026-11-03' AS day, timestamptz '2026-11-03 20:00+01' AS time,
      ARRAY[date '2026-11-03'] AS days, ARRAY[1, 2]::bigint[] AS numbers, ARRAY[1.5, NULL]::numeric[] AS some,
      ARRAY['{"a": 1}'::jsonb] AS json, ARRAY['a"b', NULL, 'c,d'] AS texts, '\\x00ff'::bytea AS bytes`);
    expect(row).toEqual({
      day: '2026-11-03',
      time: '2026-11-03 19:00:00+00',
      days: ['2026-11-03'],
      numbers: [1, 2],
      some: [1.5, null],
      json: [{ a: 1 }],
      texts: ['a"b', null, 'c,d'],
      bytes: '\\x00ff',
    });
    expect(await database.query('SHOW transaction_isolation')).toEqual([{ transaction_isolation: 'read committed' }]);
    expect(await database.query('SHOW application_name')).toEqual([{ application_name: 'livetally' }]);
  });

  test('[D4] a query is one statement, also without parameters', async () => {
    const two = database.query(`INSERT INTO notes VALUES (1, 'one'); DROP TABLE notes`);
    await expect(two).rejects.toMatchObject({ code: 'LT_DATABASE' });
    expect(await notes()).toEqual([]);
  });

  test('[D2] a transaction that a query leaves open is nobody else’s', async () => {
    await database.query('BEGIN');
    for (const id of [1, 2, 3]) await database.query('INSERT INTO notes VALUES ($1)', [id]);
    expect(await under.run('SELECT count(*)::int AS n FROM notes')).toEqual([{ n: 3 }]);
  });

  test('[D6] queries that are asked at once in a transaction each have their own answer', async () => {
    const answers = await database.transaction(async (session) =>
      Promise.all([1, 2, 3].map((number) => session.query(`SELECT ${number} AS number`))),
    );
    expect(answers).toEqual([[{ number: 1 }], [{ number: 2 }], [{ number: 3 }]]);
  });

  test('[D6] what the server says of a row does not come with the error', async () => {
    await database.query(`INSERT INTO notes VALUES (1, 'one')`);
    const error: unknown = await database
      .transaction((session) => session.copy('notes', ['id', 'note'], [[1, 'Ann Example, 1 High St']]))
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'LT_DATABASE', cause: { code: '23505' } });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/Ann|\(1\)/);
  });

  test('[D6] more users than connections wait for their turn, and failures leave no connection behind', async () => {
    await Promise.allSettled(
      Array.from({ length: 40 }, (_, id) =>
        database.transaction(async (session) => {
          await session.query('INSERT INTO notes VALUES ($1)', [id]);
          if (id % 2 === 1) await session.query('SELECT nothing_of_that_name');
        }),
      ),
    );
    expect(await notes()).toHaveLength(20);
    const [{ connections }] = (await under.run(
      `SELECT count(*)::int AS connections FROM pg_stat_activity WHERE application_name = 'livetally' AND datname = current_database()`,
    )) as [{ connections: number }];
    expect(connections).toBeLessThanOrEqual(4);
  });

  test('[D6] closing waits for what is under way, and refuses what comes then', async () => {
    const under = Array.from({ length: 8 }, (_, id) =>
      database.transaction(async (session) => {
        await pause(50);
        await session.query('INSERT INTO notes VALUES ($1)', [id]);
      }),
    );
    const closed = database.close();
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'LT_DATABASE' });
    await closed;
    expect(await Promise.all(under)).toHaveLength(8);
    await database.close();
  });

  const CUTS: Record<string, (session: Parameters<Parameters<Database['transaction']>[0]>[0]) => Promise<unknown>> = {
    'between two statements': () => pause(300),
    'in a statement': (session) => session.query('SELECT pg_sleep(10)'),
    'in a copy': (session) => session.copy('notes', ['id', 'note'], endlessRows()),
  };

  test.each(Object.keys(CUTS))(
    '[D8] a connection that ends %s: nothing is half done, the next one works',
    async (when) => {
      for (let round = 0; round < 3; round++) {
        const cut = database.transaction(async (session) => {
          const [{ pid }] = (await session.query('SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
          await session.query(`INSERT INTO notes VALUES (-1, 'before')`);
          const ended = pause(30 + 40 * round).then(() => under.run(`SELECT pg_terminate_backend(${pid})`));
          await CUTS[when]!(session);
          await ended;
          await session.query(`INSERT INTO notes VALUES (-2, 'after')`);
        });
        await expect(cut).rejects.toMatchObject({
          code: 'LT_DATABASE_AWAY',
          message: expect.stringContaining(under.settings.database) as unknown,
        });
        await database.transaction((session) => session.query('INSERT INTO notes VALUES ($1)', [round]));
      }
      expect(await notes()).toEqual([{ id: 0 }, { id: 1 }, { id: 2 }]);
    },
  );

  test('[D3] a long copy that is refused ends at once, and lets others have their turn', async () => {
    await database.query(`INSERT INTO notes VALUES (1000, 'there already')`);
    let longestMs = 0;
    let tickedAt = performance.now();
    const ticking = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - tickedAt);
      tickedAt = performance.now();
    }, 1);
    const copied = database.transaction((session) => session.copy('notes', ['id', 'note'], endlessRows()));
    await expect(copied).rejects.toMatchObject({ code: 'LT_DATABASE', cause: { code: '23505' } });
    clearInterval(ticking);
    expect(longestMs).toBeLessThan(500);
    expect(await notes()).toEqual([{ id: 1000 }]);
  });

  test('[D8] connections that end while nobody uses them do no harm', async () => {
    await Promise.all([1, 2, 3].map(() => database.query('SELECT pg_sleep(0.05)')));
    await under.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'livetally' AND datname = current_database()`);
    await pause(100);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
}

/** So many that a copy of them is under way for a minute. */
function* endlessRows(): Generator<[number, string]> {
  for (let id = 1000; id < 50_000_000; id++) yield [id, 'x'.repeat(200)];
}

function refusalTests(): void {
  let sqlFolder: string;
  const dropped: TestDatabase[] = [];

  beforeAll(async () => {
    sqlFolder = await emptyFolder();
    await writeFile(join(sqlFolder, '001_note.sql'), 'CREATE TABLE notes (note text)');
  });
  afterAll(async () => {
    for (const one of dropped) await one.drop();
    await rm(sqlFolder, { recursive: true });
  });

  async function refusal(settings: PostgresSettings): Promise<LivetallyError> {
    return openPostgres(settings, { sqlFolder }).then(
      () => expect.unreachable('it opened'),
      (error: unknown) => error as LivetallyError,
    );
  }

  async function fresh(how?: string): Promise<TestDatabase> {
    const one = await createTestDatabase(server!, how);
    dropped.push(one);
    return one;
  }

  test('[D8] nobody at the address is LT_DATABASE_AWAY at once, and says where', async () => {
    const startedAt = performance.now();
    const error = await refusal({ ...server!, port: await freePort(), password: 'seCret9' });
    expect(error).toMatchObject({ code: 'LT_DATABASE_AWAY', cause: { code: 'ECONNREFUSED' } });
    expect(error.message).toMatch(/postgres:\/\/.*@127\.0\.0\.1:\d+.* cannot be reached: .*ECONNREFUSED/);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('seCret9');
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  test.each(['', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'])(
    '[D8] somebody who answers %j is LT_DATABASE_AWAY within seconds',
    async (answer) => {
      const stranger = createServer(
        (socket) =>
          void socket
            .on('error', () => {})
            .resume()
            .write(answer),
      );
      await new Promise<void>((resolve) => void stranger.listen(0, '127.0.0.1', resolve));
      const startedAt = performance.now();
      const error = await refusal({ ...server!, port: (stranger.address() as AddressInfo).port });
      expect(error).toMatchObject({ code: 'LT_DATABASE_AWAY' });
      expect(performance.now() - startedAt).toBeLessThan(8000);
      stranger.close();
    },
  );

  test('[D8] a name that nobody has is LT_DATABASE_AWAY', async () => {
    expect(await refusal({ ...server!, host: 'nobody.invalid' })).toMatchObject({ code: 'LT_DATABASE_AWAY' });
  });

  test.each<[string, Partial<PostgresSettings>, RegExp, RegExp]>([
    ['a wrong password', { password: 'seCret9' }, /password/, /Check user and password/],
    ['no password', { password: undefined }, /password/, /Check user and password/],
    ['a user that there is not', { user: 'nobody_here' }, /nobody_here/, /Check user and password/],
    ['a database that there is not', { database: 'nothing_here' }, /nothing_here/, /Create it/],
    ['encryption that the server has not', { tls: { verify: 'name' } }, /SSL/, /sslmode/],
  ])('[D8] %s is LT_DATABASE, and says what to do', async (_, changes, says, next) => {
    const error = await refusal({ ...server!, ...changes });
    expect(error).toMatchObject({
      code: 'LT_DATABASE',
      message: expect.stringMatching(says) as unknown,
      next: expect.stringMatching(next) as unknown,
    });
    expect(inspect(error, { depth: 9 })).not.toContain('seCret9');
    // A connection left behind would keep the process for a minute.
    await expect.poll(() => process.getActiveResourcesInfo()).not.toContain('TCPSocketWrap');
  });

  test('[D7] a database with a table of that name, made by somebody else, is refused and left as it is', async () => {
    const one = await fresh();
    await one.run(
      `CREATE TABLE notes (mine text); INSERT INTO notes VALUES ('kept'); CREATE TABLE migrations (theirs text)`,
    );
    const error = await refusal(one.settings);
    expect(error).toMatchObject({ code: 'LT_DATABASE', message: expect.stringContaining('"notes"') as unknown });
    expect(error.message).toMatch(/did not make/);
    expect(error.next).toMatch(/empty database/);
    expect(await one.run('SELECT mine FROM notes')).toEqual([{ mine: 'kept' }]);
    expect(await one.run(`SELECT to_regclass('livetally_migrations') AS ours`)).toEqual([{ ours: null }]);
  });

  test('[D7] a database made by other files, or by a newer version, is refused and left as it is', async () => {
    const one = await fresh();
    await (await openPostgres(one.settings, { sqlFolder })).close();
    await one.run(
      `INSERT INTO notes VALUES ('kept'); INSERT INTO livetally_migrations VALUES ('009_new.sql', 'of its text')`,
    );
    expect(await refusal(one.settings)).toMatchObject({
      code: 'LT_DATABASE',
      message: 'The database was made by a newer version of livetally: this one has no 009_new.sql.',
      next: expect.stringContaining('Run that version') as unknown,
    });
    await one.run(
      `DELETE FROM livetally_migrations WHERE file <> '001_note.sql'; UPDATE livetally_migrations SET sha256 = 'other'`,
    );
    expect(await refusal(one.settings)).toMatchObject({
      code: 'LT_DATABASE',
      message: expect.stringContaining('001_note.sql differs') as unknown,
    });
    expect(await one.run('SELECT note FROM notes')).toEqual([{ note: 'kept' }]);
  });

  test('[D7] two that open a new database at once make it once', async () => {
    const one = await fresh();
    const opened = await Promise.all([1, 2, 3].map(() => openPostgres(one.settings)));
    for (const database of opened) await database.close();
    expect(await one.run('SELECT file FROM livetally_migrations')).not.toHaveLength(0);
  });

  test('[D7] a database that cannot hold every letter is refused', async () => {
    const one = await fresh(`ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
    expect(await refusal(one.settings)).toMatchObject({
      code: 'LT_DATABASE',
      message: expect.stringContaining('LATIN1') as unknown,
      next: expect.stringContaining('UTF8') as unknown,
    });
  });

  test('[D6] a user who may make no tables is told to own the database', async () => {
    const one = await fresh();
    const user = `guest_${one.settings.database}`;
    await one.run(`CREATE ROLE ${user} LOGIN PASSWORD 'seCret9'`);
    const error = await refusal({ ...one.settings, user, password: 'seCret9' });
    expect(error).toMatchObject({ code: 'LT_DATABASE', next: expect.stringContaining('OWNER TO') as unknown });
    await one.run(`DROP ROLE ${user}`);
  });

  test('[D8] voters’ data that would cross a network in clear are warned of', async () => {
    const one = await fresh();
    const said: object[] = [];
    const logger = { info: () => {}, warn: (fields: object) => void said.push(fields), error: () => {} };
    await (await openPostgres(one.settings, { logger, sqlFolder })).close();
    expect(said).toEqual([]);
    // On Linux this is the machine itself, though it does not look like it.
    await (await openPostgres({ ...one.settings, host: '0.0.0.0' }, { logger, sqlFolder })).close();
    expect(said).toEqual([{ database: expect.stringContaining('@0.0.0.0:') as unknown }]);
  });
}
