import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { openPostgres } from '../src/adapters/postgres/postgres-database.ts';
import { copyText } from '../src/adapters/sql/copy-text.ts';
import { cohortIds, leaves } from '../src/election/space.ts';
import type { Database, DatabaseValue } from '../src/ports/database.ts';
import { publicUrl } from '../src/ports/postgres-settings.ts';
import { smallElection } from '../test/small-election.ts';
import { createTestDatabase, testServer } from '../test/test-postgres.ts';
import { comparePair, VoidRun, type Side } from './pairs.ts';

/**
 * Voters into PostgreSQL, whole profiles, all keys and foreign keys checked: our COPY against psql's own \copy of the same
 * rows from a file, and against INSERT … SELECT unnest(…) of 10,000 rows a statement. Needs LIVETALLY_TEST_DATABASE_URL
 * and psql.
 *
 *   node bench/copy.ts [--voters <n>] [--rounds <n>]
 */
const { values: options } = parseArgs({
  options: { voters: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '5' } },
});
const voters = Number(options.voters);
const rounds = Number(options.rounds);
const ROWS_A_STATEMENT = 10_000;
const election = smallElection();
/** Of the rows that the first run left. */
let digest: string | undefined;

/** By name, with the type that unnest needs. */
const COLUMNS: Readonly<Record<string, string>> = {
  election: 'text',
  registration_number: 'text',
  source: 'text',
  source_index: 'bigint',
  place: 'text',
  cohort: 'text',
  name: 'text',
  date_of_birth: 'date',
  gender: 'text',
  nationality: 'text',
  street: 'text',
  city: 'text',
  state: 'text',
  country: 'text',
  postcode: 'text',
  email: 'text',
  phone: 'text',
  mobile: 'text',
  picture: 'text',
  registered_age: 'smallint',
};
const NAMES = Object.keys(COLUMNS);

const server = testServer();
if (server === undefined) throw new Error('LIVETALLY_TEST_DATABASE_URL names no server.');
const under = await createTestDatabase(server);
const database = await openPostgres(under.settings);
const folder = await mkdtemp(join(tmpdir(), 'livetally-bench-'));
try {
  await definePlaces();
  const rows = Array.from({ length: voters }, (_, at) => voterRow(at));
  const file = await writeRows(rows);
  const title = `${voters.toLocaleString('en')} voters into PostgreSQL`;
  const ours: Side = { name: 'our copy', run: () => timed(() => copyRows(database, rows)) };
  const psql: Side = { name: 'psql \\copy', run: () => timed(() => psqlCopy(file)) };
  const unnest: Side = { name: 'unnest', run: () => timed(() => insertRows(database, rows)) };
  await comparePair({ title, unit: 'rows/s', rounds, peer: psql, ours });
  await comparePair({ title, unit: 'rows/s', rounds, peer: unnest, ours });
} finally {
  await database.close();
  await under.drop();
  await rm(folder, { recursive: true });
}

type Rows = readonly (readonly DatabaseValue[])[];

/** Rows a second, into an empty table. A run that leaves other rows is void. */
async function timed(load: () => Promise<void>): Promise<number> {
  await under.run('TRUNCATE voters; CHECKPOINT');
  const startedAt = performance.now();
  await load();
  const seconds = (performance.now() - startedAt) / 1000;
  const [found] = (await under.run(
    `SELECT count(*)::int AS rows, bit_xor(hashtextextended(v::text, 0))::text AS digest FROM voters v`,
  )) as { rows: number; digest: string }[];
  if (found?.rows !== voters) throw new VoidRun(`${found?.rows} rows, not ${voters}`);
  digest ??= found.digest;
  if (found.digest !== digest) throw new VoidRun('other rows than the first time');
  return voters / seconds;
}
function copyRows(into: Database, rows: Rows): Promise<void> {
  return into.transaction((session) => session.copy('voters', NAMES, rows));
}

async function psqlCopy(file: string): Promise<void> {
  const command = `\\copy voters (${NAMES.join(', ')}) FROM '${file}'`;
  const environment = { ...process.env, PGPASSWORD: under.settings.password };
  await promisify(execFile)('psql', ['-qX', publicUrl(under.settings), '-c', command], { env: environment });
}

function insertRows(into: Database, rows: Rows): Promise<void> {
  const arrays = Object.values(COLUMNS).map((type, at) => `$${at + 1}::${type}[]`);
  const sql = `INSERT INTO voters (${NAMES.join(', ')}) SELECT * FROM unnest(${arrays.join(', ')})`;
  return into.transaction(async (session) => {
    for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
      const some = rows.slice(from, from + ROWS_A_STATEMENT);
      await session.query(
        sql,
        NAMES.map((_, column) => some.map((row) => row[column])),
      );
    }
  });
}

async function definePlaces(): Promise<void> {
  const id = `'${election.id}'`;
  const places = leaves(election.places).map((place, at) => `(${id}, '${place.id}', ${at}, 'x', true)`);
  const cohorts = cohortIds(election.cohorts).map((cohort, at) => `(${id}, '${cohort}', ${at}, '{}')`);
  const hash = `repeat('0', 64)`;
  await under.run(`
    INSERT INTO elections (id, title, definition, partitions, state, results, k, eligible, counting)
      VALUES (${id}, 'x', ${hash}, 1, 'open', 'all', 1, 0, ${hash});
    INSERT INTO places (election, id, ordinal, name, leaf) VALUES ${places.join(', ')};
    INSERT INTO cohorts (election, id, ordinal, attributes) VALUES ${cohorts.join(', ')}`);
}

function voterRow(at: number): DatabaseValue[] {
  const places = ['n1', 'n2', 's1', 's2'];
  const cohorts = ['18-64|f', '18-64|m', '65+|f', '65+|m'];
  const number = String(at).padStart(9, '0');
  return [
    election.id,
    `R-${number}`,
    'people:bench',
    at,
    places[at % 4]!,
    cohorts[(at >> 2) % 4]!,
    `Ada ${number} Lovelace`,
    `19${10 + (at % 90)}-0${1 + (at % 9)}-1${at % 10}`,
    'not stated',
    'US',
    `${at % 9000} Long Street Name`,
    'Some City',
    'California',
    'United States of America',
    number.slice(0, 5),
    `ada.${number}@example.org`,
    `+1 202 ${number}`,
    `+1 415 ${number}`,
    'portraits/1.svg',
    at % 100,
  ];
}

async function writeRows(rows: Rows): Promise<string> {
  const file = join(folder, 'voters.tsv');
  const stream = createWriteStream(file);
  for (const chunk of copyText(NAMES, rows)) if (!stream.write(chunk)) await once(stream, 'drain');
  stream.end();
  await once(stream, 'finish');
  return file;
}
