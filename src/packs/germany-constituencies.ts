import type { Election, Place } from '../election/election.ts';
import { EVERYONE } from '../election/space.ts';
import { TOTAL } from '../election/tally.ts';
import { chosenLaender, LAENDER, placeId, placesOf, type Land } from './germany-laender.ts';
import { germanOrigin } from './germany-origin.ts';
import { contestsOf } from './germany-parties.ts';
import { partiesOf, readRegions, recognisesRegions, REGION_KINDS, type Region } from './germany-regions.ts';
import { checked, electionId, importedElection, type Importer, type ImportOptions } from './importer.ts';
import { marginOf } from './margin.ts';
import type { ExpectedRow, Pack, PackUnit } from './pack.ts';
import { pairContests } from './pair-contests.ts';
import { inputError, type SourceFile, type SourceTable } from './source-table.ts';

/**
 * The constituency table of a German federal election. Nothing in it is rounded: the constituencies add up to every
 * sum exactly.
 */
export const germanyConstituencies: Importer = {
  describes: 'German constituency table (Wahlkreise, Länder and the whole by Zeilentyp, separated by ;)',
  recognises: recognisesRegions,
  convert,
};

interface Constituencies {
  readonly election: Election;
  readonly laender: readonly Land[];
  /** Every line of the file. */
  readonly regions: readonly Region[];
  /** The constituencies of the chosen Länder: what the ballots are made of. */
  readonly parts: readonly Region[];
}

function convert(source: SourceFile, table: SourceTable, options: ImportOptions): Pack {
  const found = readConstituencies(source, table, options);
  return checked({
    origin: germanOrigin(source, found.election.id),
    election: found.election,
    units: found.parts.map((part) => unitOf(found, part)),
    expected: found.regions.flatMap((region) =>
      addressesOf(found, region).flatMap((address) => rowsFor(found.election, region, address)),
    ),
  });
}

function readConstituencies(source: SourceFile, table: SourceTable, options: ImportOptions): Constituencies {
  const parties = partiesOf(table);
  const contests = contestsOf(table.file, parties);
  const regions = readRegions(table, parties);
  const present = regions.filter(isLand).map(({ number }) => landOf(table, number).letters);
  const laender = chosenLaender(table.file, new Set(present), options.land);
  const parts = regions.filter(
    (region) => isConstituency(region) && laender.some(({ number }) => number === region.within),
  );
  const places = laender.map((land) => placeOf(table, land, parts));
  const election = importedElection({
    id: electionId(source, options),
    title: options.land === undefined ? 'Bundestagswahl' : `Bundestagswahl: ${laender[0]!.name}`,
    contests,
    places: placesOf(places, options.land),
    cohorts: [],
    breakdowns: [['place']],
  });
  return { election, laender, regions, parts };
}

function isLand({ kind }: Region): boolean {
  return kind === REGION_KINDS.land;
}

function isConstituency({ kind }: Region): boolean {
  return kind === REGION_KINDS.constituency;
}

function landOf(table: SourceTable, number: string): Land {
  const land = LAENDER.find((known) => known.number === number);
  if (land === undefined) throw inputError(table.file, `'${number}' is not the number of one of the 16 Länder.`);
  return land;
}

function placeOf(table: SourceTable, land: Land, parts: readonly Region[]): Place {
  const places = parts
    .filter(({ within }) => within === land.number)
    .map((part) => ({ id: partId(land, part), name: part.name }));
  if (places.length === 0)
    throw inputError(table.file, `${land.name} has no constituency (Zeilentyp ${REGION_KINDS.constituency}).`);
  return { id: placeId(land), name: land.name, places };
}

function partId(land: Land, part: Region): string {
  return `${placeId(land)}-${part.number}`;
}

function unitOf({ election, laender }: Constituencies, part: Region): PackUnit {
  const land = laender.find(({ number }) => number === part.within)!;
  const margins = election.contests.map((contest, at) => {
    const { invalid, votes } = part.results[at]!;
    return marginOf(contest, { votes, rejected: invalid });
  });
  return { place: partId(land, part), cohort: EVERYONE, eligible: part.eligible, ballots: pairContests(margins) };
}

type Address = Pick<ExpectedRow, 'breakdown' | 'values'>;

/** Where a report has the figures of a line; nowhere for a Land that was not chosen. */
function addressesOf({ laender, parts }: Constituencies, region: Region): Address[] {
  const whole: Address = { breakdown: TOTAL, values: [TOTAL] };
  const single = laender.length === 1;
  if (region.kind === REGION_KINDS.whole) return single ? [] : [whole];
  const landNumber = isLand(region) ? region.number : region.within;
  const land = laender.find(({ number }) => number === landNumber);
  if (land === undefined) return [];
  if (isConstituency(region)) return [{ breakdown: 'place', values: [partId(land, region)] }];
  const values = parts.filter(({ within }) => within === land.number).map((part) => partId(land, part));
  return [{ breakdown: 'place', values }, ...(single ? [whole] : [])];
}

function rowsFor(election: Election, region: Region, address: Address): ExpectedRow[] {
  const common = { name: region.name, ...address, tolerance: 0, source: `line ${region.line}` };
  const turnout = { ...common, figures: { eligible: region.eligible, ballots: region.voters } };
  const contests = election.contests.map(({ id }, at): ExpectedRow => {
    const { invalid, votes } = region.results[at]!;
    const figures = { rejected: invalid, votes, blank: 0, cast: region.voters };
    return { ...common, contest: id, figures };
  });
  return [turnout, ...contests];
}
