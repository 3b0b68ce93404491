import { createHash } from 'node:crypto';
import type { Contest, Election } from './election.ts';
import { equalities } from './equalities.ts';
import type { ListCount } from './methods/method.ts';
import { METHODS } from './methods/methods.ts';
import type { ContestReport, ContestRow, Counts, Report, ReportStatus, TurnoutBreakdown } from './report.ts';
import type { Roll } from './roll.ts';
import type { BreakdownSpace } from './space.ts';
import { ballotKey, TOTAL, type Tally } from './tally.ts';

/** What a report needs besides the tally; `Life` of the events has all of it. */
export interface ReportContext {
  readonly election: Election;
  readonly hash: string;
  readonly roll: Roll;
  readonly opened: boolean;
  readonly closed: readonly number[] | undefined;
}

/** Who counted. */
export type CountedBy = Pick<Report, 'run' | 'provisional'>;

/** The run of every engine in a livetally process: all count the same. */
export const IN_PROCESS: CountedBy = { run: 'in-process', provisional: false };

/**
 * Counts to results, the same for every engine. `complete`: the tally covers everything up to the close.
 * `at` is in milliseconds since 1970.
 */
export function makeReport(
  tally: Tally,
  context: ReportContext,
  position: string,
  at: number,
  complete: boolean,
  { run, provisional }: CountedBy = IN_PROCESS,
): Report {
  const lists = listsByRow(tally);
  const counts: Counts = {
    eligible: context.roll.total,
    lines: tally.lines,
    outcomes: tally.outcomes,
    invalid: tally.invalid,
    spent: tally.spent,
    strays: tally.strays,
    turnout: context.roll.space.breakdowns.map((breakdown) => turnout(tally, context.roll, breakdown)),
    contests: context.election.contests.map((contest) => contestReport(contest, context.roll.space.breakdowns, lists)),
  };
  return {
    election: context.election.id,
    definition: context.hash,
    status: statusOf(context, complete),
    position,
    run,
    provisional,
    at: new Date(at).toISOString(),
    counts,
    equalities: equalities(counts),
    hash: hashOf(counts),
  };
}

/** SHA-256 of the counts, keys sorted: no trace of how the log was cut or how an engine stores. */
export function hashOf(counts: Counts): string {
  return createHash('sha256').update(JSON.stringify(counts, sortKeys)).digest('hex');
}

function sortKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function statusOf(context: ReportContext, complete: boolean): ReportStatus {
  if (context.closed !== undefined && complete) return 'unofficial-complete';
  return context.opened ? 'unofficial-partial' : 'pre-election';
}

function turnout(tally: Tally, roll: Roll, breakdown: BreakdownSpace): TurnoutBreakdown {
  const eligible = breakdown.values.map(() => 0);
  roll.eligible.forEach((voters, unit) => (eligible[breakdown.valueOfUnit[unit]!]! += voters));
  return {
    key: breakdown.key,
    rows: breakdown.values.map((value, at) => ({
      value,
      eligible: eligible[at]!,
      counted: tally.ballots.get(ballotKey(breakdown.key, value)) ?? 0,
    })),
  };
}

/** `contest breakdown value` → its choice lists. */
type Lists = ReadonlyMap<string, ListCount[]>;

function listsByRow(tally: Tally): Lists {
  const rows = new Map<string, ListCount[]>();
  for (const [key, ballots] of tally.cells) {
    const cut = key.lastIndexOf(' ');
    const list = key.slice(cut + 1);
    const names = list === '' ? [] : list.split(',');
    const row = rows.get(key.slice(0, cut));
    if (row === undefined) rows.set(key.slice(0, cut), [[names, ballots]]);
    else row.push([names, ballots]);
  }
  return rows;
}

function contestReport(contest: Contest, breakdowns: readonly BreakdownSpace[], lists: Lists): ContestReport {
  return {
    id: contest.id,
    method: contest.method,
    ...contestRow(contest, lists, TOTAL, TOTAL),
    breakdowns: breakdowns.map(({ key, values }) => ({
      key,
      rows: values.map((value) => ({ value, ...contestRow(contest, lists, key, value) })),
    })),
  };
}

function contestRow(contest: Contest, lists: Lists, breakdown: string, value: string): ContestRow {
  const row = lists.get(`${contest.id} ${breakdown} ${value}`) ?? [];
  const counted = row.reduce((total, [, ballots]) => total + ballots, 0);
  return { counted, ...METHODS[contest.method].count(contest, row) };
}
