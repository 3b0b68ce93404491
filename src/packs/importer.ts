import { createHash } from 'node:crypto';
import type { Contest, Election } from '../election/election.ts';
import { electionSchema } from '../election/election-schema.ts';
import { canonicalId } from './canonical-ids.ts';
import { compare, type ComparedFigure } from './compare.ts';
import { packReport } from './pack-report.ts';
import type { Pack, PackOrigin } from './pack.ts';
import { inputError, refused, type SourceFile, type SourceTable } from './source-table.ts';

/** Reads one kind of public result file. */
export interface Importer {
  /** What the file is, for people; `import` lists it where it understands nothing. */
  readonly describes: string;
  /** Decides by what the file says, never by its name. */
  recognises(table: SourceTable): boolean;
  /** Throws LT_INPUT_FILE where the file cannot be read, LT_PACK_REFUSED where it contradicts itself. */
  convert(source: SourceFile, table: SourceTable, options: ImportOptions): Pack;
}

export interface ImportOptions {
  /** Of the election and the pack; default: from the file's name. */
  readonly id?: string;
  /** German files: one Land alone, by its letters, such as HB. */
  readonly land?: string;
}

/** The parts of an election that a result file says nothing about. */
export function importedElection(
  parts: Pick<Election, 'id' | 'title' | 'contests' | 'places' | 'cohorts' | 'breakdowns'>,
): Election {
  return {
    ...parts,
    results: 'all',
    k: 10,
    simulation: { turnout: 0.62, repeats: 0, malformed: 0, lean: 0.3 },
  };
}

export function electionId(source: SourceFile, options: ImportOptions): string {
  if (options.id !== undefined) return options.id;
  const stem = source.name.replace(/\.[^.]*$/, '').slice(0, 50);
  const land = options.land === undefined ? '' : ` ${options.land}`;
  return canonicalId(`${stem}${land}`).toLowerCase().replaceAll('+', '-');
}

export function originOf(
  source: SourceFile,
  name: string,
  told: Pick<PackOrigin, 'source' | 'licence' | 'notes'>,
): PackOrigin {
  const sha256 = createHash('sha256').update(source.bytes).digest('hex');
  return {
    name,
    source: told.source,
    licence: told.licence,
    retrievedFrom: { file: source.name, sha256 },
    notes: [...told.notes, PAIRING_NOTE],
  };
}

const PAIRING_NOTE =
  'Which choices stand on one ballot together is invented: the source counts each contest apart, and only that is checked.';

/**
 * A list that the count must reject: two names where one may stand. Sources count blank and spoilt ballots together
 * or apart; what they call invalid becomes this, so that `rejected` is their figure and nothing is mixed into it.
 */
export function overvote(contest: Contest): readonly string[] {
  const [first, second] = contest.candidates;
  return [first!.id, (second ?? first!).id];
}

/**
 * The pack, once its own ballots give every figure of its source. Throws LT_PACK_REFUSED, naming the first that differs,
 * and LT_INPUT_FILE when no election can be made of the file: too many places, or an id that is none.
 */
export function checked(pack: Pack): Pack {
  const issue = electionSchema.safeParse(pack.election).error?.issues[0];
  if (issue !== undefined) {
    throw inputError(pack.origin.retrievedFrom.file, `the election's ${issue.path.join('.')} is not ${issue.message}.`);
  }
  const { differences } = compare(pack, packReport(pack));
  if (differences[0] === undefined) return pack;
  throw refused(
    pack.origin.retrievedFrom.file,
    `${differenceText(differences[0])} (${differences.length} such figures).`,
  );
}

function differenceText(figure: ComparedFigure): string {
  const what = [figure.row, figure.contest, figure.candidate ?? figure.figure].filter((part) => part !== undefined);
  const says = figure.expected.toLocaleString('en-US');
  const gives = (figure.obtained ?? 0).toLocaleString('en-US');
  return `${figure.source} says ${says} for ${what.join(', ')}, but its parts add up to ${gives}`;
}
