import { Code, ConnectError } from '@connectrpc/connect';
import { ErrorInfoSchema } from './gen/error-info_pb.ts';
import { classNames, errorClassName, sqlStateName } from './names.ts';

/** What a call that failed says of itself, without any text of the server's: names only. */
export interface Refusal {
  /** Whether the server answered, or the connection gave no answer. */
  readonly by: 'server' | 'connection';
  readonly code: Code;
  /** Node's or OpenSSL's name for what is wrong with the connection, such as `ECONNREFUSED`. */
  readonly connectionCode: string | undefined;
  readonly errorClass: string | undefined;
  readonly sqlState: string | undefined;
  /** The class of the exception, then those it extends. */
  readonly classes: readonly string[];
  /** By which the server can be asked for more. */
  readonly errorId: string | undefined;
}

/** Undefined for what is no failure of a call: a fault in livetally. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof ConnectError)) return undefined;
  const metadata = error.findDetails(ErrorInfoSchema)[0]?.metadata ?? {};
  return {
    by: error.metadata.has('grpc-status') ? 'server' : 'connection',
    code: error.code,
    connectionCode: connectionCode(error),
    errorClass: errorClassName(metadata['errorClass']),
    sqlState: sqlStateName(metadata['sqlState']),
    classes: classNames(parseList(metadata['classes'])),
    errorId: metadata['errorId'],
  };
}

/** Whether the same call may well work in a moment. */
export function isCut({ by, code, connectionCode }: Refusal): boolean {
  if (by === 'server') return code === Code.Unavailable;
  return code !== Code.DeadlineExceeded && !isTls(connectionCode);
}

/** Node's and OpenSSL's names for certificates and handshakes. */
export function isTls(connectionCode: string | undefined): boolean {
  return /^(?:ERR_(?:TLS|SSL|OSSL)|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_|INVALID_CA)/.test(
    connectionCode ?? '',
  );
}

/** The deepest error that has one. */
function connectionCode(error: Error): string | undefined {
  const below = error.cause instanceof Error ? connectionCode(error.cause) : undefined;
  const own = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return below ?? own;
}

function parseList(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '[]');
  } catch {
    return [];
  }
}
