import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '../../src/adapters/sql/migrate.ts';
import { sqlState, type Database, type DatabaseSession } from '../../src/ports/database.ts';

/** One empty database, to be opened and closed as often as one likes. */
export interface DatabaseUnderTest {
  open(sqlFolder?: string): Promise<Database>;
  drop(): Promise<void>;
}

/** The promises of ports/database.ts; every adapter registers itself here. */
export function databaseContract(name: string, create: () => Promise<DatabaseUnderTest>): void {
  describe(`database: ${name}`, () => {
    schemaContract(create);
    rowContract(create);
  });
}

function schemaContract(create: () => Promise<DatabaseUnderTest>): void {
  describe('its schema', () => {
    let store: DatabaseUnderTest;
    let folder: string;

    beforeAll(async () => {
      store = await create();
      folder = await mkdtemp(join(tmpdir(), 'livetally-sql-'));
    });
    afterAll(async () => {
      await store.drop();
      await rm(folder, { recursive: true });
    });

    test('[D1] files run in the order of their names, each once, and a later one at the next opening', async () => {
      await writeFile(join(folder, '002_two.sql'), `INSERT INTO steps VALUES ('two'); INSERT INTO steps VALUES ('2');`);
      await writeFile(join(folder, '001_one.sql'), `CREATE TABLE steps (name text); INSERT INTO steps VALUES ('one');`);
      await closing(await store.open(folder), async (database) => {
        expect(await steps(database)).toEqual(['one', 'two', '2']);
      });
      await writeFile(join(folder, '003_three.sql'), `INSERT INTO steps VALUES ('three');`);
      await closing(await store.open(folder), async (database) => {
        expect(await steps(database)).toEqual(['one', 'two', '2', 'three']);
      });
    });
  });
}

interface SampleStore {
  readonly database: Database;
}

function rowContract(create: () => Promise<DatabaseUnderTest>): void {
  describe('its rows', () => {
    let under: DatabaseUnderTest;
    let database: Database;
    const store: SampleStore = {
      get database(): Database {
        return database;
      },
    };

    beforeAll(async () => {
      under = await create();
      database = await under.open();
      await database.query('CREATE TABLE samples (id integer PRIMARY KEY, text text, number bigint, yes boolean)');
    });
    beforeEach(async () => {
      await database.query('TRUNCATE samples');
    });
    afterAll(async () => {
      await database.close();
      await under.drop();
    });

    tableContract(store);
    transactionContract(store);
    copyContract(store);
    valueContract(store);
  });
}

function tableContract(store: SampleStore): void {
  test('[D1] the package’s own files make every table', async () => {
    const found = await store.database.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1`,
    );
    expect(found.map((row) => row.name)).toEqual(
      expect.arrayContaining(['candidates', 'elections', 'projections', 'reports', 'results', 'turnout', 'voters']),
    );
  });

  test('[D9] every table and every column says in a comment what it holds', async () => {
    const silent = await store.database.query(
      `SELECT c.relname AS table, a.attname AS column FROM pg_class c
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum >= 0 AND NOT a.attisdropped
       WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname <> 'samples'
         AND col_description(c.oid, a.attnum) IS NULL
       UNION ALL SELECT relname, NULL FROM pg_class
       WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> 'samples'
         AND obj_description(oid, 'pg_class') IS NULL`,
    );
    expect(silent).toEqual([]);
  });

  test('[D1] a file that fails leaves nothing, neither of itself nor of those before it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'livetally-sql-'));
    await cp(join(import.meta.dirname, '../../sql'), folder, { recursive: true });
    await writeFile(join(folder, '998_fine.sql'), 'CREATE TABLE fine (name text)');
    await writeFile(join(folder, '999_wrong.sql'), 'CREATE TABLE other (name text); SELECT nothing_of_that_name;');
    await expect(migrate(store.database, folder).catch(sqlState)).resolves.toBe('42703');
    expect(await store.database.query(`SELECT to_regclass('fine') AS fine, to_regclass('other') AS other`)).toEqual([
      { fine: null, other: null },
    ]);
    await rm(join(folder, '999_wrong.sql'));
    await writeFile(join(folder, '001_election.sql'), '-- another beginning');
    await expect(migrate(store.database, folder)).rejects.toMatchObject({
      code: 'LT_DATABASE',
      message: expect.stringContaining('001_election.sql differs') as unknown,
    });
    await rm(folder, { recursive: true });
  });

  test('[D6] a refused statement has its SQLSTATE, and the database goes on', async () => {
    await expect(store.database.query('SELECT nothing_of_that_name').catch(sqlState)).resolves.toBe('42703');
    expect(await store.database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
}

function transactionContract(store: SampleStore): void {
  test('[D2] a transaction that throws leaves nothing, and the error arrives as it was', async () => {
    const thrown = new Error('on purpose');
    const transaction = store.database.transaction(async (session) => {
      await add(session, 1);
      throw thrown;
    });
    await expect(transaction).rejects.toBe(thrown);
    expect(await ids(store)).toEqual([]);
  });

  test('[D2] a transaction with a refused statement in it leaves nothing, also when the refusal is swallowed', async () => {
    const transaction = store.database.transaction(async (session) => {
      await add(session, 1);
      await session.query('SELECT nothing_of_that_name').catch(() => {});
    });
    await expect(transaction).rejects.toMatchObject({ code: 'LT_DATABASE' });
    expect(await ids(store)).toEqual([]);
  });

  test('[D2] a refused statement can be undone to a savepoint', async () => {
    await store.database.transaction(async (session) => {
      await add(session, 1);
      await session.query('SAVEPOINT here');
      await add(session, 1).catch(async () => void (await session.query('ROLLBACK TO SAVEPOINT here')));
      await add(session, 2);
    });
    expect(await ids(store)).toEqual([1, 2]);
  });

  test('[D2] transactions do not mix, however they are started', async () => {
    await Promise.allSettled(
      Array.from({ length: 10 }, (_, id) =>
        store.database.transaction(async (session) => {
          await add(session, id);
          await new Promise(setImmediate);
          if (id % 2 === 1) throw new Error('odd');
          await add(session, id + 100);
        }),
      ),
    );
    expect(await ids(store)).toEqual([0, 2, 4, 6, 8, 100, 102, 104, 106, 108]);
  });

  test('[D2] a session is of no use after its transaction', async () => {
    let kept: DatabaseSession | undefined;
    await store.database.transaction(async (session) => {
      kept = session;
      await add(session, 1);
    });
    await expect(add(kept!, 2)).rejects.toMatchObject({ code: 'LT_DATABASE' });
    expect(await ids(store)).toEqual([1]);
  });
}

function copyContract(store: SampleStore): void {
  test('[D3] copied rows go with the transaction around them', async () => {
    const rows = Array.from({ length: 20_000 }, (_, id) => [id, `text ${id}`, id * 2 ** 20, id % 2 === 0] as const);
    const copied = store.database.transaction(async (session) => {
      await session.copy('samples', ['id', 'text', 'number', 'yes'], rows);
      expect(await session.query('SELECT count(*) AS n, sum(number) AS s FROM samples')).toEqual([
        { n: 20_000, s: 199_990_000 * 2 ** 20 },
      ]);
      throw new Error('on purpose');
    });
    await expect(copied).rejects.toThrow('on purpose');
    expect(await ids(store)).toEqual([]);
  });

  test('[D3] a copy that breaks a rule is refused whole', async () => {
    await store.database.query('INSERT INTO samples (id) VALUES (7)');
    const copied = store.database.transaction((session) => session.copy('samples', ['id'], [[6], [7], [8]]));
    await expect(copied.catch(sqlState)).resolves.toBe('23505');
    expect(await ids(store)).toEqual([7]);
  });
}

function valueContract(store: SampleStore): void {
  test('[D4] copied text comes back as it went in: tabs, line ends, backslashes, any Unicode', async () => {
    const tricky = fc.constantFrom('\t', '\n', '\r', '\\', '\\N', '\\.', '\\n', "'", '"', '\u2028', 'é', '🗳', '');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0')),
      fc.array(tricky).map((parts) => parts.join('')),
    );
    const rows = fc.array(fc.tuple(fc.option(text), fc.option(fc.maxSafeInteger()), fc.option(fc.boolean())));
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        await store.database.transaction(async (session) => {
          await session.query('DELETE FROM samples');
          const numbered = given.map((row, id) => [id, ...row]);
          await session.copy('samples', ['id', 'text', 'number', 'yes'], numbered);
        });
        const found = await store.database.query<{ text: string; number: number; yes: boolean }>(
          'SELECT text, number, yes FROM samples ORDER BY id',
        );
        expect(found.map((row) => [row.text, row.number, row.yes])).toEqual(given);
      }),
      { numRuns: 60 },
    );
  });

  test('[D4] the character NUL is refused, by its row and column', async () => {
    const copied = store.database.transaction((session) =>
      session.copy(
        'samples',
        ['id', 'text'],
        [
          [1, 'fine'],
          [2, 'not \0 fine'],
        ],
      ),
    );
    await expect(copied).rejects.toMatchObject({
      code: 'LT_DATABASE',
      message: 'The column text of row 1 holds the character NUL.',
    });
    expect(await ids(store)).toEqual([]);
  });

  test('[D4] a parameter is never read as SQL', async () => {
    const text = `'); DROP TABLE samples; --`;
    await store.database.query('INSERT INTO samples (id, text) VALUES ($1, $2)', [1, text]);
    expect(await store.database.query('SELECT text FROM samples WHERE text = $1', [text])).toEqual([{ text }]);
  });

  test('[D5] numbers are numbers, days and times are text, JSON is a value', async () => {
    const [row] = await store.database
      .query(`SELECT 9007199254740991::bigint AS big, sum(n) AS sum, 0.5::numeric AS half,
      date '1970-02-03' AS day, timestamptz '2026-11-03 20:00+01' AS time, '{"age": "25-34"}'::jsonb AS json
      FROM unnest(ARRAY[1, 2]::bigint[]) AS n`);
    const expected = {
      big: Number.MAX_SAFE_INTEGER,
      sum: 3,
      half: 0.5,
      day: '1970-02-03',
      time: '2026-11-03 19:00:00+00',
      json: { age: '25-34' },
    };
    expect(row).toEqual(expected);
  });
}

async function ids({ database }: SampleStore): Promise<number[]> {
  const rows = await database.query<{ id: number }>('SELECT id FROM samples ORDER BY id');
  return rows.map(({ id }) => id);
}

async function add(session: DatabaseSession, id: number): Promise<void> {
  await session.query('INSERT INTO samples (id) VALUES ($1)', [id]);
}

async function closing(database: Database, work: (database: Database) => Promise<void>): Promise<void> {
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

async function steps(database: Database): Promise<string[]> {
  return (await database.query<{ name: string }>('SELECT name FROM steps')).map(({ name }) => name);
}
