/** Lists that names and addresses are drawn from: English, and as plain arrays, since a draw is then one look-up. */
export interface NameLists {
  readonly female: readonly string[];
  readonly male: readonly string[];
  /** Given names for whoever is neither, or does not say. */
  readonly generic: readonly string[];
  readonly last: readonly string[];
  readonly streets: readonly string[];
  readonly cities: readonly string[];
}

/** Loaded when it is needed: the lists weigh more than the rest of the program. */
export async function loadNameLists(): Promise<NameLists> {
  const { faker } = await import('@faker-js/faker/locale/en');
  const { person, location } = faker.rawDefinitions;
  return {
    female: filled(person?.first_name?.female),
    male: filled(person?.first_name?.male),
    generic: filled(person?.first_name?.generic),
    last: filled(person?.last_name?.generic),
    streets: filled(location?.street_name),
    cities: filled(location?.city_name),
  };
}

function filled(list: readonly string[] | null | undefined): readonly string[] {
  if (list === null || list === undefined || list.length === 0)
    throw new Error('A list of names is missing from faker.');
  return list;
}
