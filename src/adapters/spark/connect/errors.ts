import { Code } from '@connectrpc/connect';
import { LivetallyError, type ErrorCode } from '../../../error.ts';
import { isTls, type Refusal } from './refusal.ts';

/**
 * `away`: cannot be reached, or does not answer · `access`: refuses who we are · `data-loss`: what a query stands on is gone from the broker, or is
 * another topic now · `no-connector`: the cluster cannot read Kafka · `session-closed`: the session was released, its id is dead ·
 * `operation-unknown`: the server started anew meanwhile, or has forgotten what it was asked about · `failed`: anything else.
 */
export type SparkErrorKind =
  | 'away'
  | 'access'
  | 'data-loss'
  | 'no-connector'
  | 'session-closed'
  | 'operation-unknown'
  | 'failed';

export interface SparkError {
  readonly kind: SparkErrorKind;
  /** Spark's name for it, such as `STREAM_FAILED`. */
  readonly errorClass?: string | undefined;
  readonly sqlState?: string | undefined;
  /** The exceptions, from the outermost to the root: Spark's name for an error, or the name of a class. */
  readonly causes: readonly string[];
}

/** The cause of every LivetallyError of this folder. Holds names, and no word that the server wrote. */
class SparkFailure extends Error implements SparkError {
  override readonly name = 'SparkFailure';
  readonly kind: SparkErrorKind;
  readonly errorClass: string | undefined;
  readonly sqlState: string | undefined;
  readonly causes: readonly string[];

  constructor({ kind, errorClass, sqlState, causes }: SparkError) {
    super([kind, namesOf({ errorClass, sqlState, causes })].filter((words) => words !== '').join(': '));
    this.kind = kind;
    this.errorClass = errorClass;
    this.sqlState = sqlState;
    this.causes = causes;
  }
}

/** What a supervisor decides by; undefined for an error that does not come from Spark. */
export function sparkErrorOf(error: unknown): SparkError | undefined {
  return error instanceof LivetallyError && error.cause instanceof SparkFailure ? error.cause : undefined;
}

/** For people: `STREAM_FAILED, SQL state XXKST, because of java.lang.StackOverflowError`. */
export function namesOf({ errorClass, sqlState, causes }: Omit<SparkError, 'kind'>): string {
  return [
    ...(errorClass === undefined ? [] : [errorClass]),
    ...(sqlState === undefined ? [] : [`SQL state ${sqlState}`]),
    ...causes.map((cause, at) => (at === 0 && errorClass !== undefined ? `because of ${cause}` : cause)),
  ].join(', ');
}

/** `says` follows the name of the server: `cannot be reached`. */
export function sparkFailure(address: string, says: string, error: SparkError, next?: string): LivetallyError {
  const names = namesOf(error);
  return new LivetallyError(
    CODES[error.kind] ?? 'LT_SPARK',
    `Spark at ${address} ${says}${names === '' ? '' : `: ${names}`}.`,
    {
      next: next ?? nextOf(error),
      cause: new SparkFailure(error),
    },
  );
}

/** What a call that failed means. `asked` is what it asked for, such as `to explain a plan`; `causes` what the server told besides. */
export function refusalError(
  address: string,
  asked: string,
  refusal: Refusal,
  causes: readonly string[],
): LivetallyError {
  const { by, code, connectionCode, errorClass, sqlState, classes } = refusal;
  // The class of the exception says less than Spark's name for the error.
  const names = causes.length > 0 || errorClass !== undefined ? causes : classes.slice(0, 1);
  const error = { errorClass, sqlState, causes: names.filter((name) => name !== errorClass) };
  if (by === 'connection' && isTls(connectionCode)) return tlsFailure(address, connectionCode!);
  if (code === Code.Unauthenticated || code === Code.PermissionDenied) {
    return sparkFailure(address, 'refuses the token, or wants one', { ...error, kind: 'access' });
  }
  // Theirs may end a moment before ours.
  if (code === Code.DeadlineExceeded) return sparkFailure(address, `was asked ${asked} and does not answer`, AWAY);
  if (by === 'connection') return connectionFailure(address, code, connectionCode);
  if (code === Code.Unavailable) return sparkFailure(address, 'cannot be reached', { ...error, kind: 'away' });
  if (code === Code.Unimplemented) return sparkFailure(address, ...STRANGER);
  return sparkFailure(address, `was asked ${asked} and refuses`, { ...error, kind: kindOf([errorClass, ...causes]) });
}

/** By the names of an error and of its causes. */
export function kindOf(names: readonly (string | undefined)[]): SparkErrorKind {
  const found = KINDS.find(([, form]) => names.some((name) => name !== undefined && form.test(name)));
  return found?.[0] ?? 'failed';
}

const KINDS: readonly (readonly [SparkErrorKind, RegExp])[] = [
  ['session-closed', /^INVALID_HANDLE\.SESSION_CLOSED$/],
  ['operation-unknown', /^(?:INVALID_HANDLE|INVALID_CURSOR)\b|\bSTREAMING_QUERY_NOT_FOUND$/],
  ['data-loss', /^KAFKA_DATA_LOSS\b|\.UnknownTopicOrPartitionException$/],
  // The second is Spark's for Kafka alone.
  [
    'no-connector',
    /^(?:DATA_SOURCE_NOT_FOUND|_LEGACY_ERROR_TEMP_1140)$|\.(?:ClassNotFoundException|NoClassDefFoundError)$/,
  ],
];

const CODES: Readonly<Partial<Record<SparkErrorKind, ErrorCode>>> = {
  away: 'LT_SPARK_AWAY',
  access: 'LT_SPARK_ACCESS',
};

function tlsFailure(address: string, code: string): LivetallyError {
  const isPlain = code.startsWith('ERR_SSL_WRONG_VERSION') || code.startsWith('ERR_SSL_PACKET');
  return sparkFailure(
    address,
    isPlain ? `does not speak TLS: ${code}` : `has a certificate that cannot be trusted: ${code}`,
    { kind: 'access', causes: [] },
    isPlain
      ? 'Check use_ssl in SPARK_REMOTE: the server there is not encrypted.'
      : 'Check SPARK_CA_FILE: it names the authority that has signed the certificate of the server. The certificate is for the host that SPARK_REMOTE names.',
  );
}

function connectionFailure(address: string, code: Code, connectionCode?: string): LivetallyError {
  // Somebody speaks HTTP there, and not gRPC.
  if (code === Code.Unknown || code === Code.Unimplemented) return sparkFailure(address, ...STRANGER);
  if (connectionCode === 'ERR_HTTP2_ERROR') {
    return sparkFailure(address, `answers, and does not speak HTTP/2: ${connectionCode}`, AWAY, CHECK_PORT);
  }
  return sparkFailure(address, `cannot be reached: ${connectionCode ?? 'the connection was cut'}`, AWAY);
}

const CHECK_PORT =
  'Check SPARK_REMOTE: the port is that of the Spark Connect server, 15002 unless it was started with another, and not that of a page.';

const AWAY: SparkError = { kind: 'away', causes: [] };

const STRANGER = [
  'is no Spark Connect server, or one that is too old',
  { kind: 'failed', causes: [] },
  'Check SPARK_REMOTE: it names a Spark Connect server of Spark 4.2, or at least 4.0.',
] as const satisfies readonly unknown[];

function nextOf({ kind, errorClass = '' }: SparkError): string {
  if (kind !== 'failed') return NEXT[kind];
  return HINTS.find(([form]) => form.test(errorClass))?.[1] ?? LOOK;
}

const NEXT: Readonly<Record<Exclude<SparkErrorKind, 'failed'>, string>> = {
  away: 'Start the cluster, or check SPARK_REMOTE, also whether it wants use_ssl=true. Nothing is lost: the count goes on from its checkpoint.',
  access:
    'Check SPARK_CONNECT_TOKEN, or the file that SPARK_CONNECT_TOKEN_FILE names: it is the token that the server was started with.',
  'data-loss':
    'Look at the topics of the election: records that were not counted yet are gone, or a topic is another one. The count does not go on from its checkpoint.',
  'no-connector':
    'Put the jars of Spark’s Kafka connector, of the version of Spark, among the jars of Spark on each of its machines: docs/spark.md names them.',
  'session-closed': 'Run it again with a session of another name.',
  'operation-unknown': 'Run it again: the count goes on from its checkpoint.',
};

/** For what a cluster of the right version never does. */
export const CHECK_VERSION =
  'Check that the cluster has Spark 4.2, or at least 4.0. If it has, this is a fault in livetally: please report it.';
const LOOK =
  'The log of the Spark Connect server says more in its own words. They can quote ballots: mind who reads them.';
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^(?:UNRESOLVED_|PARSE_SYNTAX_ERROR|CONNECT_INVALID_PLAN|UNSUPPORTED_|DATATYPE_MISMATCH)/, CHECK_VERSION],
  [/^CANNOT_MODIFY_(?:STATIC_)?CONFIG/, 'Change this setting where the cluster is started, not in the session.'],
];
