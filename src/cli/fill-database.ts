import type { Session } from '../app/session.ts';
import { projectToEnd } from '../stages/4-publish/project.ts';
import type { Terminal } from './terminal.ts';

/** Brings the database up to the log. Resolves with how many of its voters it holds then. */
export async function fillDatabase(session: Session, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const { log, election } = session;
  const total = session.reader.life.roll.total;
  const progress = terminal.progress({ what: 'database', unit: 'people', total });
  try {
    const database = await session.database();
    await projectToEnd(
      {
        log,
        database,
        electionId: election.id,
        logger: terminal.log,
        onProgress: ({ registrations }) => progress.update(registrations),
      },
      signal,
    );
    const [found] = await database.query<{ voters: number }>(
      'SELECT count(*) AS voters FROM voters WHERE election = $1',
      [election.id],
    );
    return found?.voters ?? 0;
  } finally {
    progress.stop();
  }
}
