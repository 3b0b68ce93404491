import fastify, { type FastifyInstance } from 'fastify';
import { LivetallyError } from '../error.ts';
import type { Logger } from '../ports/effects.ts';
import type { Live } from '../stages/4-publish/live.ts';
import { healthRoutes } from './health-routes.ts';
import { liveRoutes } from './live-routes.ts';
import { createMetrics } from './metrics.ts';
import { photoRoute } from './photo-route.ts';
import { guard, sayWhoCanReach, setSecurityHeaders } from './security.ts';
import { openViewers } from './viewers.ts';
import { webRoutes } from './web-routes.ts';

export interface ServerOptions {
  /** Who may connect. Default 127.0.0.1: this machine only. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
  readonly live: Live;
  /** The built page. */
  readonly webFolder: string;
  /** What `/api/status` says besides the count. */
  readonly status?: () => object | Promise<object>;
  readonly log: Logger;
  /** Event streams at a time; one more is told to come again later. */
  readonly maxViewers?: number;
}

export interface Server {
  /** `http://127.0.0.1:8501` */
  readonly url: string;
  /** Ends the event streams and lets other answers finish. */
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const MAX_VIEWERS = 2000;
const REQUEST_TIMEOUT_MS = 10_000;

/** Serves the page and its data. Read only. Throws LT_PORT_IN_USE. */
export async function openServer(options: ServerOptions): Promise<Server> {
  const { host = LOOPBACK, port, live, log, maxViewers = MAX_VIEWERS } = options;
  // No logger: which address asked for what, and when, is nobody's business where people will vote.
  const app = fastify({
    logger: false,
    bodyLimit: 1024,
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
  app.server.maxConnections = maxViewers * 2;

  const viewers = openViewers(live, maxViewers);
  app.addHook('preClose', () => viewers.close());
  guard(app, host);
  answerErrors(app, log);
  liveRoutes(app, live, viewers, options.status);
  photoRoute(app, live);
  healthRoutes(app, createMetrics(live, viewers));
  await webRoutes(app, options.webFolder);

  const url = await listen(app, host, port);
  sayWhoCanReach(host, log);
  return { url, close: () => app.close() };
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
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
