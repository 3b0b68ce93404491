import type { RunProgress } from '../ports/cluster.ts';
import type { Engine } from '../ports/engine.ts';
import { openClusterEngine } from '../stages/3-tally/cluster-engine.ts';
import { openTallyEngine } from '../stages/3-tally/tally.ts';
import type { Session } from './session.ts';

export interface EngineOptions {
  /** Count from zero, whatever the snapshot says; a cluster has none of ours. */
  readonly rebuild?: boolean | undefined;
  /** Count what comes; a cluster counts once otherwise. */
  readonly follow: boolean;
  /** How the run on a cluster goes, each second. */
  readonly onProgress?: (progress: RunProgress) => void;
}

/** What counts, as the environment says. */
export async function openEngine(
  session: Pick<Session, 'log' | 'files' | 'cluster'>,
  electionId: string,
  { rebuild, ...options }: EngineOptions,
): Promise<Engine> {
  const cluster = await session.cluster();
  if (cluster !== undefined) return openClusterEngine(session.log, electionId, cluster, options);
  return openTallyEngine(session.log, electionId, { snapshotFile: session.files.snapshot, rebuild });
}
