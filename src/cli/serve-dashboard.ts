import { fileURLToPath } from 'node:url';
import { createHealth, type Health } from '../app/health.ts';
import { persist } from '../app/persist.ts';
import type { Session } from '../app/session.ts';
import { statusOf } from '../app/status.ts';
import { createLifeReader } from '../lifecycle/life-reader.ts';
import type { Logger } from '../ports/effects.ts';
import { createLive, emptyReport, runLive } from '../stages/4-publish/live.ts';
import type { Snapshot } from '../stages/4-publish/view.ts';

/** `dist/web`, seen from `src/cli` and from `dist/cli` alike. */
export const WEB_FOLDER: string = fileURLToPath(new URL('../../dist/web', import.meta.url));

export interface DashboardOptions {
  /** The data folder. */
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly logger: Logger;
  readonly health?: Health;
  readonly onReady: (url: string) => void;
  /** Hears of each new count, as the page shows it. */
  readonly onCount?: (snapshot: Snapshot) => void;
}

/** Serves the page until the signal, with the figures it has while the log is away. Throws LT_PORT_IN_USE. */
export async function serveDashboard(session: Session, options: DashboardOptions, signal: AbortSignal): Promise<void> {
  const { log, folder, election } = session;
  const { data, host, port, logger, health = createHealth(), onReady, onCount } = options;
  const reader = createLifeReader(log, election.id);
  await reader.catchUp();
  const live = createLive(reader.life.election, emptyReport(reader));
  if (onCount !== undefined) live.follow(() => onCount(live.snapshot));
  // Only who serves loads the web server.
  const { openServer } = await import('../http/server.ts');
  const status = (): Promise<object> => statusOf({ ...session, reader }, data);
  const server = await openServer({ host, port, live, health, webFolder: WEB_FOLDER, log: logger, status });
  try {
    await folder.setUrl(server.url);
    onReady(server.url);
    const cursor = { offset: undefined };
    await persist(
      async (until, ready) => {
        await reader.catchUp();
        ready();
        await runLive({ log, reader, live, cursor }, until);
      },
      { what: 'results', health, logger },
      signal,
    );
  } finally {
    await server.close();
  }
}
