import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { disclose } from '../../src/election/disclosure.ts';
import type { Election } from '../../src/election/election.ts';
import type { Report } from '../../src/election/report.ts';
import type { Database } from '../../src/ports/database.ts';
import type { Log } from '../../src/ports/log.ts';
import { projectToEnd } from '../../src/stages/4-publish/project.ts';
import { allRows } from '../projection-scene.ts';
import type { PlainVoter } from './plain-log.ts';

const logger = { info: () => {}, warn: () => {}, error: () => {} };

/** What the rows must say. */
export interface ExpectedRows {
  readonly people: readonly PlainVoter[];
  readonly issued: number;
  readonly newest: Report | undefined;
}

/** Brings the database up to the log, and checks it. Resolves with a digest of all its rows. */
export async function checkDatabase(
  database: Database,
  log: Log,
  election: Election,
  expected: ExpectedRows,
): Promise<string> {
  await projectToEnd({ log, database, electionId: election.id, logger });
  return checkRows(database, election, expected);
}

/** The rows of a database that is where the log is are those of the log. Resolves with a digest of all of them. */
export async function checkRows(
  database: Database,
  election: Election,
  { people, issued, newest }: ExpectedRows,
): Promise<string> {
  const voters = await database.query<{ voter: string }>(
    `SELECT concat_ws(' ', source, source_index, registration_number, place, cohort, name) AS voter
     FROM voters WHERE election = $1 ORDER BY source_index`,
    [election.id],
  );
  assert.deepEqual(
    voters.map(({ voter }) => voter),
    people.map((voter) => {
      return [voter.source, voter.index, voter.registrationNumber, voter.place, voter.cohort, voter.name].join(' ');
    }),
    'voters',
  );
  const rows = await allRows(database, election.id);
  checkFigures(rows, election, issued, newest);
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}

type Row = Readonly<Record<string, unknown>>;

/** The database has the report as it may be shown: after few ballots a group can be of one mind, and then no hash is. */
function checkFigures(
  rows: Readonly<Record<string, object[]>>,
  election: Election,
  issued: number,
  newest: Report | undefined,
): void {
  const table = (name: string): Row[] => rows[name] as Row[];
  assert.equal(table('elections')[0]?.['eligible'], issued, 'eligible = issued');
  const reports = table('reports').map(({ hash, counted, lines, position }) => [hash, counted, lines, position]);
  if (newest === undefined) return assert.deepEqual(reports, []);
  const { counts, position } = newest;
  const hash = disclose(newest, election).whole ? newest.hash : null;
  assert.deepEqual(reports, [[hash, counts.outcomes.counted, counts.lines, position]], 'the newest report');
  for (const { id, votes } of counts.contests) {
    const totals = table('results').filter(({ contest, breakdown }) => contest === id && breakdown === '*');
    const sum = totals.reduce((total, row) => total + Number(row['votes']), 0);
    assert.equal(
      sum,
      votes.reduce((total, some) => total + some, 0),
      `votes in ${id}`,
    );
  }
}
