import type { Attribute } from '../election/election.ts';
import { canonicalId } from './canonical-ids.ts';
import { SUM, type StatisticsKey } from './germany-statistics.ts';

const SEXES: ReadonlyMap<string, { readonly id: string; readonly name: string }> = new Map([
  ['m|d|o', { id: 'mdo', name: 'men, diverse and not stated' }],
  ['w', { id: 'w', name: 'women' }],
]);

/** How the file writes the years of the oldest; `<` cannot stand in an id. */
const OR_EARLIER = /^<=/;

/** Sex and years of birth, as the file says them: what an election calls them. */
export function cohortAttributes(sexes: readonly string[], years: readonly string[]): Attribute[] {
  return [
    { id: 'sex', name: 'Sex', values: sexes.map((sex) => ({ id: sexId(sex), name: sexName(sex) })) },
    {
      id: 'born',
      name: 'Year of birth',
      values: years.map((group) => ({ id: yearsId(group), name: yearsName(group) })),
    },
  ];
}

export function cohortId(sex: string, years: string): string {
  return `${sexId(sex)}|${yearsId(years)}`;
}

/** `Bremen, women, born 1991-2000`, without what is a sum. */
export function cohortName(land: string, { sex, years }: Pick<StatisticsKey, 'sex' | 'years'>): string {
  return [land, ...(sex === SUM ? [] : [sexName(sex)]), ...(years === SUM ? [] : [yearsName(years)])].join(', ');
}

function sexId(sex: string): string {
  return SEXES.get(sex)?.id ?? canonicalId(sex);
}

function sexName(sex: string): string {
  return SEXES.get(sex)?.name ?? sex;
}

function yearsId(years: string): string {
  return OR_EARLIER.test(years) ? `${years.replace(OR_EARLIER, '')}-or-earlier` : canonicalId(years);
}

function yearsName(years: string): string {
  return OR_EARLIER.test(years) ? `born ${years.replace(OR_EARLIER, '')} or earlier` : `born ${years}`;
}
