import type { Health } from '../../app/health.ts';
import { openEngine } from '../../app/open-engine.ts';
import { openExistingSession, type Session } from '../../app/session.ts';
import { readSystems } from '../../app/systems.ts';
import { LivetallyError } from '../../error.ts';
import { ballotEnds } from '../../lifecycle/ballot-ends.ts';
import type { RunProgress } from '../../ports/cluster.ts';
import { countJob } from '../../stages/3-tally/count-job.ts';
import { publish, type Published } from '../../stages/4-publish/publish.ts';
import { recordCount } from '../../topics/position.ts';
import { command, INTERRUPTED, type Command, type CommandContext } from '../command.ts';
import { resultsText, resultsValue } from '../results-text.ts';
import { runStage, STAGE_OPTIONS } from '../run-stage.ts';
import type { Terminal } from '../terminal.ts';

const NAMES = [...STAGE_OPTIONS, 'rebuild', 'follow', 'explain'] as const;

export const tallyCommand: Command = command({
  name: 'tally',
  summary: 'count the ballots in the log and publish reports',
  description: `Reads ballots from where the last tally stopped, counts each voting code once, and puts reports into the results, at most one
a second. Ends when everything in the log is counted. With --follow it waits for more. With the embedded log it has the data
folder for itself, so that \`livetally start\` is what counts while ballots come in; on a broker it counts while others vote.
With SPARK_REMOTE the count runs on that cluster: with --follow as a query that goes on there, else once to the end of the log.`,
  examples: ['livetally tally', 'livetally tally --rebuild', 'livetally tally --follow', 'livetally tally --explain'],
  options: NAMES,
  async run(context) {
    const { values, terminal, signal } = context;
    const { rebuild = false, follow = false, explain = false } = values;
    if (explain) return explainCount(context);
    // Both engines can count side by side.
    const keeps = readSystems().engine === 'in-process' ? 'tally' : 'tally-on-spark';
    const stage = { name: 'tally', keeps, follow, saysReady: true, context };
    const done = await runStage(stage, async (session, until, health, ready) => {
      const published = await count(session, { rebuild, follow, terminal, health, ready }, until);
      return { ...published, election: session.election };
    });
    if (done === undefined) return terminal.say('Stopped.');
    const { report, broken, election } = done;
    if (broken.length > 0) throw withheld(broken.map(({ name, left, right }) => `${name}: ${left} ≠ ${right}`));
    terminal.result(resultsValue(report, election), resultsText(report, election));
    return signal.aborted && !follow ? INTERRUPTED : undefined;
  },
});

interface CountOptions {
  readonly rebuild: boolean;
  readonly follow: boolean;
  readonly terminal: Terminal;
  readonly health: Health;
  /** Once it counts: a cluster can be away though the log is there. */
  readonly ready: () => void;
}

async function count(session: Session, options: CountOptions, signal: AbortSignal): Promise<Published> {
  const { log, election } = session;
  const { rebuild, follow, terminal, health, ready } = options;
  const engine = await openEngine(session, election.id, { rebuild, follow, onProgress: tellRun(health) });
  let done = recordCount(engine.position);
  const progress = terminal.progress({
    what: 'tally',
    unit: 'records',
    from: done,
    total: follow ? undefined : await records(session),
  });
  health.gauge('livetally_tallied_records', 'Records of events and ballots that are counted.', () =>
    recordCount(engine.position),
  );
  health.gauge('livetally_tallied_lines', 'Ballot lines that are counted or refused.', () => engine.tally().lines);
  try {
    return await publish(
      {
        log,
        engine,
        effects: { now: Date.now, log: terminal.log },
        toEnd: !follow,
        onStep(folded) {
          ready();
          progress.update((done += folded));
        },
      },
      signal,
    );
  } finally {
    progress.stop();
    await engine.close();
  }
}

async function records({ log, reader, election }: Session): Promise<number> {
  return recordCount({
    events: reader.position,
    ballots: await ballotEnds(log, election.id, reader.life.partitions),
  });
}

function withheld(broken: readonly string[]): LivetallyError {
  return new LivetallyError('LT_EQUALITY', `The report was withheld. These must be equal: ${broken.join('; ')}.`, {
    next: 'This is a fault in livetally: keep the data folder, run `livetally recount`, and report it.',
  });
}

/** How the run on a cluster goes, for whoever watches this process. */
function tellRun(health: Health): (progress: RunProgress) => void {
  let newest: RunProgress | undefined;
  return (progress) => {
    if (newest === undefined) gauges();
    newest = progress;
  };

  function gauges(): void {
    const gauge = (name: keyof RunProgress, metric: string, help: string): void =>
      health.gauge(metric, help, () => newest?.[name] ?? 0);
    gauge('batch', 'livetally_cluster_batch', 'The newest batch of the count on the cluster.');
    gauge('batchMs', 'livetally_cluster_batch_milliseconds', 'How long it took.');
    gauge('recordsPerSecond', 'livetally_cluster_records_per_second', 'Records of ballots that it counted a second.');
    gauge('stateRows', 'livetally_cluster_state_rows', 'Serials, lines and cells that the cluster holds.');
    gauge('stateBytes', 'livetally_cluster_state_bytes', 'Memory of the cluster that they take.');
  }
}

/** What the cluster would run. Throws LT_USAGE when there is none. */
async function explainCount({ values, terminal }: CommandContext<(typeof NAMES)[number]>): Promise<void> {
  const { data = '', electionId } = values;
  await using session = await openExistingSession({ data, electionId, command: 'tally', logger: terminal.log });
  const cluster = await session.cluster();
  if (cluster === undefined) {
    throw new LivetallyError('LT_USAGE', 'The count runs in this process, where there is no plan to explain.', {
      next: 'Name a Spark cluster with SPARK_REMOTE; docs/spark.md says how.',
    });
  }
  const plan = await cluster.explain(await countJob(session.log, session.reader.life));
  terminal.result({ plan }, plan);
}
