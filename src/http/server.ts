import { createHealth, type Health } from '../app/health.ts';
import type { Logger } from '../ports/effects.ts';
import type { Live } from '../stages/4-publish/live.ts';
import { createApp, listen } from './app.ts';
import { healthRoutes } from './health-routes.ts';
import { liveRoutes } from './live-routes.ts';
import { createPageMetrics } from './metrics.ts';
import { photoRoute } from './photo-route.ts';
import { sayWhoCanReach } from './security.ts';
import { openViewers } from './viewers.ts';
import { webRoutes } from './web-routes.ts';

export interface ServerOptions {
  /** Who may connect. Default 127.0.0.1: this machine only. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
  readonly live: Live;
  readonly health?: Health;
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

/** Serves the page and its data. Read only. Throws LT_PORT_IN_USE. */
export async function openServer(options: ServerOptions): Promise<Server> {
  const { host = LOOPBACK, port, live, health = createHealth(), log, maxViewers = MAX_VIEWERS } = options;
  const app = createApp({ host, log, bodyLimit: 1024, maxConnections: maxViewers * 2 });
  const viewers = openViewers(live, maxViewers);
  app.addHook('preClose', () => viewers.close());
  liveRoutes(app, live, viewers, options.status);
  photoRoute(app, live);
  healthRoutes(app, health, createPageMetrics(health, live, viewers));
  await webRoutes(app, options.webFolder);

  const url = await listen(app, host, port);
  sayWhoCanReach(host, log);
  return { url, close: () => app.close() };
}
