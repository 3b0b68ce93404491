import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import specs from '@asyncapi/specs';
import { Ajv, type ValidateFunction } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { asyncapi, ASYNCAPI_FILE } from '../../infra/asyncapi.ts';
import { openLmdbLog } from '../../src/adapters/lmdb/lmdb-log.ts';
import { STAGES } from '../../src/flow.ts';
import { topicSpecs } from '../../src/lifecycle/topic-specs.ts';
import type { NewRecord } from '../../src/ports/log.ts';
import { linesOf, matchLine } from '../../src/topics/ballots.ts';
import { DEFAULT_PARTITIONS, TOPICS, topicName } from '../../src/topics/topics.ts';
import { runElection, type Appended } from '../run-election.ts';
import { smallElection } from '../small-election.ts';

interface Reference {
  readonly $ref: string;
}

interface Message {
  readonly headers?: object;
  readonly payload: Reference;
  readonly bindings?: { readonly kafka: { readonly key: object } };
}

interface Document {
  readonly channels: Record<
    string,
    {
      address: string;
      messages: Record<string, Message>;
      bindings: { kafka: { partitions: number; topicConfiguration: Record<string, unknown> } };
    }
  >;
  readonly operations: Record<string, { action: string; channel: Reference; messages?: readonly Reference[] }>;
}

const text = readFileSync(ASYNCAPI_FILE, 'utf8');
const document = parse(text) as Document;
const ajv = new Ajv({ strict: false });

/** What a reference leads to, in this document or in a file beside it. */
function follow($ref: string): unknown {
  const [file, pointer = ''] = $ref.split('#');
  const root: unknown =
    file === '' ? document : JSON.parse(readFileSync(new URL(file!, `file://${ASYNCAPI_FILE}`), 'utf8'));
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], root);
}

function payloadValidator({ payload: { $ref } }: Message): ValidateFunction {
  const [file, pointer] = $ref.split('#');
  const id = new URL(file!, `file://${ASYNCAPI_FILE}`).href;
  if (ajv.getSchema(id) === undefined) ajv.addSchema(JSON.parse(readFileSync(new URL(id), 'utf8')) as object, id);
  return ajv.getSchema(pointer === undefined ? id : `${id}#${pointer}`)!;
}

describe('docs/asyncapi.yaml', () => {
  it('[O3] is what the code says (else: node infra/asyncapi.ts)', () => {
    expect(text).toBe(asyncapi());
  });

  it('[O3] is an AsyncAPI 3.0.0 document by the official schema, which refuses a wrong one', () => {
    const official: object = specs.schemasWithoutId['3.0.0'];
    // its formats (uri, email) are not checked: what they hold here is a path
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(official);
    expect([validate(document), validate.errors]).toEqual([true, null]);
    const { channels } = document;
    expect(validate({ ...document, channels: { ...channels, events: { address: 1 } } })).toBe(false);
    expect(validate({ ...document, operations: { x: { action: 'shout', channel: { $ref: '#/channels/x' } } } })).toBe(
      false,
    );
  });

  it('[O3] names nothing that is not there', () => {
    const references: string[] = [];
    JSON.parse(JSON.stringify(document), (key, value: unknown) => {
      if (key === '$ref') references.push(value as string);
      return value;
    });
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) expect([reference, follow(reference)]).toEqual([reference, expect.any(Object)]);
  });

  it('[O3] has the topics, their partitions and their retention', () => {
    expect(Object.keys(document.channels)).toEqual([...TOPICS]);
    for (const spec of topicSpecs('{election}', DEFAULT_PARTITIONS)) {
      const { address, bindings } = Object.values(document.channels).find((channel) => channel.address === spec.name)!;
      const retentionMs = spec.retention === 'forever' ? -1 : spec.retention.days * 24 * 60 * 60 * 1000;
      expect([address, bindings.kafka]).toMatchObject([
        spec.name,
        {
          partitions: spec.partitions,
          topicConfiguration:
            spec.compacted === true
              ? { 'cleanup.policy': ['compact'] }
              : { 'cleanup.policy': ['delete'], 'retention.ms': retentionMs },
        },
      ]);
    }
  });

  it('[O3] has an operation for each topic that a stage reads or writes', () => {
    const named = (by: string, action: string): string[] =>
      Object.entries(document.operations)
        .filter(([name, operation]) => name.startsWith(`${by}-`) && operation.action === action)
        .map(([, { channel }]) => channel.$ref.split('/').at(-1)!);
    for (const { name, reads, writes } of STAGES) {
      expect([name, named(name, 'receive'), named(name, 'send')]).toEqual([name, [...reads], [...writes]]);
    }
  });
});

describe('docs/asyncapi.yaml and what the stages append', () => {
  const PARTITIONS = 2;
  const election = smallElection({ simulation: { turnout: 0.9, repeats: 0.1, malformed: 0.1, lean: 0.3 } });
  let folder: string;
  let appended: readonly Appended[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'livetally-asyncapi-'));
    const log = await openLmdbLog(folder);
    ({ appended } = await runElection(log, election, PARTITIONS));
    await log.close();
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('[O3] every record is of one message that its writer sends: value, headers and key', () => {
    const used = new Set<string>();
    for (const { by, topic, records } of appended) {
      const operation = document.operations[`${by}-writes-${topic}`];
      expect([by, topic, operation?.action]).toEqual([by, topic, 'send']);
      const all = Object.keys(document.channels[topic]!.messages);
      const sent = operation!.messages?.map(({ $ref }) => $ref.split('/').at(-1)!) ?? all;
      for (const record of records) {
        const fitting = sent.filter((name) => fits(record, topic, document.channels[topic]!.messages[name]!));
        expect([by, topic, fitting]).toEqual([by, topic, [expect.any(String)]]);
        used.add(`${by} ${topic} ${fitting[0]!}`);
      }
    }
    // and nothing that is said to be sent never is
    for (const [name, { action, messages }] of Object.entries(document.operations)) {
      for (const { $ref } of action === 'send' ? (messages ?? []) : []) {
        const [, , topic, , message] = $ref.split('/');
        expect(used).toContain(`${name.split('-')[0]!} ${topic} ${message}`);
      }
    }
    expect(used).toContain('publish results summary');
    expect(used).toContain(`vote ${topicName('x', 'ballots').split('.').at(-1)!} lines`);
  });
});

function fits({ value, headers = {}, key }: NewRecord, topic: string, message: Message): boolean {
  if (message.headers === undefined ? Object.keys(headers).length > 0 : !ajv.compile(message.headers)(headers)) {
    return false;
  }
  const keySchema = message.bindings?.kafka.key;
  if (keySchema === undefined ? key !== undefined : !ajv.compile(keySchema)(key)) return false;
  const validate = payloadValidator(message);
  if (topic !== 'ballots') return validate(JSON.parse(Buffer.from(value).toString()));
  const lines = linesOf(value);
  const canonical = lines.filter((line) => matchLine(line) !== undefined);
  expect(lines).toHaveLength(Number(headers['lines']));
  return canonical.length > 0 && canonical.every((line) => validate(JSON.parse(line)));
}
