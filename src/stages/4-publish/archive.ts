import { ballotGroups, type BallotGroups } from '../../election/ballot-groups.ts';
import type { Election } from '../../election/election.ts';
import { contestFigures } from '../../election/figures.ts';
import type { Report } from '../../election/report.ts';
import { TOTAL } from '../../election/tally.ts';
import { addFigures, emptySums } from '../../election/whole-ballot.ts';
import { LivetallyError } from '../../error.ts';
import type { LifeReader } from '../../lifecycle/life-reader.ts';
import type { Database } from '../../ports/database.ts';
import type { Log } from '../../ports/log.ts';
import { parsePosition, type Position } from '../../topics/position.ts';
import { writeArchive, type Archived } from './archive-rows.ts';
import { equalBallots, type GroupTotal } from './equal-ballots.ts';

/**
 * The fewest equal ballots that are kept whole, where the election's k asks for fewer. Whole ballots say more than results:
 * a rare one, known by one of its choices, tells the others. Ten is what elections have for a k unless they say otherwise.
 */
export const LEAST_EQUAL = 10;

export interface ArchiveOptions {
  readonly log: Log;
  /** Gives the database, caught up with the log. Asked when there is something to write. */
  readonly database: () => Promise<Database>;
  /** Caught up. */
  readonly reader: LifeReader;
  /** The newest. */
  readonly report: Report | undefined;
  /** The breakdown whose rows are the groups, `*` for none. Default: `place` if the election shows it. */
  readonly by?: string | undefined;
  /** Distinct ballots that memory may hold. */
  readonly most?: number | undefined;
  /** In records of `ballots`, of the pass under way. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the counted ballots of a closed election into the database, in the place of what was archived before, all or
 * nothing. Throws LT_ELECTION_OPEN, LT_COUNT_DIFFERS, LT_USAGE, LT_DATABASE.
 */
export async function archive(options: ArchiveOptions): Promise<Archived> {
  const { log, reader, signal } = options;
  const { life } = reader;
  const { election } = life;
  const { report, position } = requireComplete(options);
  const least = Math.max(election.k, LEAST_EQUAL);
  const groups = chooseGroups(report, election, options.by, least);
  const passes = equalBallots({ ...options, log, electionId: election.id, to: position, groups });
  // The first before the transaction: what differs is not begun to be written.
  const first = await passes.next();
  if (first.done === true) throw new Error('The log was not read.');
  requireSame(report, election, groups, first.value.totals);
  const database = await options.database();
  signal?.throwIfAborted();
  return database.transaction((session) => writeArchive(session, { life, report, groups, least }, first.value, passes));
}

/** The report and its position, when the report is of all that decides. */
function requireComplete({ reader, report }: ArchiveOptions): { report: Report; position: Position } {
  if (reader.life.closed === undefined) {
    throw new LivetallyError('LT_ELECTION_OPEN', 'The polls are not closed: ballots are archived after the close.', {
      next: 'Close the polls first: `livetally close --yes`. Until then the results are in the database.',
    });
  }
  const position = parsePosition(report?.position ?? '');
  if (report?.status !== 'unofficial-complete' || position === undefined || position.events < reader.position) {
    throw new LivetallyError('LT_ELECTION_OPEN', 'The ballots are not counted to the close yet.', {
      next: 'Run `livetally tally` first, then this again.',
    });
  }
  return { report, position };
}

function chooseGroups(report: Report, election: Election, by: string | undefined, least: number): BallotGroups {
  const groups = ballotGroups(report, election, by ?? 'place', least);
  if (groups !== undefined) return groups;
  if (by === undefined) return ballotGroups(report, election, TOTAL, least)!;
  const shown = election.results === 'totals' ? [] : election.breakdowns.map((dimensions) => dimensions.join('/'));
  throw new LivetallyError('LT_USAGE', `--by ${by}: the election shows no such breakdown.`, {
    next: `It shows: ${[TOTAL, ...shown].join(', ')}.`,
  });
}

/** What was read here, with other code than the tally's, must be what was published. */
function requireSame(report: Report, election: Election, groups: BallotGroups, totals: readonly GroupTotal[]): void {
  const expected = reported(report, election, groups);
  const differs = groups.names.find((_, at) => JSON.stringify(totals[at]) !== JSON.stringify(expected[at]));
  if (differs === undefined) return;
  throw new LivetallyError('LT_COUNT_DIFFERS', `The ballots of ${differs} do not add up to the published report.`, {
    next: 'Nothing is written. This is a fault in livetally: keep the data, run `livetally recount`, and report it.',
  });
}

function reported({ counts }: Report, election: Election, groups: BallotGroups): GroupTotal[] {
  const totals = groups.names.map((): GroupTotal => ({ counted: 0, sums: emptySums(election) }));
  const at = counts.turnout.findIndex(({ key }) => key === groups.breakdown);
  const rows = at < 0 ? [{ value: TOTAL, counted: counts.outcomes.counted }] : counts.turnout[at]!.rows;
  for (const [row, { value, counted }] of rows.entries()) {
    const total = totals[groups.groupOfValue(value)]!;
    total.counted += counted;
    for (const [contest, figures] of counts.contests.entries()) {
      addFigures(total.sums[contest]!, contestFigures(at < 0 ? figures : figures.breakdowns[at]!.rows[row]!));
    }
  }
  return totals;
}
