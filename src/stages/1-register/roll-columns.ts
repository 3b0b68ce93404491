import type { Election } from '../../election/election.ts';
import { LivetallyError } from '../../error.ts';
import { cohortMeaning } from './cohort-meaning.ts';

/**
 * The columns of a roll. Names are read without regard to case, spaces and dashes; other columns are passed over.
 *
 * | column | |
 * |---|---|
 * | `registration_number` | required; letters, digits, spaces and `. _ / -`; nobody else has it |
 * | `name` | required |
 * | `place` | required; id or name of a place that has no places inside |
 * | `cohort` | such as `25-34|f`; or else a column for each attribute: |
 * | `age`, `sex`, … | id or name of one of its values |
 * | `date_of_birth`, `registered_age` | give the age band; `2001-12-31`, whole years |
 * | `gender` | does for the attribute `sex` |
 * | `nationality`, `street`, `city`, `state`, `country`, `postcode`, `email`, `phone`, `mobile` | as they are |
 */
export interface RollColumns {
  /** How many fields a row has. */
  readonly count: number;
  /** The number of a column, by its name in the table above; undefined where the roll has none. */
  at(name: string): number | undefined;
}

const REQUIRED = ['registration_number', 'name', 'place'];

/** Throws LT_INPUT_FILE for a header that lacks what is required, or has it twice. */
export function rollColumns(path: string, header: readonly string[], election: Election): RollColumns {
  const names = header.map(plain);
  const twice = names.find((name, at) => name !== '' && names.indexOf(name) !== at);
  if (twice !== undefined) throw refusal(path, `has two columns ${twice}`, 'Rename or remove one of them.');
  const missing = [...REQUIRED.filter((name) => !names.includes(name)), ...missingCohort(names, election)];
  if (missing.length > 0) {
    throw refusal(
      path,
      `lacks ${missing.join(', ')} in its header`,
      `Its first row has to name the columns; it has: ${names.join(', ').slice(0, 300)}.`,
    );
  }
  const index = new Map(names.map((name, at) => [name, at]));
  return { count: names.length, at: (name) => index.get(name) };
}

/** The names under which a roll can tell the value of each attribute. */
export function columnsOfAttributes(election: Election): string[][] {
  const { attributes, ageAt, sexAt } = cohortMeaning(election);
  return attributes.map(({ id }, at) => {
    if (at === ageAt) return [plain(id), 'date_of_birth', 'registered_age'];
    return at === sexAt ? [plain(id), 'sex', 'gender'] : [plain(id)];
  });
}

function missingCohort(names: readonly string[], election: Election): string[] {
  if (names.includes('cohort')) return [];
  return columnsOfAttributes(election)
    .filter((columns) => !columns.some((column) => names.includes(column)))
    .map((columns) => `${columns.join(' or ')} (or cohort)`);
}

function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
}

function refusal(path: string, what: string, next: string): LivetallyError {
  return new LivetallyError('LT_INPUT_FILE', `${path} ${what}.`, { next });
}
