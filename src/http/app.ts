import fastify, { type FastifyInstance } from 'fastify';
import { LivetallyError } from '../error.ts';
import type { Logger } from '../ports/effects.ts';
import { guard, setSecurityHeaders } from './security.ts';

export interface AppOptions {
  readonly host: string;
  readonly log: Logger;
  /** Bytes of a request; what only reads needs next to none. */
  readonly bodyLimit: number;
  readonly maxConnections: number;
  /** Whether anything may be sent here; else GET and HEAD only. */
  readonly takes?: boolean;
}

const REQUEST_TIMEOUT_MS = 10_000;

/** What every server of livetally has: limits, security headers, errors that tell no secrets, and no request log. */
export function createApp({ host, log, bodyLimit, maxConnections, takes = false }: AppOptions): FastifyInstance {
  // No logger: which address asked for what, and when, is nobody's business where people will vote.
  const app: FastifyInstance = fastify({
    logger: false,
    bodyLimit,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 64 },
    http: { maxHeaderSize: 8192 },
    // Addresses that cannot be decoded come by no hook and no error handler.
    frameworkErrors: (_error, _request, { raw }) => {
      setSecurityHeaders(raw);
      raw.writeHead(400, { 'content-type': 'application/json; charset=utf-8' }).end('{"error":"This is no address."}');
    },
  });
  app.server.maxConnections = maxConnections;
  guard(app, host, takes);
  answerErrors(app, log);
  return app;
}

/** Resolves with the address, such as `http://127.0.0.1:8501`. Throws LT_PORT_IN_USE, LT_USAGE; then it is closed. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    throw listenFailure(cause, host, port);
  }
}

function listenFailure(cause: unknown, host: string, port: number): unknown {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  switch (code) {
    case 'EADDRINUSE':
      return new LivetallyError('LT_PORT_IN_USE', `Port ${port} of ${host} is in use by another program.`, {
        next: `Stop that program, or choose another port: --port ${port + 1}`,
        cause,
      });
    case 'EACCES':
      return new LivetallyError('LT_USAGE', `Port ${port} is reserved for the administrator of this machine.`, {
        next: 'Choose a port above 1023: --port 8501',
        cause,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new LivetallyError('LT_USAGE', `${host} is not an address of this machine.`, {
        next: 'Choose one that is, such as --host 127.0.0.1',
        cause,
      });
    default:
      return cause;
  }
}

function answerErrors(app: FastifyInstance, log: Logger): void {
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'There is nothing at this address.' }));
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ route: request.routeOptions.url, cause: error.message }, 'a request failed');
    const words = status >= 500 ? 'Something went wrong here; it is in the log of the server.' : error.message;
    return reply.code(status).send({ error: words });
  });
}
