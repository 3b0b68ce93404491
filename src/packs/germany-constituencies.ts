import type { Contest, Election, Place } from '../election/election.ts';
import type { ListCount } from '../election/methods/method.ts';
import { EVERYONE } from '../election/space.ts';
import { TOTAL } from '../election/tally.ts';
import { createIds } from './canonical-ids.ts';
import { chosenLaender, CONTESTS, LAENDER, LICENCE, partyCandidate, placeId, PUBLISHER, type Land } from './germany.ts';
import {
  checked,
  electionId,
  importedElection,
  originOf,
  overvote,
  type Importer,
  type ImportOptions,
} from './importer.ts';
import type { ExpectedRow, Pack, PackUnit } from './pack.ts';
import { pairContests } from './pair-contests.ts';
import {
  columnAt,
  countAt,
  countOrNoneAt,
  inputError,
  refused,
  textAt,
  type SourceFile,
  type SourceRow,
  type SourceTable,
} from './source-table.ts';

/**
 * The constituency table of a German federal election: constituencies, their Länder and the whole in one file, told
 * apart by `Zeilentyp`. A party has four columns, of which two are the last election's:
 *
 *     Nr;Gebiet;gehört_zu;Zeilentyp;…;Die Linke_Erststimmen_Endgültig;Die Linke_Erststimmen_Vorperiode;…
 *     054;Bremen I;04;Wahlkreis;…
 *
 * Nothing in it is rounded: the constituencies add up to every sum exactly.
 */
export const germanyConstituencies: Importer = {
  describes: 'German constituency table (Wahlkreise, Länder and the whole by Zeilentyp, separated by ;)',
  recognises: (table) => ['Nr', 'Gebiet', 'gehört_zu', 'Zeilentyp'].every((name) => table.header.includes(name)),
  convert,
};

/** As the columns call the two votes, in the order of CONTESTS. */
const VOTES = ['Erststimmen', 'Zweitstimmen'];
const VALID = 'Gültige Stimmen';
const CONSTITUENCY = 'Wahlkreis';
const LAND = 'Bundesland';
const WHOLE = 'Bundesgebiet';

/** A line of the file: a constituency, a Land, or the whole. */
interface Region {
  readonly line: number;
  readonly number: string;
  readonly name: string;
  /** The number of the region that it lies in. */
  readonly within: string;
  readonly kind: string;
  readonly eligible: number;
  readonly voters: number;
  /** By contest. */
  readonly results: readonly { readonly invalid: number; readonly votes: readonly number[] }[];
}

interface Constituencies {
  readonly election: Election;
  readonly laender: readonly Land[];
  readonly regions: readonly Region[];
  readonly parts: readonly Region[];
}

function convert(source: SourceFile, table: SourceTable, options: ImportOptions): Pack {
  const found = readConstituencies(source, table, options);
  return checked({
    origin: originOf(source, found.election.id, {
      source: PUBLISHER,
      licence: LICENCE,
      notes: [
        'Invalid votes, which the source counts blank or spoilt, are lists that name two parties: they are the rejected.',
      ],
    }),
    election: found.election,
    units: found.parts.map((part) => unitOf(found, part)),
    expected: found.regions.flatMap((region) =>
      addressesOf(found, region).flatMap((address) => rowsFor(found, region, address)),
    ),
  });
}

function readConstituencies(source: SourceFile, table: SourceTable, options: ImportOptions): Constituencies {
  const parties = partiesOf(table);
  const regions = table.rows.map((row) => readRegion(table, row, parties));
  const present = regions.filter(({ kind }) => kind === LAND).map(({ number }) => landOf(table, number).letters);
  const laender = chosenLaender(table.file, new Set(present), options.land);
  const parts = regions.filter(
    ({ kind, within }) => kind === CONSTITUENCY && laender.some(({ number }) => number === within),
  );
  const places = laender.map((land) => placeOf(table, land, parts));
  const election = importedElection({
    id: electionId(source, options),
    title: options.land === undefined ? 'Bundestagswahl' : `Bundestagswahl: ${laender[0]!.name}`,
    contests: contestsOf(parties),
    places: options.land === undefined ? [{ id: 'DE', name: 'Deutschland', places }] : places,
    cohorts: [],
    breakdowns: [['place']],
  });
  return { election, laender, regions, parts };
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
    throw inputError(table.file, `${land.name} has no constituency (Zeilentyp ${CONSTITUENCY}).`);
  return { id: placeId(land), name: land.name, places };
}

function partId(land: Land, part: Region): string {
  return `${placeId(land)}-${part.number}`;
}

/** Names of the parties: every name with a final column for a vote, after the ones for valid votes. */
function partiesOf(table: SourceTable): string[] {
  const names = table.header.flatMap((column) => /^(.+)_(?:Erst|Zweit)stimmen_Endgültig$/.exec(column)?.[1] ?? []);
  const unique = [...new Set(names)];
  const valid = unique.indexOf(VALID);
  if (valid < 0) throw inputError(table.file, `the columns '${VALID}_…_Endgültig' are missing.`);
  return unique.slice(valid + 1);
}

function contestsOf(parties: readonly string[]): Contest[] {
  const ids = createIds();
  const candidates = parties.map((name) => partyCandidate(name, () => ids(name, name.toLowerCase())));
  return CONTESTS.map((contest) => ({ ...contest, method: 'plurality', candidates }));
}

function readRegion(table: SourceTable, row: SourceRow, parties: readonly string[]): Region {
  const text = (name: string): string => textAt(row, columnAt(table, name));
  const final = (name: string, vote: string): number =>
    countOrNoneAt(table, row, columnAt(table, `${name}_${vote}_Endgültig`));
  const same = (name: string): number => {
    const [first, second] = VOTES.map((vote) => countAt(table, row, columnAt(table, `${name}_${vote}_Endgültig`)));
    if (first === second) return first!;
    throw refused(table.file, `line ${row.line} has ${name} ${first} for the first vote and ${second} for the second.`);
  };
  const kind = text('Zeilentyp');
  if (![CONSTITUENCY, LAND, WHOLE].includes(kind))
    throw inputError(table.file, `the Zeilentyp '${kind}' is unknown.`, row.line);
  return {
    line: row.line,
    number: text('Nr'),
    name: text('Gebiet'),
    within: text('gehört_zu'),
    kind,
    eligible: same('Wahlberechtigte'),
    voters: same('Wählende'),
    results: VOTES.map((vote) => ({
      invalid: final('Ungültige Stimmen', vote),
      votes: parties.map((party) => final(party, vote)),
    })),
  };
}

function unitOf({ election, laender }: Constituencies, part: Region): PackUnit {
  const land = laender.find(({ number }) => number === part.within)!;
  const margins = election.contests.map((contest, at) => {
    const { invalid, votes } = part.results[at]!;
    const valid = contest.candidates.map(({ id }, candidate): ListCount => [[id], votes[candidate]!]);
    return [...valid, [overvote(contest), invalid] as const];
  });
  return { place: partId(land, part), cohort: EVERYONE, eligible: part.eligible, ballots: pairContests(margins) };
}

type Address = Pick<ExpectedRow, 'breakdown' | 'values'>;

/** Where a report has the figures of a line; nowhere for a Land that was not chosen. */
function addressesOf({ laender, parts }: Constituencies, region: Region): Address[] {
  const idsIn = (land: Land): string[] =>
    parts.filter(({ within }) => within === land.number).map((part) => partId(land, part));
  const whole: Address = { breakdown: TOTAL, values: [TOTAL] };
  if (region.kind === WHOLE) return laender.length > 1 ? [whole] : [];
  const land = laender.find(({ number }) => number === (region.kind === LAND ? region.number : region.within));
  if (land === undefined) return [];
  if (region.kind === CONSTITUENCY) return [{ breakdown: 'place', values: [partId(land, region)] }];
  return [{ breakdown: 'place', values: idsIn(land) }, ...(laender.length === 1 ? [whole] : [])];
}

function rowsFor({ election }: Constituencies, region: Region, address: Address): ExpectedRow[] {
  const common = { name: region.name, ...address, tolerance: 0, source: `line ${region.line}` };
  const turnout = { ...common, figures: { eligible: region.eligible, ballots: region.voters } };
  const contests = election.contests.map(({ id }, at): ExpectedRow => {
    const { invalid, votes } = region.results[at]!;
    const figures = { rejected: invalid, votes, blank: 0, cast: region.voters };
    return { ...common, contest: id, figures };
  });
  return [turnout, ...contests];
}
