import type { Health } from '../app/health.ts';
import type { Logger } from '../ports/effects.ts';
import { createApp, listen } from './app.ts';
import { healthRoutes } from './health-routes.ts';
import { intakeRoutes, REQUEST_BYTES, type IntakeDoor } from './intake-routes.ts';
import { createMetrics } from './metrics.ts';
import { sayWhoCanReach } from './security.ts';
import type { Server } from './server.ts';

export interface StageServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly health: Health;
  readonly log: Logger;
  /** For whoever brings ballots; without it there is nothing but health. */
  readonly intake?: IntakeDoor;
}

const MAX_CONNECTIONS = 1000;

/** What a stage answers over HTTP when it is a process of its own. Throws LT_PORT_IN_USE. */
export async function openStageServer({ host, port, health, log, intake }: StageServerOptions): Promise<Server> {
  const takes = intake !== undefined;
  const app = createApp({
    host,
    log,
    bodyLimit: takes ? REQUEST_BYTES : 1024,
    maxConnections: MAX_CONNECTIONS,
    takes,
  });
  healthRoutes(app, health, createMetrics(health));
  if (intake !== undefined) intakeRoutes(app, intake);
  const url = await listen(app, host, port);
  sayWhoCanReach(host, log);
  return { url, close: () => app.close() };
}
