import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topicJsonSchema, topicSchemaFile } from '../../infra/topic-schemas.ts';
import { openLmdbLog } from '../../src/adapters/lmdb/lmdb-log.ts';
import type { Log } from '../../src/ports/log.ts';
import { GRAMMAR, linesOf } from '../../src/topics/ballots.ts';
import { encodeEvent } from '../../src/topics/events.ts';
import { TOPICS, type Topic } from '../../src/topics/topics.ts';
import { ballotLines } from '../ballot-lines.ts';
import { recordsOf, runElection } from '../run-election.ts';
import { smallElection } from '../small-election.ts';

const PARTITIONS = 2;
const ELECTION = smallElection({
  simulation: { turnout: 0.9, repeats: 0.1, malformed: 0.1, lean: 0.3 },
  k: 1,
});

type Json = Record<string, unknown>;

/** The committed file, as a tool of somebody else reads it. */
function validator(topic: Topic): ValidateFunction {
  return new Ajv({ strictTypes: false, strictTuples: false }).compile(
    JSON.parse(readFileSync(topicSchemaFile(topic), 'utf8')) as object,
  );
}

let folder: string;
let log: Log;
/** What the records of each topic hold; of `ballots`, its lines. */
const values: Record<Topic, string[]> = { events: [], voters: [], ballots: [], results: [] };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-schemas-'));
  log = await openLmdbLog(folder);
  await runElection(log, ELECTION, PARTITIONS);
  for (const topic of TOPICS) {
    for (const { value } of await recordsOf(log, ELECTION.id, topic, topic === 'ballots' ? PARTITIONS : 1)) {
      values[topic].push(...(topic === 'ballots' ? linesOf(value) : [Buffer.from(value).toString()]));
    }
  }
});
afterAll(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

describe.each(TOPICS)('the schema of %s', (topic) => {
  it('[O1] is what the code says (else: node infra/topic-schemas.ts)', () => {
    expect(readFileSync(topicSchemaFile(topic), 'utf8')).toBe(topicJsonSchema(topic));
  });

  it('[O1] explains every property, and lets nothing unknown through', () => {
    const objects: { properties: Record<string, Json>; additionalProperties: unknown }[] = [];
    JSON.parse(readFileSync(topicSchemaFile(topic), 'utf8'), (_, value: unknown) => {
      // a property may have the name; a schema has it beside its type
      if (isObject(value) && value['type'] === 'object' && isObject(value['properties'])) objects.push(value as never);
      return value;
    });
    expect(objects.length).toBeGreaterThan(0);
    for (const { properties, additionalProperties } of objects) {
      expect(additionalProperties).toBe(false);
      for (const [key, { description }] of Object.entries(properties)) {
        expect([key, description]).toEqual([key, expect.stringMatching(/.{4}/)]);
      }
    }
  });

  it('[O2] takes every record of an election, and no JSON that is no record', () => {
    const validate = validator(topic);
    const read = values[topic].filter((text) => topic !== 'ballots' || GRAMMAR.test(text));
    expect(read.length).toBeGreaterThan(2);
    for (const text of read) {
      expect([text, validate(JSON.parse(text)), validate.errors]).toEqual([text, true, null]);
    }
    for (const wrong of [null, 1, 'text', [], {}]) expect(validate(wrong)).toBe(false);
  });

  it('[O2] refuses every record with a key too many, and every one that lacks a key it has to have', () => {
    const validate = validator(topic);
    const optional = new Set(topic === 'voters' ? OPTIONAL_OF_VOTERS : topic === 'events' ? ['by', 'ballots'] : []);
    const read = values[topic].filter((text) => topic !== 'ballots' || GRAMMAR.test(text));
    for (const text of read.slice(0, 20)) {
      const value = JSON.parse(text) as Json;
      expect(validate({ ...value, extra: 1 })).toBe(false);
      for (const key of Object.keys(value).filter((name) => !optional.has(name))) {
        const { [key]: _, ...rest } = value;
        expect([key, validate(rest)]).toEqual([key, false]);
        expect([key, validate({ ...value, [key]: { wrong: true } })]).toEqual([key, false]);
      }
    }
  });
});

const OPTIONAL_OF_VOTERS = 'dateOfBirth gender nationality address email phone mobile picture registeredAge'.split(' ');

it('[O2] the election that was looked at had every kind of record', () => {
  const types = values.events.map((text) => (JSON.parse(text) as { type: string }).type);
  expect(new Set(types)).toEqual(new Set(['defined', 'described', 'issued', 'opened', 'promoted', 'closed']));
  expect(values.voters.some((text) => text.includes('"dateOfBirth"'))).toBe(true);
  expect(values.voters.some((text) => !text.includes('"dateOfBirth"'))).toBe(true);
  expect(values.ballots.some((text) => !GRAMMAR.test(text))).toBe(true);
  expect(values.results.some((text) => text.includes('"counted"'))).toBe(true);
});

it('[O2] an exclusion, which no command writes, fits as well', () => {
  const validate = validator('events');
  const ranges = [{ partition: 0, from: 1, to: 3 }];
  const written = encodeEvent({ type: 'excluded', ranges, serials: [7], why: 'A stolen list.' });
  const event = JSON.parse(Buffer.from(written).toString()) as Json;
  expect(validate(event)).toBe(true);
  expect(validate({ ...event, ranges: [{ partition: 0, from: -1, to: 3 }] })).toBe(false);
  expect(validate({ ...event, type: 'exploded' })).toBe(false);
});

it('[O2] a registration with a serial, a voting code or a choice is refused', () => {
  const validate = validator('voters');
  const person = JSON.parse(values.voters[0]!) as Json;
  expect(validate(person)).toBe(true);
  for (const more of [{ serial: 1 }, { code: 'ABCDE' }, { choices: {} }]) {
    expect(validate({ ...person, ...more })).toBe(false);
  }
});

it('[O2] what the schema of ballots takes, written canonically and not too long, the grammar takes, and the other way round', () => {
  const validate = validator('ballots');
  let accepted = 0;
  fc.assert(
    fc.property(ballotLines(ELECTION), (text) => {
      const value = parsed(text);
      const canonical = value !== undefined && JSON.stringify(value) === text && text.length <= 4096;
      const inOrder = isObject(value) && Object.keys(value).join() === 'serial,place,cohort,choices';
      if (GRAMMAR.test(text)) {
        accepted++;
        expect([text, validate(value)]).toEqual([text, true]);
      } else if (canonical && inOrder) expect([text, validate(value)]).toEqual([text, false]);
    }),
    { numRuns: 2000 },
  );
  expect(accepted).toBeGreaterThan(100);
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
