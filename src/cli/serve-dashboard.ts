import { fileURLToPath } from 'node:url';
import type { Session } from '../app/session.ts';
import { openServer } from '../http/server.ts';
import { createLifeReader } from '../lifecycle/life-reader.ts';
import type { Logger } from '../ports/effects.ts';
import { createLive, emptyReport, runLive } from '../stages/4-publish/live.ts';

/** `dist/web`, seen from `src/cli` and from `dist/cli` alike. */
const WEB_FOLDER = fileURLToPath(new URL('../../dist/web', import.meta.url));

export interface DashboardOptions {
  readonly host: string;
  readonly port: number;
  readonly logger: Logger;
  readonly onReady: (url: string) => void;
  /** What `/api/status` adds about the stages of this process. */
  readonly status?: () => object;
}

/** Serves the page until the signal. Throws LT_PORT_IN_USE. */
export async function serveDashboard(session: Session, options: DashboardOptions, signal: AbortSignal): Promise<void> {
  const { log, folder, election } = session;
  const { host, port, logger, status, onReady } = options;
  const reader = createLifeReader(log, election.id);
  await reader.catchUp();
  const live = createLive(reader.life.election, emptyReport(reader));
  const server = await openServer({
    host,
    port,
    live,
    webFolder: WEB_FOLDER,
    log: logger,
    ...(status === undefined ? {} : { status }),
  });
  try {
    await folder.setUrl(server.url);
    onReady(server.url);
    await runLive({ log, reader, live }, signal);
  } finally {
    await server.close();
  }
}
