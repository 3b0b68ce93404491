import { openExistingSession, type Session } from '../../app/session.ts';
import { LivetallyError } from '../../error.ts';
import type { Engine } from '../../ports/engine.ts';
import { openTallyEngine } from '../../stages/3-tally/tally.ts';
import { publish } from '../../stages/4-publish/publish.ts';
import { topicName } from '../../topics/topics.ts';
import { command, INTERRUPTED, type Command } from '../command.ts';
import { resultsText, resultsValue } from '../results-text.ts';

export const tallyCommand: Command = command({
  name: 'tally',
  summary: 'count the ballots in the log and publish reports',
  description: `Reads ballots from where the last tally stopped, counts each voting code once, and puts reports into the results, at most one
a second. Ends when everything in the log is counted. With --follow it waits for more; as it has the data folder for itself,
\`livetally start\` is what counts while ballots come in.`,
  examples: ['livetally tally', 'livetally tally --rebuild', 'livetally tally --json'],
  options: ['data', 'rebuild', 'follow', 'json'],
  async run({ values, terminal, signal }) {
    const { data = '', rebuild, follow } = values;
    await using session = await openExistingSession({ data, command: 'tally', logger: terminal.log });
    const { log, election, files } = session;
    const engine = await openTallyEngine(log, election.id, { snapshotFile: files.snapshot, rebuild });
    let done = recordsAt(engine);
    const progress = terminal.progress({ what: 'tally', unit: 'records', from: done, total: await records(session) });
    const { report, broken } = await publish(
      {
        log,
        engine,
        effects: { now: Date.now, log: terminal.log },
        toEnd: follow !== true,
        onStep: (folded) => progress.update((done += folded)),
      },
      signal,
    );
    progress.stop();
    if (broken.length > 0) throw withheld(broken.map(({ name, left, right }) => `${name}: ${left} ≠ ${right}`));
    terminal.result(resultsValue(report, election), resultsText(report, election));
    return signal.aborted && follow !== true ? INTERRUPTED : undefined;
  },
});

/** What it folds: events and records of ballots. */
function recordsAt({ position }: Engine): number {
  return position.events + position.ballots.reduce((sum, offset) => sum + offset, 0);
}

async function records({ log, reader, election }: Session): Promise<number> {
  const topic = topicName(election.id, 'ballots');
  const ends = await Promise.all(
    Array.from({ length: reader.life.partitions }, (_, partition) => log.end(topic, partition)),
  );
  return reader.position + ends.reduce((sum, end) => sum + end, 0);
}

function withheld(broken: readonly string[]): LivetallyError {
  return new LivetallyError('LT_EQUALITY', `The report was withheld. These must be equal: ${broken.join('; ')}.`, {
    next: 'This is a fault in livetally: keep the data folder, run `livetally recount`, and report it.',
  });
}
