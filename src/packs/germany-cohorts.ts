import type { Contest, Election } from '../election/election.ts';
import { cohortAttributes, cohortId, cohortName } from './germany-cohort-names.ts';
import { sumsOf } from './germany-cohort-sums.ts';
import { chosenLaender, placeId, placesOf, type Land } from './germany-laender.ts';
import { germanOrigin } from './germany-origin.ts';
import { contestsOf } from './germany-parties.ts';
import { FEDERAL, readStatistics, recognisesStatistics, type Statistics } from './germany-statistics.ts';
import { checked, electionId, importedElection, type Importer, type ImportOptions } from './importer.ts';
import { marginOf, marginSize } from './margin.ts';
import type { ExpectedRow, Pack, PackUnit } from './pack.ts';
import { pairContests } from './pair-contests.ts';
import type { SourceFile, SourceTable } from './source-table.ts';

/**
 * The representative statistics of a German federal election: Land × vote × sex × years of birth × party. Every number
 * in it was rounded on its own, so that sums are off by a few, and the two votes of a cell too: ballots are then as
 * many as the larger has, and on the rest the other vote is absent.
 */
export const germanyCohorts: Importer = {
  describes: 'German representative statistics (Land × vote × sex × years of birth × party, separated by ;)',
  recognises: recognisesStatistics,
  convert,
};

const ROUNDING_NOTE =
  'Where the two votes of a cell differ by rounding, ballots are as many as the larger; blank counts what fills up the other.';

function convert(source: SourceFile, table: SourceTable, options: ImportOptions): Pack {
  const statistics = readStatistics(table);
  const present = statistics.rows.map(({ land }) => land).filter((land) => land !== FEDERAL);
  const laender = chosenLaender(table.file, new Set(present), options.land);
  const contests = contestsOf(table.file, statistics.parties);
  const places = laender.map((land) => ({ id: placeId(land), name: land.name }));
  const election: Election = importedElection({
    id: electionId(source, options),
    title: titleOf(table, laender),
    contests,
    places: placesOf(places, options.land),
    cohorts: cohortAttributes(statistics.sexes, statistics.years),
    breakdowns: [['place'], ['cohort'], ['place', 'cohort']],
  });
  const cells = cellsOf(statistics, laender, contests);
  return checked({
    origin: germanOrigin(source, election.id, [ROUNDING_NOTE]),
    election,
    units: cells.map(({ unit }) => unit),
    expected: [...cells.flatMap(({ expected }) => expected), ...sumsOf(statistics, laender, contests)],
  });
}

function titleOf(table: SourceTable, laender: readonly Land[]): string {
  const said = table.remarks.find((remark) => remark.startsWith('Wahl zum')) ?? 'Bundestagswahl';
  return laender.length === 1 ? `${said}: ${laender[0]!.name}` : said;
}

/** One Land, sex and group of years: what the ballots are made of. */
interface Cell {
  readonly unit: PackUnit;
  readonly expected: readonly ExpectedRow[];
}

function cellsOf(statistics: Statistics, laender: readonly Land[], contests: readonly Contest[]): Cell[] {
  const { sexes, years } = statistics;
  return laender.flatMap((land) =>
    sexes.flatMap((sex) => years.map((group) => cellOf(statistics, contests, land, sex, group))),
  );
}

function cellOf(statistics: Statistics, contests: readonly Contest[], land: Land, sex: string, years: string): Cell {
  const rows = contests.map((_, contest) => statistics.row({ land: land.letters, contest, sex, years }));
  const margins = rows.map(({ votes, invalid }, at) => marginOf(contests[at]!, { votes, rejected: invalid }));
  const eligible = Math.max(...margins.map(marginSize));
  const [place, cohort] = [placeId(land), cohortId(sex, years)];
  const name = cohortName(land.name, { sex, years });
  const where = { name, breakdown: 'place/cohort', values: [`${place}/${cohort}`], tolerance: 0 };
  const expected = rows.map((row, at): ExpectedRow => {
    const padding = eligible - marginSize(margins[at]!);
    const figures = { rejected: row.invalid, votes: row.votes, blank: padding };
    return { ...where, contest: contests[at]!.id, figures, padding, source: `line ${row.line}` };
  });
  const larger = `the larger of lines ${rows.map(({ line }) => line).join(' and ')}`;
  return {
    unit: { place, cohort, eligible, ballots: pairContests(margins) },
    expected: [{ ...where, figures: { eligible, ballots: eligible }, source: larger }, ...expected],
  };
}
