import { protocolErrorsCodesById } from '@platformatic/kafka';
import { LivetallyError, type ErrorCode } from '../../error.ts';

/** Why a broker did not do what it was asked, in one line without the bytes of any record. */
export class KafkaFailure extends Error {
  override readonly name = 'KafkaFailure';
  readonly kind: FailureKind;
  readonly next: string;

  constructor(kind: FailureKind, message: string, options: { next?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.kind = kind;
    this.next = options.next ?? NEXT[kind];
  }

  /** Whether it can be otherwise in a moment. */
  get passes(): boolean {
    return this.kind !== 'access' && this.kind !== 'refused';
  }
}

/**
 * `away`: cannot be reached, or does not answer · `hung up`: ends the connection instead of answering, as a broker does
 * that dies, or that wants encryption or a password · `moving`: it, or the cluster, is not ready yet · `unable`: cannot
 * write now, for lack of replicas or disk · `gone`: no longer knows the topic · `access`: refuses who we are ·
 * `refused`: never does it.
 */
export type FailureKind = 'away' | 'hung up' | 'moving' | 'unable' | 'gone' | 'access' | 'refused';

const SAFE = 'What was acknowledged is safe, and the same command goes on where it was.';
const NEXT: Readonly<Record<FailureKind, string>> = {
  away: `Start the broker, or check KAFKA_BOOTSTRAP_SERVERS. ${SAFE}`,
  'hung up': `Look at the broker. ${SAFE}`,
  moving: `Look at the state of the cluster. ${SAFE}`,
  unable: `Look at the disk and the replicas of the broker. ${SAFE}`,
  gone: 'Use the cluster that the election was defined on.',
  access: 'Check KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD, and the rights of that user.',
  refused: 'Look at the settings of the topic and of the broker.',
};

const CODES: Readonly<Record<FailureKind, ErrorCode>> = {
  away: 'LT_LOG_AWAY',
  'hung up': 'LT_LOG_AWAY',
  moving: 'LT_LOG_AWAY',
  unable: 'LT_LOG_WRITE',
  gone: 'LT_LOG_MISMATCH',
  access: 'LT_LOG_ACCESS',
  refused: 'LT_LOG_WRITE',
};

/** The failure as whoever uses the log gets it, once nobody tries any more. */
export function giveUp(failure: unknown): unknown {
  if (!(failure instanceof KafkaFailure)) return failure;
  const { kind, message, next } = failure;
  return new LivetallyError(CODES[kind], message, { next, cause: failure });
}

/** Protocol errors by what they mean here; any other is a refusal. */
const KINDS: Readonly<Partial<Record<FailureKind, readonly string[]>>> = {
  moving: [
    'LEADER_NOT_AVAILABLE',
    'NOT_LEADER_OR_FOLLOWER',
    'REPLICA_NOT_AVAILABLE',
    'BROKER_NOT_AVAILABLE',
    'NETWORK_EXCEPTION',
    'COORDINATOR_LOAD_IN_PROGRESS',
    'COORDINATOR_NOT_AVAILABLE',
    'NOT_COORDINATOR',
    'NOT_CONTROLLER',
    'FENCED_LEADER_EPOCH',
    'UNKNOWN_LEADER_EPOCH',
    'OFFSET_NOT_AVAILABLE',
    'THROTTLING_QUOTA_EXCEEDED',
    'CORRUPT_MESSAGE', // on the way here or there
    'UNKNOWN_SERVER_ERROR',
  ],
  unable: ['REQUEST_TIMED_OUT', 'NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'KAFKA_STORAGE_ERROR'],
  // A broker of the ZooKeeper days that has just started does not know its topics for a moment.
  gone: ['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID', 'INCONSISTENT_TOPIC_ID'],
  access: [
    'TOPIC_AUTHORIZATION_FAILED',
    'CLUSTER_AUTHORIZATION_FAILED',
    'GROUP_AUTHORIZATION_FAILED',
    'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    'SASL_AUTHENTICATION_FAILED',
    'ILLEGAL_SASL_STATE',
    'UNSUPPORTED_SASL_MECHANISM',
  ],
};
const KIND_OF = new Map(
  Object.entries(KINDS).flatMap(([kind, names]) => names.map((name) => [name, kind as FailureKind] as const)),
);

export function protocolName(code: number): string {
  const names: Readonly<Record<number, string>> = protocolErrorsCodesById;
  return names[code] ?? `error ${code}`;
}

/** For an error code other than 0 in a broker's answer. `what` names what was asked: `the topic x`. */
export function protocolFailure(code: number, what: string, detail?: string | null): KafkaFailure {
  const name = protocolName(code);
  const kind = KIND_OF.get(name) ?? 'refused';
  const words = detail === undefined || detail === null || detail === '' ? name : `${name}, ${oneLine(detail)}`;
  if (kind === 'access') {
    return new KafkaFailure(kind, `Kafka does not allow this user to use ${what}: ${words}.`, {
      next: 'Give the user of KAFKA_SASL_USERNAME, or of KAFKA_TLS_CERT_FILE, the rights that docs/kafka.md lists.',
    });
  }
  return new KafkaFailure(kind, `Kafka answers for ${what}: ${words}.`);
}

const LINE_LENGTH = 300;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line;
}

/** The client nests its errors, one a try and one a layer: what lies at the bottom, each once, in one line. */
export function reasonOf(error: unknown): string {
  const reasons = new Set(leavesOf(error).map((leaf) => oneLine(leaf.message === '' ? leaf.name : leaf.message)));
  return oneLine([...reasons].join('; '));
}

/** The errors at the bottom: those without a cause and without errors of their own. */
export function leavesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [new Error(String(error))];
  const below = error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause];
  return below.length === 0 ? [error] : below.flatMap(leavesOf);
}
