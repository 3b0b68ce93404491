import type { Contest } from '../election/election.ts';
import { TOTAL } from '../election/tally.ts';
import { cohortId, cohortName } from './germany-cohort-names.ts';
import { placeId, type Land } from './germany-laender.ts';
import { FEDERAL, SUM, type Statistics, type StatisticsRow } from './germany-statistics.ts';
import type { ExpectedRow } from './pack.ts';

/** The sums of a Land are off by at most this much: said by the publisher as rounding, found in the file. */
const LAND_ROUNDING = 3;

/** Where a report has the figures of a row of the file, and how many cells they are the sum of, in how many Länder. */
interface Address {
  /** The Land or the whole, as people say it. */
  readonly name: string;
  readonly breakdown: string;
  readonly values: readonly string[];
  readonly cells: number;
  readonly laender: number;
}

/** The official sums: of the Länder, and of the whole, which is Germany or the one Land that was chosen. */
export function sumsOf(statistics: Statistics, laender: readonly Land[], contests: readonly Contest[]): ExpectedRow[] {
  const [only, ...others] = laender;
  const single = others.length === 0 ? only : undefined;
  const [whole, wholeName] = single === undefined ? [FEDERAL, 'Deutschland'] : [single.letters, single.name];
  return statistics.rows.flatMap((row) => {
    const cohorts = cohortsOf(statistics, row);
    const land = laender.find(({ letters }) => letters === row.land);
    const addresses = [
      // What is no sum is a cell, and expected exactly.
      ...(land !== undefined && isSum(row) ? [landAddress(land, row, cohorts)] : []),
      ...(row.land === whole ? [wholeAddress(wholeName, row, cohorts, laender.length)] : []),
    ];
    return addresses.flatMap((address) => rowsFor(row, contests[row.contest]!.id, address));
  });
}

function isSum({ sex, years }: StatisticsRow): boolean {
  return sex === SUM || years === SUM;
}

function isSumOfAll({ sex, years }: StatisticsRow): boolean {
  return sex === SUM && years === SUM;
}

function cohortsOf(statistics: Statistics, row: StatisticsRow): string[] {
  const sexes = row.sex === SUM ? statistics.sexes : [row.sex];
  const years = row.years === SUM ? statistics.years : [row.years];
  return sexes.flatMap((sex) => years.map((group) => cohortId(sex, group)));
}

function landAddress(land: Land, row: StatisticsRow, cohorts: readonly string[]): Address {
  const place = placeId(land);
  const where = isSumOfAll(row)
    ? { breakdown: 'place', values: [place] }
    : { breakdown: 'place/cohort', values: cohorts.map((cohort) => `${place}/${cohort}`) };
  return { name: land.name, ...where, cells: cohorts.length, laender: 1 };
}

function wholeAddress(name: string, row: StatisticsRow, cohorts: readonly string[], laender: number): Address {
  const where = isSumOfAll(row) ? { breakdown: TOTAL, values: [TOTAL] } : { breakdown: 'cohort', values: cohorts };
  return { name, ...where, cells: cohorts.length * laender, laender };
}

function rowsFor(row: StatisticsRow, contest: string, { name, cells, laender, ...where }: Address): ExpectedRow[] {
  const { breakdown, values } = where;
  const common = { name: cohortName(name, row), breakdown, values, source: `line ${row.line}` };
  const turnout = { ...common, figures: { ballots: row.total }, tolerance: LAND_ROUNDING * cells };
  return [
    // Both votes of a row have the same voters: said once.
    ...(row.contest === 0 ? [turnout] : []),
    {
      ...common,
      contest,
      figures: { rejected: row.invalid, votes: row.votes },
      tolerance: rounding(cells, 1, laender),
    },
    { ...common, contest, figures: { cast: row.total }, tolerance: rounding(cells, row.votes.length + 1, laender) },
  ];
}

/**
 * How far a printed sum may be from the sum of its printed parts: each was rounded to a whole number, so half a vote a
 * part and half for the sum itself; and never more than the rounding of a Land, for each figure and Land in it.
 */
function rounding(cells: number, figures: number, laender: number): number {
  if (cells * figures === 1) return 0;
  return Math.min(Math.floor((cells * figures + 1) / 2), LAND_ROUNDING * figures * laender);
}
