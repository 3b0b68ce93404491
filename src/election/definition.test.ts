import { describe, expect, it } from 'vitest';
import { LivetallyError } from '../error.ts';
import { parseElection } from './definition.ts';
import { electionSchema } from './election-schema.ts';

const GOOD = `id: club
title: A chair for the club
contests:
  - id: chair
    title: Who chairs?
    candidates:
      - { id: ann, name: Ann }
      - { id: bob, name: Bob, colour: "#2f6fd0" }
places:
  - { id: hall, name: The hall }
`;

/** The lines of the refusal of a text, without the file's name. */
function refusals(text: string): string[] {
  try {
    parseElection(text, 'e.yaml');
  } catch (error) {
    if (!(error instanceof LivetallyError)) throw error;
    expect(error.code).toBe('LT_ELECTION_FILE');
    expect(error.next).toBeDefined();
    return error.message.split('\n').map((line) => line.replace(/^e\.yaml:/, ''));
  }
  return [];
}

/** GOOD with lines of it replaced. */
function changed(...replacements: readonly (readonly [from: string, to: string])[]): string {
  return replacements.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  }, GOOD);
}

const AGES = `cohorts:
  - id: age
    name: Age
    values:
      - { id: young, name: Young, ages: [18, 29] }
      - { id: old, name: Old, ages: [30] }
      - { id: x, name: Not stated }
`;

const long = (id: string): string => `  - { id: ${id}, name: A, values: [{ id: ${id.repeat(32)}, name: V }] }\n`;

const many = (count: number, prefix: string): string =>
  Array.from({ length: count }, (_, at) => `{ id: ${prefix}${at}, name: N }`).join(', ');

const contests = (candidates: string): string => `contests: [{ id: c, title: C, candidates: [${candidates}] }]\n`;

describe('a good file', () => {
  it('[F9] gets the defaults for what it does not say', () => {
    const election = parseElection(GOOD, 'e.yaml');
    expect(election).toMatchObject({
      cohorts: [],
      breakdowns: [['place'], ['cohort']],
      results: 'totals',
      k: 10,
      simulation: { turnout: 0.62, repeats: 0.01, malformed: 0.004, lean: 0.3 },
    });
    expect(election.contests[0]!.method).toBe('plurality');
  });

  it('[F9] is read from JSON as well, and once read reads the same again', () => {
    const election = parseElection(GOOD + AGES, 'e.yaml');
    expect(parseElection(JSON.stringify(election), 'e.json')).toEqual(election);
    expect(electionSchema.parse(JSON.parse(JSON.stringify(election)))).toEqual(election);
  });
});

describe('a wrong file', () => {
  it('[F1] names everything at once, in the order of the file, with line, column, path, found and expected', () => {
    const text = changed(
      ['title: A chair', 'titel: A chair'],
      ['id: ann, name: Ann', 'id: a b, name: 7'],
      ['"#2f6fd0"', 'blue'],
      ['name: The hall', 'population: -1'],
    );
    expect(refusals(text)).toEqual([
      '1:1: title: found nothing, expected text of 1 to 300 characters',
      '2:1: titel: found the key "titel", expected a known key; did you mean title?',
      expect.stringMatching(/^7:15: contests\[0\]\.candidates\[0\]\.id: found "a b", expected an id: 1 to 64 /),
      '7:26: contests[0].candidates[0].name: found the number 7, expected text of 1 to 200 characters',
      '8:39: contests[0].candidates[1].colour: found "blue", expected a colour such as "#2f6fd0", in quotes',
      '10:5: places[0].name: found nothing, expected text of 1 to 200 characters',
      '10:29: places[0].population: found the number -1, expected a number from 0 to 10000000000',
    ]);
  });

  it.each([
    ['broken YAML', 'a: [1, 2\nb: "x\n', /^\d+:\d+: found .*, expected YAML: /],
    ['a tab', 'a:\n\t- b\n', /^2:1: found .*, expected YAML: Tabs/],
    ['two documents', 'a: 1\n---\nb: 1\n', /^2:1: found "---", expected YAML: /],
    ['a tag', 'a: !x 1\n', /^1:4: found "!x 1", expected YAML: Unresolved tag/],
    ['nothing', '', /^1:1: found nothing, expected an election/],
    ['a sentence', 'hello', /^1:1: found "hello", expected an election/],
    ['a key that is a list', '? [a]\n: 1\n', /^1:3: found a list or mapping as a key/],
    ['too many brackets', '['.repeat(100_000), /^1:1: found brackets nested hundreds deep/],
    ['too many bytes', ' '.repeat(6_000_000), /^1:1: found 6000000 bytes, expected at most 5242880/],
    ['a NUL byte', changed(['id: club', 'id: "cl\0b"']), /^1:5: id: found "cl\\u0000b", expected an id/],
  ])('[F2] is refused when it is not plain YAML: %s', (_, text, expected) => {
    expect(refusals(text)[0]).toMatch(expected);
  });

  it('[F2] is refused when it has aliases, without unfolding them', () => {
    const bomb = [
      'a0: &a0 [x, x]',
      ...Array.from({ length: 40 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`),
    ];
    const lines = refusals(bomb.join('\n'));
    expect(lines[0]).toBe('2:10: found the alias *a0, expected the value itself: aliases are not read');
    expect(lines).toHaveLength(80);
  });

  it('[F2] is refused within moments however many keys are wrong', () => {
    const lines = refusals(Array.from({ length: 20_000 }, (_, at) => `k${at}: 1`).join('\n'));
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toMatch(/^… and 19904 more$/);
  });

  it('[F3] unknown keys: says which is meant, or which there are', () => {
    expect(refusals(GOOD.replace('colour:', 'color:'))).toEqual([
      expect.stringContaining(
        '8:31: contests[0].candidates[1].color: found the key "color", expected a known key; did you mean colour?',
      ),
    ]);
    expect(refusals(`${GOOD}simulation: { speed: 3 }\n`)).toEqual([
      '11:15: simulation.speed: found the key "speed", expected one of the keys turnout, repeats, malformed, lean',
    ]);
  });

  it('[F3] a key that stands twice', () => {
    expect(refusals(`${GOOD}k: 1\nk: 2\n`)).toEqual(['12:1: found "k" again, expected each key once']);
  });

  it.each([
    [
      'contests',
      changed(['places:', '  - { id: chair, title: Again, candidates: [{ id: x, name: X }] }\nplaces:']),
      '9:11: contests[1].id: found "chair" again, expected an id that no other contest has',
    ],
    [
      'candidates',
      changed(['id: bob', 'id: ann']),
      '8:15: contests[0].candidates[1].id: found "ann" again, expected an id that no other candidate of this contest has',
    ],
    [
      'places, at whatever depth',
      `${GOOD}  - { id: b, name: B, places: [{ id: hall, name: H }] }\n`,
      '11:38: places[1].places[0].id: found "hall" again, expected an id that no other place has',
    ],
    [
      'values',
      GOOD + AGES.replace('id: old', 'id: young'),
      '16:15: cohorts[0].values[1].id: found "young" again, expected an id that no other value of this attribute has',
    ],
    [
      'attributes',
      `${GOOD}cohorts: [{ id: a, name: A, values: [{ id: v, name: V }] }, { id: a, name: A, values: [{ id: v, name: V }] }]\n`,
      '11:67: cohorts[1].id: found "a" again, expected an id that no other attribute has',
    ],
  ])('[F4] an id that stands twice: %s', (_, text, expected) => {
    expect(refusals(text)).toEqual([expected]);
  });

  it('[F4] ids that YAML reads as numbers, that have a bar, or that are too long', () => {
    expect(refusals(changed(['id: ann', 'id: 2024']))[0]).toContain('found the number 2024, expected an id: ');
    expect(refusals(GOOD + AGES.replace('id: old', 'id: o|d'))[0]).toContain('found "o|d", expected an id without |');
    expect(refusals(changed(['id: ann', `id: ${'a'.repeat(65)}`]))[0]).toContain(
      '7:15: contests[0].candidates[0].id: ',
    );
    expect(refusals(changed(['id: club', 'id: ../club']))[0]).toContain('1:5: id: found "../club"');
  });

  it('[F4] an attribute that is called like a dimension', () => {
    expect(refusals(GOOD + AGES.replace('id: age', 'id: place').replaceAll(/, ages: \[.*?\]/g, ''))).toEqual([
      '12:9: cohorts[0].id: found "place", expected another id: place and cohort are names of dimensions already',
    ]);
  });

  it('[F4] a cohort that is longer than an id may be', () => {
    expect(refusals(`${GOOD}cohorts:\n${long('a')}${long('b')}`)).toEqual([
      expect.stringMatching(/^12:3: cohorts: found the cohort a{32}\|b{32}, expected cohorts of at most 64 characters/),
    ]);
  });

  it.each([
    [
      'overlap',
      '[29]',
      '16:37: cohorts[0].values[1].ages: found ages 29 and over after ages 18 to 29, expected bands that do not overlap: a voter has one age',
    ],
    [
      'leave a gap',
      '[32]',
      '16:37: cohorts[0].values[1].ages: found ages 32 and over after ages 18 to 29, expected bands without a gap: nothing holds ages 30 to 31',
    ],
    [
      'run backwards',
      '[40, 30]',
      '16:37: cohorts[0].values[1].ages: found ages 40 to 30, expected the lower age first',
    ],
    ['are no ages', '[a]', '16:38: cohorts[0].values[1].ages[0]: found "a", expected a whole number from 0 to 150'],
  ])('[F5] age bands that %s', (_, ages, expected) => {
    expect(refusals(GOOD + AGES.replace('[30]', ages))).toEqual([expected]);
  });

  it('[F5] two bands without an end, in whichever order, and ages elsewhere than at age', () => {
    expect(refusals(GOOD + AGES.replace('[18, 29]', '[31]'))[0]).toContain('expected bands that do not overlap');
    expect(refusals(GOOD + AGES.replace('id: age', 'id: years'))).toEqual([
      expect.stringContaining(
        '15:35: cohorts[0].values[0].ages: found a list of 2, expected ages only at the attribute with the id age',
      ),
      expect.stringContaining('16:31: cohorts[0].values[1].ages: '),
    ]);
  });

  it('[F6] breakdowns of unknown dimensions, of one twice, and one that stands twice', () => {
    expect(refusals(`${GOOD}${AGES}breakdowns: [[plase], [age, age], [place], [place], [sex]]\n`)).toEqual([
      '18:15: breakdowns[0][0]: found "plase", expected one of place, cohort, age; did you mean place?',
      '18:29: breakdowns[1][1]: found "age" again, expected each dimension once',
      '18:44: breakdowns[3]: found "place" again, expected a breakdown that is not there yet',
      '18:54: breakdowns[4][0]: found "sex", expected one of place, cohort, age',
    ]);
  });

  it('[F7] choose: only with approval, and no more than there are candidates', () => {
    const approval = (choose: number): string =>
      changed(['    title: Who', `    method: approval\n    choose: ${choose}\n    title: Who`]);
    expect(refusals(approval(2))).toEqual([]);
    expect(refusals(approval(3))).toEqual([
      '6:13: contests[0].choose: found the number 3, expected at most the number of candidates, 2',
    ]);
    expect(refusals(approval(0))).toEqual([
      '6:13: contests[0].choose: found the number 0, expected a whole number from 1 to 500',
    ]);
    expect(refusals(changed(['    title: Who', '    choose: 1\n    title: Who']))[0]).toContain(
      '5:5: contests[0].choose: ',
    );
  });
});

describe('limits', () => {
  it('[F8] a ballot that would be too long for a line', () => {
    const prefix = 'a-rather-long-name-of-a-candidate-';
    const text = (choose: number): string =>
      `id: long\ntitle: L\ncontests: [{ id: c, title: C, method: approval, choose: ${choose}, candidates: [${many(110, prefix)}] }]\nplaces: [{ id: p, name: P }]\n`;
    // the longest ids first: 100 to 109, then 10 to 99
    const names = Array.from({ length: 110 }, (_, at) => `"${prefix}${109 - at}"`);
    const longest = (choose: number): number =>
      `{"serial":4294967295,"place":"${'p'.repeat(64)}","cohort":"${'c'.repeat(64)}","choices":{"c":[${names.slice(0, choose).join(',')}]}}`
        .length;
    const most = names.findIndex((_, at) => longest(at) > 4096) - 1;
    expect(refusals(text(most - 1))).toEqual([]);
    expect(refusals(text(most + 1))).toEqual([
      expect.stringMatching(
        /^3:1: contests: found ballots of up to 41\d\d bytes, expected at most 4096: shorter ids, /,
      ),
    ]);
  });

  it('[F8] sizes: no candidate, too many candidates, places, levels, cohorts', () => {
    const head = 'id: big\ntitle: Big\n';
    const place = 'places: [{ id: p, name: P }]\n';
    expect(refusals(head + contests('') + place)[0]).toContain(
      'found a list of 0, expected a list of 1 to 500 candidates',
    );
    expect(refusals(head + contests(many(501, 'c')) + place)[0]).toContain(
      'found a list of 501, expected a list of 1 to 500',
    );
    const halves = `{ id: a, name: A, places: [${many(2501, 'a')}] }, { id: b, name: B, places: [${many(2500, 'b')}] }`;
    expect(refusals(`${head}${contests(many(1, 'c'))}places: [${halves}]`)).toEqual([
      '4:9: places: found 5001 places that hold no others, expected at most 5000',
    ]);
    const deep = Array.from({ length: 9 }, (_, at) => `{ id: p${at}, name: P, places: [`).join('');
    expect(
      refusals(`${head}${contests(many(1, 'c'))}places: [${deep}{ id: q, name: Q }${']}'.repeat(9)}]`)[0],
    ).toContain('found places 9 deep');
    const attribute = (id: string): string => `{ id: ${id}, name: A, values: [${many(150, id)}] }`;
    expect(refusals(`${head}${contests(many(1, 'c'))}${place}cohorts: [${attribute('a')}, ${attribute('b')}]`)).toEqual(
      ['5:10: cohorts: found 22500 cohorts, expected at most 20000: fewer values or attributes'],
    );
  });

  it.each([
    'https://example.org/a.png',
    '/etc/a.png',
    '../a.png',
    'a/../../b.png',
    'a.exe',
    'data:text/html,x',
    './a.png',
  ])('[F8] photos that are not pictures beside the file: %s', (photo) => {
    expect(refusals(changed(['name: Ann', `name: Ann, photo: "${photo}"`]))[0]).toContain('.photo: found ');
  });

  it.each(['portraits/ann.svg', 'ann.jpg', 'data:image/png;base64,AAAA'])('[F8] photos that are: %s', (photo) => {
    expect(refusals(changed(['name: Ann', `name: Ann, photo: "${photo}"`]))).toEqual([]);
  });
});
