import { z } from 'zod';
import type { Election, Place } from './election.ts';
import { ID } from './ids.ts';

/**
 * The form of an election file: names, types, sizes and what is assumed where nothing is said. What needs a look at
 * more than one value (ids that are there twice, age bands with gaps) is in election-checks.ts.
 *
 * Every schema carries what it expects, in words, as its error: definition.ts puts what it found in front of it.
 */

/** Sizes are limited so that a wrong file is refused, instead of filling the memory. */
export const LIMITS = {
  idCharacters: 64,
  contests: 100,
  candidates: 500,
  leafPlaces: 5_000,
  placeDepth: 8,
  attributes: 8,
  values: 200,
  cohorts: 20_000,
  /** Places times cohorts: the count keeps some numbers for each. */
  units: 5_000_000,
  breakdowns: 10,
  /** The longest ballot line that topics take. */
  ballotBytes: 4096,
} as const;

const id = pattern(
  new RegExp(`^${ID}$`),
  'an id: 1 to 64 of the letters A-Z and a-z, digits and . _ | + - (in quotes if it looks like a number)',
);

/** Stands in topic and folder names, which allow less than ballots do. */
const electionId = pattern(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  'an id: a letter or digit, then up to 63 more letters, digits, dots, dashes or underscores',
);

const candidate = z.strictObject(
  {
    id: id.describe('How ballots name the candidate; never changes.'),
    name: text(200).describe('The name as voters read it.'),
    party: text(200).optional().describe('The party or list.'),
    colour: pattern(/^#[0-9A-Fa-f]{6}$/, 'a colour such as "#2f6fd0", in quotes')
      .optional()
      .describe('Colour in charts and on the map, as "#rrggbb".'),
    biography: text(10_000).optional().describe('A few sentences about the person.'),
    platform: list(text(500), 0, 50, 'points of the platform').optional().describe('What the candidate stands for.'),
    photo: photo().optional().describe('A picture file beside the election file, or a data: URL.'),
    strength: number(0, 1_000_000).optional().describe('Simulation only: share of the vote to start from.'),
  },
  'a candidate, with an id and a name',
);

const contest = z.strictObject(
  {
    id: id.describe('How ballots name the contest; never changes.'),
    title: text(300).describe('The question, as voters read it.'),
    method: choice(['plurality', 'approval']).default('plurality').describe('How votes are counted.'),
    choose: whole(1, LIMITS.candidates)
      .optional()
      .describe('Approval: how many names a ballot may hold; all when absent.'),
    candidates: list(candidate, 1, LIMITS.candidates, 'candidates').describe('In the order in which they are shown.'),
  },
  'a contest, with an id, a title and candidates',
);

const place = z.strictObject(
  {
    id: id.describe('How ballots name the place, if it is a leaf; never changes.'),
    name: text(200).describe('The name as people read it.'),
    population: number(0, 1e10).optional().describe('Simulation only: how many of the people live here.'),
    get places(): z.ZodOptional<z.ZodArray<z.ZodType<Place>>> {
      return list(place, 1, LIMITS.leafPlaces, 'places').optional().describe('The places inside this one.');
    },
  },
  'a place, with an id and a name',
);

const ages = z
  .tuple([whole(0, 150), whole(0, 150).optional()], 'ages such as [25, 34], or [65] for 65 and over')
  .describe('Ages on election day, both inclusive; without an upper end: and over.');

const attributeValue = z.strictObject(
  {
    id: pattern(
      /^[A-Za-z0-9._+-]{1,64}$/,
      'an id without |: 1 to 64 letters, digits and . _ + - (in quotes if a number)',
    ).describe('Its part of the cohort in a ballot: 25-34 in 25-34|f.'),
    name: text(200).describe('The name as people read it.'),
    ages: ages.optional() as z.ZodType<readonly [number, number?] | undefined>,
    share: number(0, 1_000_000).optional().describe('Simulation only: share of the people.'),
  },
  'a value, with an id and a name',
);

const attribute = z.strictObject(
  {
    id: pattern(/^[A-Za-z0-9._+-]{1,64}$/, 'an id without |, such as age or sex').describe('What breakdowns call it.'),
    name: text(200).describe('The name as people read it.'),
    values: list(attributeValue, 1, LIMITS.values, 'values').describe('Every voter has exactly one of them.'),
  },
  'an attribute, with an id, a name and values',
);

const simulation = z.strictObject(
  {
    turnout: number(0, 1).default(0.62).describe('Share of the registered that vote.'),
    repeats: number(0, 1).default(0.01).describe('Share of the ballots sent again, some of them changed.'),
    malformed: number(0, 1).default(0.004).describe('Malformed lines, as a share of the ballots.'),
    lean: number(0, 3).default(0.3).describe('How far places and cohorts lean from the strengths; 0: not at all.'),
  },
  'a mapping of shares',
);

const election = z.strictObject(
  {
    id: electionId.describe('Names the election in the log; a new election needs a new one.'),
    title: text(300).describe('The title as people read it.'),
    description: text(5_000).optional().describe('A sentence or two under the title.'),
    contests: list(contest, 1, LIMITS.contests, 'contests').describe('The questions on the ballot.'),
    places: list(place, 1, LIMITS.leafPlaces, 'places').describe('Where voters vote: country, states, counties …'),
    cohorts: list(attribute, 0, LIMITS.attributes, 'attributes')
      .default([])
      .describe('What else is counted apart, such as age and sex. A cohort has one value of each.'),
    breakdowns: list(list(text(64), 1, LIMITS.attributes, 'dimensions'), 0, LIMITS.breakdowns, 'breakdowns')
      .default([['place'], ['cohort']])
      .describe('Which dimensions are counted together: place, cohort, or the id of an attribute.'),
    results: choice(['hidden', 'totals', 'all'])
      .default('totals')
      .describe(
        'What is shown. hidden: turnout only, until the count is complete, then as all; totals: no breakdown, ever; all.',
      ),
    k: whole(0, 10_000).default(10).describe('The smallest group shown; smaller ones are merged.'),
    simulation: simulation.prefault({}).describe('How the simulator behaves. It never decides a count.'),
  },
  'an election: id, title, contests, places …',
);

export const electionSchema: z.ZodType<Election> = election;

/** The keys that a mapping may have, by the key that it stands under; `''` is the whole file. */
export const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(election.shape),
  contests: Object.keys(contest.shape),
  candidates: Object.keys(candidate.shape),
  places: Object.keys(place.shape),
  cohorts: Object.keys(attribute.shape),
  values: Object.keys(attributeValue.shape),
  simulation: Object.keys(simulation.shape),
};

function text(most: number): z.ZodString {
  const expected = `text of 1 to ${most} characters`;
  return z.string(expected).min(1, expected).max(most, expected);
}

function pattern(form: RegExp, expected: string): z.ZodString {
  return z.string(expected).regex(form, expected);
}

function number(least: number, most: number): z.ZodNumber {
  const expected = `a number from ${least} to ${most}`;
  return z.number(expected).min(least, expected).max(most, expected);
}

function whole(least: number, most: number): z.ZodInt {
  const expected = `a whole number from ${least} to ${most}`;
  return z.int(expected).min(least, expected).max(most, expected);
}

function choice<const Names extends readonly string[]>(names: Names): z.ZodEnum<{ [Name in Names[number]]: Name }> {
  return z.enum(names, `one of ${names.join(', ')}`);
}

function list<Item extends z.ZodType>(item: Item, least: number, most: number, what: string): z.ZodArray<Item> {
  const expected = `a list of ${least} to ${most} ${what}`;
  return z.array(item, expected).min(least, expected).max(most, expected);
}

/** Never fetched from elsewhere: a page of results must not tell a third party who looks at it. */
function photo(): z.ZodString {
  const file = '(?!\\.{0,2}/)(?!.*\\.\\./)[A-Za-z0-9._/-]{1,200}\\.(?:svg|png|jpg|jpeg|webp)';
  const data = 'data:image/(?:svg\\+xml|png|jpeg|webp)[;,][A-Za-z0-9+/=;,.%_-]{1,300000}';
  return pattern(
    new RegExp(`^(?:${file}|${data})$`),
    'a .svg, .png, .jpg or .webp file beside the election file (no address, no ..), or a data:image/ URL',
  );
}
