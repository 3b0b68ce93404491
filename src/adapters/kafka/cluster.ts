import { metadataV12, type API } from '@platformatic/kafka';
import type { KafkaSettings } from '../../ports/kafka-settings.ts';
import type { Contact } from './contact.ts';
import { KafkaFailure, protocolFailure } from './failures.ts';
import { addressText, createLine, type Address, type ConnectOptions, type Line } from './line.ts';

type MetadataAnswer = Awaited<ReturnType<typeof metadataV12.api.async>>;
export type TopicMetadata = MetadataAnswer['topics'][number];

/** An answer after which the cluster can be asked for what the topics are. */
export interface ClusterMetadata {
  readonly controllerId: number;
  readonly brokers: number;
  readonly topics: readonly TopicMetadata[];
}

/** The brokers, as one of them told; and what any of them can be asked. Everything throws KafkaFailure. */
export interface Cluster {
  /** Of some topics, or of all with null. */
  metadata(topics: readonly string[] | null, timeoutMs?: number): Promise<ClusterMetadata>;
  /** The same from every broker that answers: one may know less than another for a moment. */
  metadataOfAll(topics: readonly string[]): Promise<ClusterMetadata[]>;
  /** A broker that leads a partition, or is the controller. */
  askNode<Request extends unknown[], Answer>(
    node: number,
    api: API<Request, Answer>,
    request: Request,
    options?: AskOptions,
  ): Promise<Answer>;
  /** Whichever broker answers first. */
  askAny<Request extends unknown[], Answer>(api: API<Request, Answer>, request: Request): Promise<Answer>;
  newLine(): Line;
  closeLine(line: Line): void;
  close(): void;
}

export interface AskOptions {
  /** Without it the line that all quick questions share. */
  readonly line?: Line;
  readonly timeoutMs?: number;
}

/** Longer than a broker's pause while it collects garbage or its disk is busy; what it missed is asked again. */
export const ANSWER_MS = 15_000;
/** For questions that any broker answers from memory. */
const QUICK_MS = 5_000;
const CONNECT_MS = 5_000;

export function createCluster(settings: KafkaSettings, patienceMs: number, contact: Contact): Cluster {
  const bootstrap = settings.bootstrapServers.map(parseAddress);
  const lineOptions = { clientId: settings.clientId, connect: connectOptions(settings, patienceMs), contact };
  const lines = new Set<Line>();
  const quick = newLine();
  let brokers = new Map<number, Address>();
  let first = 0;

  function newLine(): Line {
    const line = createLine(lineOptions);
    lines.add(line);
    return line;
  }

  /** Those that are known first: of the addresses to begin with, some may be gone for good. */
  function candidates(): Address[] {
    const all = [...brokers.values(), ...bootstrap];
    const distinct = [...new Map(all.map((address) => [addressText(address), address])).values()];
    return distinct.map((_, index) => distinct[(first + index) % distinct.length]!);
  }

  async function askAny<Request extends unknown[], Answer>(
    api: API<Request, Answer>,
    request: Request,
    timeoutMs: number = QUICK_MS,
  ): Promise<Answer> {
    let failure: unknown;
    for (const address of candidates()) {
      try {
        return await quick.ask(address, api, request, Math.min(timeoutMs, patienceMs));
      } catch (error) {
        first += 1;
        failure = failure instanceof KafkaFailure && failure.kind === 'access' ? failure : error;
      }
    }
    throw failure;
  }

  async function metadata(topics: readonly string[] | null, timeoutMs?: number): Promise<ClusterMetadata> {
    return learn(await askAny(metadataV12.api, metadataRequest(topics), timeoutMs));
  }

  function learn(answer: MetadataAnswer): ClusterMetadata {
    const { controllerId } = answer;
    // A broker that has just started answers before it knows anything, as if there were no topic at all.
    if (answer.brokers.length === 0 || controllerId < 0) {
      throw new KafkaFailure('moving', 'The Kafka cluster is just starting: it has no controller yet.');
    }
    brokers = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    return { controllerId, brokers: brokers.size, topics: answer.topics };
  }

  async function askNode<Request extends unknown[], Answer>(
    node: number,
    api: API<Request, Answer>,
    request: Request,
    { line = quick, timeoutMs = ANSWER_MS }: AskOptions = {},
  ): Promise<Answer> {
    if (brokers.size === 0) await metadata([]);
    const address = brokers.get(node);
    if (address === undefined) {
      throw new KafkaFailure('moving', `The Kafka cluster has no broker ${node} at the moment.`);
    }
    try {
      return await line.ask(address, api, request, Math.min(timeoutMs, patienceMs));
    } catch (error) {
      throw isAdvertisedOnly(address) ? withAdvertisedHint(error, address) : error;
    }
  }

  function isAdvertisedOnly(address: Address): boolean {
    return !bootstrap.some((one) => addressText(one) === addressText(address));
  }

  return {
    metadata,
    askAny,
    askNode,
    newLine,

    async metadataOfAll(topics) {
      await metadata([]);
      const answers: ClusterMetadata[] = [];
      for (const node of brokers.keys()) {
        answers.push(learn(await askNode(node, metadataV12.api, metadataRequest(topics))));
      }
      return answers;
    },

    closeLine(line) {
      lines.delete(line);
      line.close();
    },

    close() {
      for (const line of lines) line.close();
    },
  };
}

function metadataRequest(topics: readonly string[] | null): Parameters<typeof metadataV12.createRequest> {
  return [topics === null ? null : [...topics], false, false];
}

function withAdvertisedHint(error: unknown, address: Address): unknown {
  if (!(error instanceof KafkaFailure) || error.kind !== 'away') return error;
  return new KafkaFailure('away', error.message, {
    next: `Start the broker; it asks to be reached at ${addressText(address)}: check its advertised.listeners.`,
    cause: error,
  });
}

function connectOptions({ tls, sasl }: KafkaSettings, patienceMs: number): ConnectOptions {
  return {
    connectTimeout: Math.min(CONNECT_MS, patienceMs),
    // The line has a time limit of its own for each question; this one is never reached.
    requestTimeout: 10 * 60_000,
    ...(tls === undefined ? {} : { tls: { ca: tls.ca, cert: tls.certificate, key: tls.key } }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } }),
  };
}

function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(colon + 1)) };
}

/** What went wrong with a topic as a whole; undefined when nothing did. Not knowing it is no failure. */
export function topicFailure({ errorCode, name }: TopicMetadata): KafkaFailure | undefined {
  return errorCode === 0 ? undefined : protocolFailure(errorCode, `the topic ${name}`);
}
