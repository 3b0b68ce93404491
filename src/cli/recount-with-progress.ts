import type { LogSource } from '../app/compose.ts';
import { recountInThreads } from '../app/recount-in-threads.ts';
import type { Tally } from '../election/tally.ts';
import type { Position } from '../topics/position.ts';
import type { CommandContext } from './command.ts';

/** The recount on all cores, showing how far it is. */
export async function recountWithProgress(
  log: LogSource,
  electionId: string,
  to: Position,
  { terminal, signal }: Pick<CommandContext<never>, 'terminal' | 'signal'>,
): Promise<Tally> {
  const progress = terminal.progress({ what: 'recount', unit: 'records' });
  const onProgress = ({ done, total }: { done: number; total: number }): void => progress.update(done, total);
  return recountInThreads(log, electionId, to, { onProgress, signal }).finally(() => progress.stop());
}
