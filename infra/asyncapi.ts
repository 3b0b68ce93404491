import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { settingsOf } from '../src/adapters/kafka/topic-settings.ts';
import { VERSION } from '../src/cli/version.ts';
import { STAGES } from '../src/flow.ts';
import { topicSpecs } from '../src/lifecycle/topic-specs.ts';
import type { TopicSpec } from '../src/ports/log.ts';
import type { Event } from '../src/topics/events.ts';
import { SUMMARY_KEY } from '../src/topics/results.ts';
import { DEFAULT_PARTITIONS, TOPICS, topicName, type Topic } from '../src/topics/topics.ts';

export const ASYNCAPI_FILE: string = fileURLToPath(new URL('../docs/asyncapi.yaml', import.meta.url));

/** The part of an AsyncAPI 3.0 document that is a tree of plain values. */
interface Node {
  readonly [key: string]: Node | readonly Node[] | string | number | boolean | readonly string[];
}

/** The four topics for tools: what they hold, how they are set, and which stage reads and writes them. */
export function asyncapi(): string {
  return `# Written by infra/asyncapi.ts.\n${stringify(document(), { lineWidth: 120, aliasDuplicateObjects: false })}`;
}

function document(): Node {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'livetally',
      version: VERSION,
      description:
        'The topics of an election. livetally joins no consumer group: it reads from positions that it keeps itself. topics.md says how to read them with other tools.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: JSON_TYPE,
    servers: {
      kafka: {
        host: '{brokers}',
        protocol: 'kafka',
        description: 'Apache Kafka, 4.x or 3.9. Without it the same topics lie in the data folder.',
        variables: { brokers: { default: '127.0.0.1:9092', description: 'As in `KAFKA_BOOTSTRAP_SERVERS`.' } },
      },
    },
    channels: Object.fromEntries(TOPICS.map((topic) => [topic, channel(topic)])),
    operations: Object.fromEntries([...STAGES.flatMap(stageOperations), ...lifecycleOperations()]),
  };
}

const ELECTION = '{election}';

function channel(topic: Topic): Node {
  const address = topicName(ELECTION, topic);
  const spec = topicSpecs(ELECTION, DEFAULT_PARTITIONS).find(({ name }) => name === address)!;
  return {
    address,
    title: topic,
    description: ABOUT[topic],
    parameters: { election: { description: 'The id of the election.', examples: ['demo'] } },
    messages: Object.fromEntries(Object.entries(MESSAGES[topic])),
    bindings: {
      kafka: { partitions: spec.partitions, topicConfiguration: configuration(spec), bindingVersion: KAFKA },
    },
  };
}

/** Of the Kafka bindings. */
const KAFKA = '0.5.0';

/** What every cluster gets; what makes an acknowledgement durable depends on the copies (topics.md). */
function configuration(spec: TopicSpec): Node {
  const ofThree = settingsOf(spec, 3);
  const shared = Object.entries(settingsOf(spec, 1)).filter(([name, value]) => ofThree[name] === value);
  return Object.fromEntries(shared.map(([name, value]) => [name, settingValue(name, value)]));
}

function settingValue(name: string, value: string): number | string[] {
  return name === 'cleanup.policy' ? [value] : Number(value);
}

const ABOUT: Readonly<Record<Topic, string>> = {
  events: 'The life of the election. What affects counting names positions, never times.',
  voters: 'One registration a record: personal data. No record holds a serial, a voting code or a choice.',
  ballots: `Ballot lines; number serial mod partitions holds a serial. ${DEFAULT_PARTITIONS} partitions unless the event \`defined\` says otherwise; never changed.`,
  results: 'Reports: one record a contest, then the summary.',
};

const EVENTS: Readonly<Record<Event['type'], string>> = {
  defined: 'The election exists; the first event.',
  described: 'New texts, colours or photos.',
  issued: 'Serials handed out, each of a place and a cohort.',
  opened: 'The polls are open.',
  closed: 'The polls are closed, at an offset of each partition.',
  promoted: 'The engine run whose reports are the results from here on.',
  excluded: 'Ballots taken out of the count. No command writes it.',
};

const JSON_TYPE = 'application/json';
const NDJSON_TYPE = 'application/x-ndjson';

const MESSAGES: Readonly<Record<Topic, Readonly<Record<string, Node>>>> = {
  events: Object.fromEntries(
    Object.entries(EVENTS).map(([type, summary]) => [
      type,
      { summary, payload: reference(`events.schema.json#/definitions/${type}`) },
    ]),
  ),
  voters: {
    registration: { summary: 'A person on the roll.', payload: reference('voters.schema.json') },
  },
  ballots: {
    lines: {
      summary: 'One or more ballot lines, each with a line feed. The payload describes one line.',
      contentType: NDJSON_TYPE,
      headers: headers(NDJSON_TYPE, {
        lines: { type: 'string', pattern: '^[1-9][0-9]*$', description: 'How many lines the record has.' },
      }),
      payload: reference('ballots.schema.json'),
    },
  },
  results: {
    contest: {
      summary: 'A contest of a report. Key: its id.',
      headers: headers(JSON_TYPE),
      payload: reference('results.schema.json#/definitions/contest'),
      bindings: keyed({ type: 'string', pattern: '^[A-Za-z0-9._|+-]{1,64}$' }),
    },
    summary: {
      summary: `The end of a report. Key: ${SUMMARY_KEY}.`,
      headers: headers(JSON_TYPE),
      payload: reference('results.schema.json#/definitions/summary'),
      bindings: keyed({ type: 'string', const: SUMMARY_KEY }),
    },
  },
};

function reference(schema: string): Node {
  return { $ref: `./schemas/${schema}` };
}

function headers(contentType: string, more: Node = {}): Node {
  const properties: Node = {
    'content-type': { type: 'string', const: contentType, description: 'What the value is.' },
    ...more,
  };
  return { type: 'object', properties, required: Object.keys(properties) };
}

function keyed(key: Node): Node {
  return { kafka: { key, bindingVersion: KAFKA } };
}

type Operation = readonly [name: string, operation: Node];

function stageOperations({ name, reads, writes }: (typeof STAGES)[number]): Operation[] {
  return [
    ...reads.map((topic) => operation(name, 'receive', topic)),
    ...writes.map((topic) =>
      topic === 'events' ? operation(name, 'send', topic, EVENTS_OF[name]) : operation(name, 'send', topic),
    ),
  ];
}

/** Besides the stages: the commands write the life of the election before, between and after them. */
function lifecycleOperations(): Operation[] {
  return [
    operation('lifecycle', 'receive', 'events'),
    operation('lifecycle', 'send', 'events', EVENTS_OF['lifecycle']),
  ];
}

const EVENTS_OF: Readonly<Record<string, readonly Event['type'][]>> = {
  register: ['issued'],
  lifecycle: ['defined', 'described', 'opened', 'closed', 'promoted'],
};

function operation(by: string, action: 'send' | 'receive', topic: Topic, events?: readonly string[]): Operation {
  const verb = action === 'send' ? 'writes' : 'reads';
  const messages = events?.map((type) => ({ $ref: `#/channels/${topic}/messages/${type}` }));
  return [
    `${by}-${verb}-${topic}`,
    {
      action,
      channel: { $ref: `#/channels/${topic}` },
      summary: `${by} ${verb} ${topic}.`,
      ...(messages === undefined ? {} : { messages }),
    },
  ];
}

// `node infra/asyncapi.ts` writes it; a test holds the committed file to it.
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(ASYNCAPI_FILE, asyncapi());
