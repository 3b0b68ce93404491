import { createClient, type Client, type Interceptor } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import type { SparkSettings } from '../../../ports/spark-settings.ts';
import { SparkConnectService } from './gen/spark-connect_pb.ts';
import { QuietSessions } from './quiet-sessions.ts';

/** One HTTP/2 connection, made when first needed and again when it was cut. */
export interface Connection {
  /** For messages: `host:port`. */
  readonly address: string;
  readonly client: Client<typeof SparkConnectService>;
  /** Which session every request is of. */
  readonly who: {
    readonly sessionId: string;
    readonly userContext: { readonly userId: string; readonly userName: string };
    readonly clientType: string;
  };
  /** Aborts when the connection is closed. */
  readonly closing: AbortSignal;
  /** Which life of the server answered last. */
  serverSide: string | undefined;
  /** Gives the connection up, cutting what is under way: one that is silent may be dead without anybody having said so. */
  renew(): void;
  close(): void;
}

/** No I/O yet. */
export function createConnection(settings: SparkSettings, sessionId: string): Connection {
  const address = addressOf(settings);
  const baseUrl = `${settings.tls ? 'https' : 'http'}://${address}`;
  const sessionManager = new QuietSessions(baseUrl, {}, settings.ca === undefined ? {} : { ca: settings.ca });
  const interceptors = settings.token === undefined ? [] : [withToken(settings.token)];
  const closing = new AbortController();
  return {
    address,
    client: createClient(SparkConnectService, createGrpcTransport({ baseUrl, sessionManager, interceptors })),
    who: { sessionId, userContext: { userId: settings.user, userName: settings.user }, clientType: 'livetally' },
    closing: closing.signal,
    serverSide: undefined,
    renew() {
      sessionManager.abort();
    },
    close() {
      closing.abort(new Error('The session with Spark is closed.'));
      sessionManager.abort();
    },
  };
}

function withToken(token: string): Interceptor {
  return (next) => (request) => {
    request.header.set('authorization', `Bearer ${token}`);
    return next(request);
  };
}

function addressOf({ host, port }: SparkSettings): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
