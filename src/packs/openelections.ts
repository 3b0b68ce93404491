import type { Candidate, Contest, Election, Place } from '../election/election.ts';
import { EVERYONE } from '../election/space.ts';
import { TOTAL } from '../election/tally.ts';
import { LivetallyError } from '../error.ts';
import { createIds } from './canonical-ids.ts';
import { checked, electionId, importedElection, originOf, type Importer, type ImportOptions } from './importer.ts';
import { refuseDoubleCounts, refuseWrongTotals } from './openelections-checks.ts';
import {
  isCandidate,
  readResults,
  recognisesResults,
  votesFor,
  type OptionKind,
  type Precinct,
  type Race,
  type Results,
} from './openelections-results.ts';
import { marginOf, marginSize, type OfficialCounts } from './margin.ts';
import type { ExpectedRow, Pack, PackUnit } from './pack.ts';
import { pairContests } from './pair-contests.ts';
import { joinMisspelt } from './openelections-spelling.ts';
import type { SourceFile, SourceTable } from './source-table.ts';

/**
 * Precinct results of a US election as OpenElections publishes them: a row for each precinct, office and candidate.
 * Rows that only look like candidates are told apart (openelections-results.ts), and a file whose totals stand among
 * its precincts is refused. Every contest is taken to be one in which a ballot has one vote.
 */
export const openElections: Importer = {
  describes: 'OpenElections precinct results (county, precinct, office, candidate, votes, separated by commas)',
  recognises: recognisesResults,
  convert,
};

function convert(source: SourceFile, table: SourceTable, options: ImportOptions): Pack {
  if (options.land !== undefined) {
    throw new LivetallyError('LT_USAGE', `${source.name} is not a German file: it has no Länder.`, {
      next: 'Leave out the Land.',
    });
  }
  const read = readResults(table);
  refuseDoubleCounts(table.file, read);
  const { results, notes } = joinMisspelt(read);
  refuseWrongTotals(table.file, results);
  return packOf(source, results, notes, options);
}

function packOf(source: SourceFile, results: Results, notes: readonly string[], options: ImportOptions): Pack {
  const contests = contestsOf(results);
  const places = createPlaces(results);
  const election: Election = importedElection({
    id: electionId(source, options),
    title: electionId(source, options).replaceAll('-', ' '),
    contests,
    places: places.forest,
    cohorts: [],
    breakdowns: [['place']],
  });
  const cells = results.precincts.map((precinct) => cellOf(results, contests, precinct, places.idOf(precinct)));
  return checked({
    origin: originOf(source, election.id, {
      source: 'OpenElections, openelections.net: precinct results collected from official returns',
      licence: 'No licence is stated; facts of public record',
      notes: [
        ...notes,
        'Blank and undervoted ballots are empty lists; spoiled and overvoted ones name two candidates, so that they are rejected.',
        'A precinct has as many ballots as its contest with the most; blank counts what fills up the others.',
      ],
    }),
    election,
    units: cells.map(({ unit }) => unit),
    expected: [...totalsOf(contests, cells), ...cells.flatMap(({ expected }) => expected)],
  });
}

function contestsOf({ races }: Results): Contest[] {
  const ids = createIds();
  return races.map((race) => {
    const title = [race.office, race.district].filter((part) => part !== '').join(' ');
    return { id: ids(title, title.toLowerCase()), title, method: 'plurality', candidates: candidatesOf(race) };
  });
}

function candidatesOf(race: Race): Candidate[] {
  const ids = createIds();
  return race.options.filter(isCandidate).map((option) => {
    const candidate = {
      id: ids(option.key, option.kind === 'write-ins' ? 'write-ins' : option.name.toLowerCase()),
      name: option.name,
    };
    return option.party === '' ? candidate : { ...candidate, party: option.party };
  });
}

interface Places {
  readonly forest: readonly Place[];
  idOf(precinct: Precinct): string;
}

function createPlaces({ precincts }: Results): Places {
  const ids = createIds();
  const idOf = (precinct: Precinct): string =>
    ids(precinct.key, [precinct.county, precinct.town, precinct.name].filter((part) => part !== '').join(' '));
  const counties = [...new Set(precincts.map(({ county }) => county))];
  const forest = counties.map((county) => ({
    id: ids(`county ${county}`, county),
    name: county,
    places: precincts
      .filter((precinct) => precinct.county === county)
      .map((precinct) => ({ id: idOf(precinct), name: precinctName(precinct) })),
  }));
  return { forest, idOf };
}

function precinctName({ town, name }: Precinct): string {
  return [town, name].filter((part) => part !== '').join(' ');
}

interface Cell {
  readonly unit: PackUnit;
  readonly expected: readonly ExpectedRow[];
}

function cellOf({ races }: Results, contests: readonly Contest[], precinct: Precinct, place: string): Cell {
  const counts = races.map((race) => countsOf(race, precinct));
  const margins = contests.map((contest, at) => marginOf(contest, counts[at]!));
  const eligible = Math.max(...margins.map(marginSize));
  const where = { name: precinctName(precinct), breakdown: 'place', values: [place], tolerance: 0 };
  const source = `from line ${precinct.line}`;
  const expected = contests.map(({ id }, at): ExpectedRow => {
    const padding = eligible - marginSize(margins[at]!);
    const { votes, rejected, blank } = counts[at]!;
    return { ...where, contest: id, figures: { votes, rejected, blank: blank + padding }, padding, source };
  });
  return {
    unit: { place, cohort: EVERYONE, eligible, ballots: pairContests(margins) },
    expected: [{ ...where, figures: { ballots: eligible }, source }, ...expected],
  };
}

function countsOf(race: Race, precinct: Precinct): Required<OfficialCounts> {
  const sumOf = (kind: OptionKind): number => {
    const options = race.options.filter((option) => option.kind === kind);
    return options.reduce((sum, option) => sum + votesFor(precinct, race, option), 0);
  };
  return {
    votes: race.options.filter(isCandidate).map((option) => votesFor(precinct, race, option)),
    rejected: sumOf('rejected'),
    blank: sumOf('blank'),
  };
}

/** The file has no rows for the whole: its figures are the sums of the precincts. */
function totalsOf(contests: readonly Contest[], cells: readonly Cell[]): ExpectedRow[] {
  const rows = cells.flatMap(({ expected }) => expected);
  return [undefined, ...contests.map(({ id }) => id)].map((contest) => {
    const parts = rows.filter((row) => row.contest === contest);
    const sum = (pick: (row: ExpectedRow) => number | undefined): number =>
      parts.reduce((total, row) => total + (pick(row) ?? 0), 0);
    const common = {
      name: 'all precincts',
      breakdown: TOTAL,
      values: [TOTAL],
      tolerance: 0,
      source: `sum of ${parts.length} precincts`,
    };
    if (contest === undefined) return { ...common, figures: { ballots: sum((row) => row.figures.ballots) } };
    const votes = parts[0]!.figures.votes!.map((_, at) => sum((row) => row.figures.votes?.[at]));
    const figures = { votes, rejected: sum((row) => row.figures.rejected), blank: sum((row) => row.figures.blank) };
    return { ...common, contest, figures, padding: sum((row) => row.padding) };
  });
}
