import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFiles, openStores, type Stores } from '../../app/compose.ts';
import { openEngine } from '../../app/open-engine.ts';
import { keepElection, keptElection } from '../../app/load-election.ts';
import { makeReport } from '../../election/make-report.ts';
import type { Report } from '../../election/report.ts';
import { EXIT_CODES, LivetallyError } from '../../error.ts';
import { defineElection } from '../../lifecycle/define.ts';
import { createLifeReader } from '../../lifecycle/life-reader.ts';
import { compare } from '../../packs/compare.ts';
import { comparisonText } from '../../packs/comparison-text.ts';
import { readPack } from '../../packs/pack-folder.ts';
import { totalBallots, type Pack } from '../../packs/pack.ts';
import { replay, type ReplayProgress } from '../../packs/replay.ts';
import type { Engine } from '../../ports/engine.ts';
import { createIntake } from '../../stages/2-vote/intake.ts';
import { publish } from '../../stages/4-publish/publish.ts';
import { parsePosition } from '../../topics/position.ts';
import { DEFAULT_PARTITIONS } from '../../topics/topics.ts';
import { command, type Command, type CommandContext } from '../command.ts';
import { figure } from '../figures-text.ts';
import { watchMemory } from '../peak-memory.ts';
import { runTogether } from '../run-together.ts';
import { recountWithProgress } from '../recount-with-progress.ts';

type Context = CommandContext<'partitions' | 'keep' | 'json'>;

export const replayCommand: Command = command({
  name: 'replay',
  argument: { term: '<pack>', help: 'the folder of a pack, as `livetally import` writes it' },
  summary: 'run a real election through the front door and compare with the official result',
  description: `Issues the pack's roll, sends its ballots through intake, counts and publishes them while they come, closes, recounts, and prints
the official figures beside those obtained. Ends with exit code ${EXIT_CODES.LT_COUNT_DIFFERS} when one differs. Works in a folder of its own,
deleted at the end unless --keep names one; look at that with \`livetally start --data FOLDER\`.`,
  examples: ['livetally replay packs/bremen', 'livetally replay packs/vermont --keep vermont-data'],
  options: ['partitions', 'keep', 'json'],
  async run(context) {
    const { argument = '', values } = context;
    if (!existsSync(join(argument, 'pack.json'))) throw noPack(argument);
    const pack = await readPack(argument);
    if (values.keep !== undefined) {
      await requireNoOther(values.keep, pack);
      return replayIn(values.keep, pack, context);
    }
    const folder = await mkdtemp(join(tmpdir(), 'livetally-replay-'));
    try {
      return await replayIn(folder, pack, context);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});

function noPack(folder: string): LivetallyError {
  return new LivetallyError('LT_INPUT_FILE', `There is no pack in the folder ${folder}.`, {
    next: 'A pack is a folder with a pack.json. Make one from a result file: `livetally import FILE`',
  });
}

/** An interrupted replay of the same pack goes on; another election must not be touched. */
async function requireNoOther(folder: string, pack: Pack): Promise<void> {
  const kept = await keptElection(dataFiles(folder).election);
  if (kept === undefined || kept.id === pack.election.id) return;
  throw new LivetallyError('LT_USAGE', `--keep ${folder}: that data folder holds the election ${kept.id}.`, {
    next: 'Name a new folder.',
  });
}

async function replayIn(folder: string, pack: Pack, context: Context): Promise<{ exitCode: number }> {
  const { terminal, signal } = context;
  await using stores = await openStores({ data: folder, command: 'replay', keeps: 'replay', logger: terminal.log });
  await keepElection(stores.files.election, pack.election);
  using memory = watchMemory();
  const startedAt = performance.now();
  const report = await sendAndCount(stores, pack, context);
  const seconds = (performance.now() - startedAt) / 1000;
  const recounted = await recountHash(stores, report, context);
  signal.throwIfAborted();

  const comparison = compare(pack, report);
  const equal = recounted === report.hash && comparison.differences.length === 0;
  const perSecond = report.counts.lines / seconds;
  terminal.result(
    { equal, comparison, recount: recounted, seconds, ballotsPerSecond: perSecond, peakMemoryBytes: memory.bytes },
    [
      comparisonText(comparison),
      `Recount ${recounted === report.hash ? '= tally' : 'DIFFERS from the tally'}: ${recounted}`,
      `${figure(report.counts.lines)} ballots in ${seconds.toFixed(1)} s, ${figure(perSecond)} a second, at most ${figure(memory.bytes / 1024 ** 2)} MB of memory`,
    ].join('\n'),
  );
  return { exitCode: equal ? 0 : EXIT_CODES.LT_COUNT_DIFFERS };
}

/** Ballots in and reports out, side by side; resolves with the report at the close. */
async function sendAndCount(stores: Stores, pack: Pack, context: Context): Promise<Report> {
  const { partitions = DEFAULT_PARTITIONS } = context.values;
  await defineElection(stores.log, pack.election, partitions);
  const engine = await openEngine(stores, pack.election.id, { follow: true });
  try {
    await sendWhileCounting(stores, engine, pack, context);
    const effects = { now: Date.now, log: context.terminal.log };
    const { report, broken } = await publish({ log: stores.log, engine, effects, toEnd: true }, context.signal);
    if (broken.length === 0) return report;
    throw new LivetallyError('LT_EQUALITY', `The report was withheld: ${broken.map(({ name }) => name).join('; ')}.`, {
      next: 'This is a fault in livetally: keep the data with --keep, and report it.',
    });
  } finally {
    // However it ends: a cluster would count on.
    await engine.close();
  }
}

/** Resolves when every ballot is in the log and the polls are closed. */
async function sendWhileCounting(
  { log }: Stores,
  engine: Engine,
  pack: Pack,
  { values, terminal, signal }: Context,
): Promise<void> {
  const { partitions = DEFAULT_PARTITIONS } = values;
  const electionId = pack.election.id;
  const intake = createIntake(log, electionId, partitions);
  const progress = terminal.progress({ what: 'replay', unit: 'ballots', total: totalBallots(pack) });
  const onProgress = ({ ballots }: ReplayProgress): void => progress.update(ballots);
  const effects = { now: Date.now, log: terminal.log };
  const sent = new AbortController();
  await runTogether(
    [
      async (either) => {
        await replay({ pack, log, electionId, intake, partitions, onProgress }, either);
        await intake.close();
        sent.abort();
      },
      async (either) => {
        await publish({ log, engine, effects }, AbortSignal.any([sent.signal, either]));
      },
    ],
    signal,
  ).finally(() => progress.stop());
  signal.throwIfAborted();
}

/** The hash of the report that separate code makes of the same records. */
async function recountHash({ log, logSource }: Stores, report: Report, { terminal, signal }: Context): Promise<string> {
  const to = parsePosition(report.position)!;
  const tally = await recountWithProgress(logSource, report.election, to, { terminal, signal });
  const reader = createLifeReader(log, report.election);
  await reader.catchUp(to.events);
  return makeReport(tally, reader.life, report.position, Date.now(), true).hash;
}
