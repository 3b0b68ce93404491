import { LivetallyError } from '../../error.ts';
import { publicUrl, type PostgresSettings } from '../../ports/postgres-settings.ts';

/** How Node says that a connection cannot be made or does not hold; whoever answers it is not a PostgreSQL in reach. */
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // the folder of its socket
]);

/**
 * The SQLSTATEs with which a server goes away: connection trouble (08), being shut down, crashed, starting or
 * dropped (57P01 to 57P04), idle for too long (25P03, 57P05), and too many connections (53300).
 */
const AWAY_STATE = /^(?:08...|57P0[1-5]|25P03|53300)$/;

/** The words of `pg` for a connection that has ended, or that did not answer in time. */
const AWAY_WORDS = /^(?:Connection terminated|timeout expired|Query read timeout|Client has encountered a connection)/;

/** What a connection that cannot be made means. */
export function connectError(cause: unknown, settings: PostgresSettings): LivetallyError {
  const server = publicUrl(settings);
  if (isAway(cause)) return away(cause, settings);
  const next = NEXT_OF_REFUSAL[stateOf(cause) ?? ''] ?? (isTls(cause) ? TLS_NEXT : PASSWORD_NEXT);
  return new LivetallyError('LT_DATABASE', `The database ${server} does not let livetally in: ${wordsOf(cause)}.`, {
    next,
    cause: bare(cause),
  });
}

/** What a statement that failed means. `lost`: why the connection had ended, if it had. */
export function statementError(cause: unknown, settings: PostgresSettings, lost: unknown): LivetallyError {
  if (cause instanceof LivetallyError) return cause;
  if (lost !== undefined) return away(lost, settings);
  if (isAway(cause)) return away(cause, settings);
  const next = NEXT_OF_STATEMENT[stateOf(cause) ?? ''];
  return new LivetallyError('LT_DATABASE', `The database refused a statement: ${wordsOf(cause)}.`, {
    ...(next === undefined ? {} : { next }),
    cause: bare(cause),
  });
}

function away(cause: unknown, settings: PostgresSettings): LivetallyError {
  return new LivetallyError(
    'LT_DATABASE_AWAY',
    `The database ${publicUrl(settings)} cannot be reached: ${wordsOf(cause)}.`,
    {
      next: 'Start it, or check the address in DATABASE_URL. Nothing is lost: the database follows the log.',
      cause: bare(cause),
    },
  );
}

const PASSWORD_NEXT = 'Check user and password in DATABASE_URL, PGPASSWORD or the files that their _FILE names.';
const TLS_NEXT =
  'Check sslmode and sslrootcert in DATABASE_URL: sslmode=verify-full needs the certificate of who issued the server’s, sslmode=disable does not encrypt.';

const NEXT_OF_REFUSAL: Readonly<Record<string, string>> = {
  '28P01': PASSWORD_NEXT,
  '28000': `${PASSWORD_NEXT} Where the server demands encryption, add ?sslmode=verify-full to DATABASE_URL.`,
  '3D000': 'Create it: createdb, or CREATE DATABASE in psql. livetally makes its tables itself.',
  '42501': 'Let the user in: GRANT CONNECT ON DATABASE … TO …',
};

const NEXT_OF_STATEMENT: Readonly<Record<string, string>> = {
  '25006': 'The server takes no changes: name the primary, not a replica.',
  '42501': 'Make the user of DATABASE_URL the owner of the database: ALTER DATABASE … OWNER TO …',
  '53100': 'The server’s disk is full: make room, and run this again.',
  '55P03': 'Another session holds a lock: SELECT pid, query FROM pg_stat_activity shows which.',
  '57014': 'It took too long, or somebody cancelled it: SELECT pid, query FROM pg_stat_activity shows what runs.',
};

function isAway(cause: unknown): boolean {
  const code = codeOf(cause);
  return (code !== undefined && (NETWORK.has(code) || AWAY_STATE.test(code))) || AWAY_WORDS.test(messageOf(cause));
}

/** Node's codes for certificates and handshakes, and the words of `pg` for a server without encryption. */
function isTls(cause: unknown): boolean {
  return (
    /^(?:ERR_(?:TLS|SSL|OSSL)|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_)/.test(codeOf(cause) ?? '') ||
    /SSL/.test(messageOf(cause))
  );
}

function stateOf(cause: unknown): string | undefined {
  const code = codeOf(cause);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

function codeOf(cause: unknown): string | undefined {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** A failure at every address of a name has no message of its own. */
function wordsOf(cause: unknown): string {
  return (messageOf(cause) || codeOf(cause) || 'no reason given').replace(/\.$/, '');
}

/** Message and code only: what the server says besides quotes rows, and rows are people. */
function bare(cause: unknown): Error {
  return Object.assign(new Error(wordsOf(cause)), { code: codeOf(cause) });
}
