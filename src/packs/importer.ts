import { createHash } from 'node:crypto';
import { checkElection } from '../election/election-checks.ts';
import type { Election } from '../election/election.ts';
import { electionSchema } from '../election/election-schema.ts';
import { pathText, type Problem } from '../election/problem.ts';
import { canonicalId } from './canonical-ids.ts';
import { compare, type ComparedFigure } from './compare.ts';
import { packReport } from './pack-report.ts';
import type { Pack, PackOrigin } from './pack.ts';
import { inputError, refused, type SourceFile, type SourceTable } from './source-table.ts';
import { misfitOf } from './units-fit.ts';

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
 * The pack, once its own ballots give every figure of its source. Throws LT_PACK_REFUSED, naming the first that differs,
 * and LT_INPUT_FILE when no election can be made of the file: too many places, or an id that is none. What passes is
 * a pack that can be read again.
 */
export function checked(pack: Pack): Pack {
  const { file } = pack.origin.retrievedFrom;
  const problem = problemOf(pack.election);
  if (problem !== undefined) {
    const found = problem.found === undefined ? '' : `${problem.found}, `;
    throw inputError(file, `the election's ${pathText(problem.path)} is ${found}not ${problem.expected}.`);
  }
  const misfit = misfitOf(pack.election, pack.units);
  if (misfit !== undefined) throw refused(file, `${misfit}.`);
  const { differences } = compare(pack, packReport(pack));
  if (differences[0] === undefined) return pack;
  throw refused(file, `${differenceText(differences[0])} (${differences.length} such figures).`);
}

function problemOf(election: Election): Problem | undefined {
  const issue = electionSchema.safeParse(election).error?.issues[0];
  if (issue === undefined) return checkElection(election)[0];
  return { path: issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part)), expected: issue.message };
}

function differenceText(figure: ComparedFigure): string {
  const what = [figure.row, figure.contest, figure.candidate ?? figure.figure].filter((part) => part !== undefined);
  const says = figure.expected.toLocaleString('en-US');
  const gives = (figure.obtained ?? 0).toLocaleString('en-US');
  return `${figure.source} says ${says} for ${what.join(', ')}, but its parts add up to ${gives}`;
}
