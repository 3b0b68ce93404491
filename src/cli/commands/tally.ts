import { openExistingSession } from '../../app/session.ts';
import { LivetallyError } from '../../error.ts';
import { openTallyEngine } from '../../stages/3-tally/tally.ts';
import { publish } from '../../stages/4-publish/publish.ts';
import { command, type Command } from '../command.ts';
import { resultsText } from '../results-text.ts';

export const tallyCommand: Command = command({
  name: 'tally',
  summary: 'count the ballots in the log and publish reports',
  description: `Reads ballots from where the last tally stopped, counts each voting code once, and puts reports into the results, at most one
a second. Ends when everything is counted, or goes on with --follow.`,
  examples: ['livetally tally', 'livetally tally --rebuild', 'livetally tally --follow'],
  options: ['data', 'rebuild', 'follow', 'json'],
  async run({ values, terminal, signal }) {
    const { data = '', rebuild, follow } = values;
    await using session = await openExistingSession({ data, command: 'tally', logger: terminal.log });
    const { log, election, files } = session;
    const engine = await openTallyEngine(log, election.id, { snapshotFile: files.snapshot, rebuild });
    const progress = terminal.progress('tally', 'records folded');
    let folded = 0;
    const { report, broken } = await publish(
      {
        log,
        engine,
        effects: { now: Date.now, log: terminal.log },
        toEnd: follow !== true,
        onStep: (records) => progress.update((folded += records)),
      },
      signal,
    );
    progress.stop();
    if (broken.length > 0) throw withheld(broken.map(({ name, left, right }) => `${name}: ${left} ≠ ${right}`));
    terminal.result(report, resultsText(report, election));
  },
});

function withheld(broken: readonly string[]): LivetallyError {
  return new LivetallyError('LT_EQUALITY', `The report was withheld. These must be equal: ${broken.join('; ')}.`, {
    next: 'This is a fault in livetally: keep the data folder, run `livetally recount`, and report it.',
  });
}
