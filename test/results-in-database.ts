import { expect } from 'vitest';
import { disclose } from '../src/election/disclosure.ts';
import type { Election } from '../src/election/election.ts';
import type { Report } from '../src/election/report.ts';
import type { Database } from '../src/ports/database.ts';

/** Votes in the tables, by contest, breakdown and value, are those of the report, as it may be shown. Resolves with how many were looked at. */
export async function expectInDatabase(database: Database, report: Report, election: Election): Promise<number> {
  const rows = await database.query<{ key: string; candidate: string; votes: number }>(
    `SELECT contest || ' ' || breakdown || ' ' || value AS key, candidate, votes FROM results WHERE election = $1`,
    [election.id],
  );
  const found = new Map(rows.map(({ key, candidate, votes }) => [`${key} ${candidate}`, votes]));
  let looked = 0;
  for (const { key, rows: some } of disclose(report, election).breakdowns) {
    for (const row of some) {
      if (row.state === 'suppressed') continue;
      const value = row.state === 'merged' ? row.values.join(' + ') : row.value;
      for (const [at, { id, candidates }] of election.contests.entries()) {
        for (const [candidate, votes] of row.contests[at]!.votes.entries()) {
          expect(found.get(`${id} ${key} ${value} ${candidates[candidate]!.id}`)).toBe(votes);
          looked++;
        }
      }
    }
  }
  return looked;
}
