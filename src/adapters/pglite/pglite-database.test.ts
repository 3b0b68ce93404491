import { cp, mkdir, mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databaseContract, type DatabaseUnderTest } from '../../../test/contract/database-contract.ts';
import type { Logger } from '../../ports/effects.ts';
import { openDatabaseFolder } from './database-folder.ts';
import { openPglite } from './pglite-database.ts';

/** With an empty database in it: to make one takes seconds, to copy it does not. */
let template: string;

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'livetally-pglite-'));
  const database = await openPglite(template, { sqlFolder: await emptyFolder(join(template, 'sql')) });
  await database.close();
});
afterAll(() => rm(template, { recursive: true }));

databaseContract('PGlite', async (): Promise<DatabaseUnderTest> => {
  const folder = await copyOfTemplate();
  return {
    open: (sqlFolder) => openPglite(folder, sqlFolder === undefined ? {} : { sqlFolder }),
    drop: () => rm(folder, { recursive: true }),
  };
});

async function copyOfTemplate(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'livetally-pglite-'));
  await cp(template, folder, { recursive: true });
  return folder;
}

async function emptyFolder(path: string): Promise<string> {
  await mkdir(path);
  return path;
}

test('[D6] queries that are asked at once in a transaction each have their own answer', async () => {
  const folder = await copyOfTemplate();
  const database = await openPglite(folder, { sqlFolder: join(folder, 'sql') });
  const answers = await database.transaction(async (session) =>
    Promise.all([1, 2, 3].map((number) => session.query(`SELECT ${number} AS number`))),
  );
  expect(answers).toEqual([[{ number: 1 }], [{ number: 2 }], [{ number: 3 }]]);
  await database.close();
  await rm(folder, { recursive: true });
});

describe('a database that cannot be trusted', () => {
  let sqlFolder: string;
  let folder: string;
  let reasons: string[];

  beforeAll(async () => {
    sqlFolder = await mkdtemp(join(tmpdir(), 'livetally-sql-'));
    await writeFile(join(sqlFolder, '001_note.sql'), 'CREATE TABLE notes (note text)');
    const database = await openPglite(template, { sqlFolder });
    await database.query(`INSERT INTO notes VALUES ('kept')`);
    await database.close();
  });
  afterAll(() => rm(sqlFolder, { recursive: true }));
  beforeEach(async () => {
    reasons = [];
    folder = await copyOfTemplate();
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function notes(): Promise<object[]> {
    const logger: Logger = {
      info: () => {},
      warn: (fields) => void reasons.push('why' in fields ? String(fields.why) : ''),
      error: () => {},
    };
    const database = await openPglite(folder, { logger, sqlFolder });
    const found = await database.query<object>('SELECT note FROM notes');
    await database.close();
    return found;
  }

  test('[D7] a database that was closed is there again, and nothing is said', async () => {
    expect(await notes()).toEqual([{ note: 'kept' }]);
    expect(reasons).toEqual([]);
  });

  test('[D7] a database that does not open is rebuilt, and it is said why', async () => {
    await truncate(join(folder, 'pgdata', 'global', 'pg_control'), 0);
    expect(await notes()).toEqual([]);
    expect(reasons).toEqual([expect.stringContaining('stopped')]);
  });

  test('[D7] a database made by other files is rebuilt, and it is said why', async () => {
    await writeFile(join(sqlFolder, '001_note.sql'), 'CREATE TABLE notes (note text NOT NULL)');
    expect(await notes()).toEqual([]);
    expect(reasons).toEqual([expect.stringContaining('001_note.sql differs')]);
  });

  test('[D7] a database that was open when the machine stopped is in doubt until it is empty', async () => {
    await writeFile(join(folder, 'open'), 'another boot');
    expect((await openDatabaseFolder(folder)).doubt).toMatch(/machine stopped/);
    const again = await openDatabaseFolder(folder);
    expect(again.doubt).toMatch(/machine stopped/);
    await again.empty();
    expect((await openDatabaseFolder(folder)).doubt).toMatch(/not finished/);
    await again.opened();
    expect((await openDatabaseFolder(folder)).doubt).toBeUndefined();
  });

  test('[D7] a database whose making was not finished is in doubt', async () => {
    await rm(join(folder, 'pgdata'), { recursive: true });
    expect((await openDatabaseFolder(folder)).doubt).toBeUndefined();
    expect((await openDatabaseFolder(folder)).doubt).toMatch(/not finished/);
  });

  test('[D7] the folder is its owner’s only', async () => {
    await openDatabaseFolder(join(folder, 'new'));
    expect((await stat(join(folder, 'new'))).mode & 0o077).toBe(0);
  });

  test('[D7] a folder that cannot be made is a clear error', async () => {
    const inFile = openPglite(join(sqlFolder, '001_note.sql', 'database'));
    await expect(inFile).rejects.toMatchObject({ code: 'LT_DATABASE', next: 'Name a folder that can be written.' });
  });
});
