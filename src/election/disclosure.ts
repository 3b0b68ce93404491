import type { Election, Place, ResultsPolicy } from './election.ts';
import { contestFigures, sumFigures, type ContestFigures, type Figures } from './figures.ts';
import { hideCrossed, type CrossedRow } from './hide-crossed.ts';
import { mergeSmall, type NestedRow } from './merge-small.ts';
import type { Counts, Report, ReportStatus } from './report.ts';
import type { ShownRow } from './shown-row.ts';

/**
 * What of a report may be shown. Everything that is shown to the public goes through here.
 *
 * - `hidden`: turnout in total, until the count is complete; then as `all`
 * - `totals`: no breakdown, ever
 * - `all`: breakdowns, in which no row of fewer than k counted ballots is shown, nor follows from what is shown by
 *   adding and subtracting: siblings are merged until they are k (merge-small.ts), and where breakdowns cross,
 *   slabs are suppressed (hide-crossed.ts)
 *
 * The total of a contest is shown under `totals` and `all` even below k: nothing is above it to merge into.
 * Not covered: what two reports a moment apart tell together, and bounds that follow from zeros.
 */
export interface Disclosure {
  /** The policy in force at this moment. */
  readonly shows: ResultsPolicy;
  /** In the election's order; empty while hidden. */
  readonly contests: readonly ContestFigures[];
  readonly breakdowns: readonly ShownBreakdown[];
  /** Nothing was held back. Only then may the report's hash be shown: the few numbers missing could be guessed by it. */
  readonly whole: boolean;
}

export interface ShownBreakdown {
  /** As declared, and besides: `place` has its inner places too, and each attribute of the cohorts stands alone. */
  readonly key: string;
  readonly rows: readonly ShownRow[];
}

type DisclosedElection = Pick<Election, 'places' | 'cohorts' | 'results' | 'k'>;

export function disclose(report: Pick<Report, 'status' | 'counts'>, election: DisclosedElection): Disclosure {
  const shows = policyNow(election.results, report.status);
  const contests = shows === 'hidden' ? [] : report.counts.contests.map(contestFigures);
  if (shows !== 'all') return { shows, contests, breakdowns: [], whole: false };
  const breakdowns = shownBreakdowns(report.counts, election);
  const whole = breakdowns.every(({ rows }) => rows.every((row) => row.state === 'shown'));
  return { shows, contests, breakdowns, whole };
}

function policyNow(policy: ResultsPolicy, status: ReportStatus): ResultsPolicy {
  return policy === 'hidden' && status === 'unofficial-complete' ? 'all' : policy;
}

/** From coarse to fine: what is held back in a breakdown must not come back through a finer one. */
function shownBreakdowns(counts: Counts, election: DisclosedElection): ShownBreakdown[] {
  const held: HeldBack[] = [];
  return tables(counts, election)
    .sort((one, other) => one.factors.length - other.factors.length)
    .map((table) => {
      const coarser = held.filter(({ factors }) => factors.every((factor) => table.factors.includes(factor)));
      const unsafe = (row: CrossedRow): boolean =>
        coarser.some(({ factors, values }) => values.has(project(row, table.factors, factors)));
      const { rows, hidden } =
        table.factors.length > 1
          ? hideCrossed(table.rows, election.k, unsafe)
          : mergeSmall(nested(table, election.places), election.k);
      held.push({ factors: table.factors, values: new Set(hidden.map((parts) => parts.join('/'))) });
      return { key: table.key, rows };
    });
}

interface HeldBack {
  readonly factors: readonly string[];
  readonly values: ReadonlySet<string>;
}

/** A breakdown with its dimensions taken apart into factors: `place`, and each attribute of the cohorts. */
interface Table {
  readonly key: string;
  readonly factors: readonly string[];
  readonly rows: readonly CrossedRow[];
}

function project(row: CrossedRow, from: readonly string[], to: readonly string[]): string {
  return to.map((factor) => row.parts[from.indexOf(factor)]).join('/');
}

function tables(counts: Counts, election: DisclosedElection): Table[] {
  const attributes = election.cohorts.map((attribute) => attribute.id);
  const cohortFactors = attributes.length === 0 ? ['cohort'] : attributes;
  const declared = counts.turnout.map((_, at) => declaredTable(counts, at, cohortFactors));
  const cohort = declared.find(({ key }) => key === 'cohort');
  if (cohort === undefined) return declared;
  const missing = attributes.filter((id) => declared.every(({ key }) => key !== id));
  return [...declared, ...missing.map((id) => margin(cohort, id))];
}

function declaredTable(counts: Counts, at: number, cohortFactors: readonly string[]): Table {
  const { key, rows } = counts.turnout[at]!;
  const dimensions = key.split('/');
  const factors = dimensions.flatMap((id) => (id === 'cohort' ? cohortFactors : [id]));
  return {
    key,
    factors,
    rows: rows.map(({ value, eligible, counted }, row) => {
      const contests = counts.contests.map((contest) => contestFigures(contest.breakdowns[at]!.rows[row]!));
      return { value, parts: partsOf(value, dimensions), figures: { eligible, counted, contests } };
    }),
  };
}

function partsOf(value: string, dimensions: readonly string[]): string[] {
  return value.split('/').flatMap((part, at) => (dimensions[at] === 'cohort' ? part.split('|') : [part]));
}

/** One attribute of the cohorts alone. */
function margin(cohort: Table, attribute: string): Table {
  const at = cohort.factors.indexOf(attribute);
  const groups = Map.groupBy(cohort.rows, (row) => row.parts[at]!);
  const rows = [...groups].map(([value, members]) => {
    return { value, parts: [value], figures: sumFigures(members.map((row) => row.figures)) };
  });
  return { key: attribute, factors: [attribute], rows };
}

/** The rows of a breakdown by one factor as a forest: places as the election nests them, other values side by side. */
function nested(table: Table, places: readonly Place[]): NestedRow[] {
  if (table.key !== 'place') return table.rows.map(({ value, figures }) => ({ value, figures, rows: [] }));
  const leaves = new Map(table.rows.map((row) => [row.value, row.figures]));
  return places.map((place) => nestedPlace(place, leaves));
}

function nestedPlace(place: Place, leaves: ReadonlyMap<string, Figures>): NestedRow {
  const leaf = leaves.get(place.id);
  if (leaf !== undefined) return { value: place.id, figures: leaf, rows: [] };
  const rows = (place.places ?? []).map((child) => nestedPlace(child, leaves));
  return { value: place.id, figures: sumFigures(rows.map((row) => row.figures)), rows };
}
