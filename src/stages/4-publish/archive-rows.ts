import type { BallotGroups } from '../../election/ballot-groups.ts';
import type { Election } from '../../election/election.ts';
import type { Report } from '../../election/report.ts';
import { addBallots, choicesOf } from '../../election/whole-ballot.ts';
import { LivetallyError } from '../../error.ts';
import type { DatabaseSession, DatabaseValue } from '../../ports/database.ts';
import type { Life } from '../../topics/life.ts';
import type { GroupTotal, Pass } from './equal-ballots.ts';
import { countingOf } from './project-election.ts';

/** What is archived, and how. */
export interface ArchiveFrame {
  readonly life: Life;
  readonly report: Report;
  readonly groups: BallotGroups;
  readonly least: number;
}

/** What was written; numbers are ballots unless said otherwise. */
export interface Archived {
  readonly groups: number;
  readonly breakdown: string;
  readonly counted: number;
  /** In rows of equal ballots. */
  readonly whole: number;
  /** Rows of equal ballots. */
  readonly rows: number;
  readonly least: number;
}

/** Equal ballots of one group that are enough to be kept whole. */
interface Row {
  readonly group: number;
  readonly ballot: string;
  readonly ballots: number;
}

export async function writeArchive(
  session: DatabaseSession,
  frame: ArchiveFrame,
  first: Pass,
  others: AsyncIterable<Pass>,
): Promise<Archived> {
  await begin(session, frame, first.totals);
  const rest = createRest(frame, first.totals);
  let rows = await copyRows(session, frame, rest.take(first));
  for await (const pass of others) rows += await copyRows(session, frame, rest.take(pass));
  rows += await copyRows(session, frame, rest.end());
  await copyRest(session, frame, rest.totals);
  const counted = frame.report.counts.outcomes.counted;
  const { names, breakdown } = frame.groups;
  const left = rest.totals.reduce((sum, total) => sum + total.counted, 0);
  return { groups: names.length, breakdown, counted, whole: counted - left, rows, least: frame.least };
}

async function begin(session: DatabaseSession, frame: ArchiveFrame, totals: readonly GroupTotal[]): Promise<void> {
  const { life, report, groups, least } = frame;
  // Between two statements the log is read again, which may take minutes.
  await session.script('SET LOCAL idle_in_transaction_session_timeout = 0');
  const counting = countingOf(life);
  const begun = await session.query(
    `INSERT INTO archives (election, counting, position, breakdown, least)
     SELECT id, counting, $3, $4, $5 FROM elections WHERE (id, counting) = ($1, $2) FOR SHARE
     ON CONFLICT (election) DO UPDATE SET counting = excluded.counting, position = excluded.position,
       breakdown = excluded.breakdown, least = excluded.least
     RETURNING election`,
    [life.election.id, counting, report.position, groups.breakdown, least],
  );
  if (begun.length === 0) {
    throw new LivetallyError('LT_ELECTION_OPEN', 'An event has changed the count meanwhile.', {
      next: 'Run `livetally tally`, then this again.',
    });
  }
  await session.query('DELETE FROM archived_groups WHERE election = $1', [life.election.id]); // and what is in them
  const rows = groups.names.map((value, at) => [life.election.id, value, totals[at]!.counted]);
  await session.copy('archived_groups', ['election', 'value', 'counted'], rows);
}

interface Rest {
  /** The rows of a pass that can be written now. */
  take(pass: Pass): Row[];
  /** After the last pass: the rows held until then that can be written. */
  end(): Row[];
  /** By group: the ballots that are in no row; right after `end`. */
  readonly totals: readonly GroupTotal[];
}

/**
 * What is left of a group when the rows are taken away is nothing, or as many ballots as a row needs: fewer would follow
 * from the group's results. So the smallest row of each group waits for the end, and goes to the rest if need be.
 */
function createRest({ life: { election }, least }: ArchiveFrame, totals: readonly GroupTotal[]): Rest {
  const rest = structuredClone(totals);
  const smallest = new Map<number, Row>();

  function takeFrom({ group, ballot, ballots }: Row): void {
    rest[group]!.counted -= ballots;
    addBallots(rest[group]!.sums, election, ballot, -ballots);
  }

  return {
    totals: rest,
    take(pass) {
      const ready: Row[] = [];
      for (const [key, ballots] of pass.equal) {
        if (ballots < least) continue;
        const cut = key.indexOf(' ');
        const row: Row = { group: Number(key.slice(0, cut)), ballot: key.slice(cut + 1), ballots };
        takeFrom(row);
        const waiting = smallest.get(row.group);
        const isSmaller = waiting === undefined || inOrder(row, waiting) < 0;
        if (isSmaller) smallest.set(row.group, row);
        const other = isSmaller ? waiting : row;
        if (other !== undefined) ready.push(other);
      }
      return ready;
    },
    end() {
      const kept: Row[] = [];
      for (const row of smallest.values()) {
        const { counted, sums } = rest[row.group]!;
        if (counted === 0 || counted >= least) {
          kept.push(row);
          continue;
        }
        rest[row.group]!.counted += row.ballots;
        addBallots(sums, election, row.ballot, row.ballots);
      }
      return kept;
    },
  };
}

/** By what they say, and nothing else: the order of the log must not show. */
function inOrder(one: Row, other: Row): number {
  return one.ballots - other.ballots || (one.ballot < other.ballot ? -1 : 1);
}

async function copyRows(session: DatabaseSession, { life, groups }: ArchiveFrame, rows: Row[]): Promise<number> {
  const { election } = life;
  rows.sort((one, other) => one.group - other.group || inOrder(other, one));
  await session.copy(
    'archived_ballots',
    ['election', 'value', 'choices', 'ballots'],
    rowsToCopy(rows, election, groups),
  );
  return rows.length;
}

function* rowsToCopy(rows: readonly Row[], election: Election, groups: BallotGroups): Generator<DatabaseValue[]> {
  for (const { group, ballot, ballots } of rows) {
    yield [election.id, groups.names[group]!, choicesOf(election, ballot), ballots];
  }
}

async function copyRest(
  session: DatabaseSession,
  { life: { election }, groups }: ArchiveFrame,
  rest: readonly GroupTotal[],
): Promise<void> {
  const left = groups.names.flatMap((value, at) => {
    const { counted, sums } = rest[at]!;
    if (counted === 0) return [];
    return election.contests.map((contest, contestAt) => ({ value, contest, sums: sums[contestAt]! }));
  });
  await session.copy(
    'archived_rest',
    ['election', 'value', 'contest', 'valid', 'blank', 'rejected'],
    left.map(({ value, contest, sums }) => [election.id, value, contest.id, sums.valid, sums.blank, sums.rejected]),
  );
  await session.copy(
    'archived_rest_votes',
    ['election', 'value', 'contest', 'candidate', 'votes'],
    left.flatMap(({ value, contest, sums }) =>
      contest.candidates.map(({ id }, at) => [election.id, value, contest.id, id, sums.votes[at]!]),
    ),
  );
}
