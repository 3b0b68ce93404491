import { openExistingSession } from '../../app/session.ts';
import { LivetallyError } from '../../error.ts';
import { closeElection } from '../../lifecycle/close.ts';
import { command, type Command } from '../command.ts';

export const closeCommand: Command = command({
  name: 'close',
  summary: 'close the polls where the ballots end now',
  description: `Ends the election at a position in the log, not at a time: every ballot line before it counts by the rules, every later one is late.
It cannot be undone, so it wants --yes. Then \`livetally tally\` publishes the complete count, and \`livetally archive\` can keep the ballots.`,
  examples: ['livetally close --yes'],
  options: ['data', 'electionId', 'yes', 'json'],
  async run({ values, terminal }) {
    const { data = '', electionId, yes } = values;
    await using session = await openExistingSession({ data, electionId, command: 'close', logger: terminal.log });
    const { log, reader, election } = session;
    const before = reader.life.closed;
    if (before === undefined && yes !== true) throw unconfirmed(election.title);
    const ballots = await closeElection(log, reader);
    const at = ballots.map((offset, partition) => `${partition}:${offset}`).join(' ');
    terminal.result(
      { election: election.id, ballots, already: before !== undefined },
      before === undefined
        ? `${election.title} is closed, at ${at}. Publish the complete count: livetally tally`
        : `${election.title} was closed already, at ${at}.`,
    );
  },
});

function unconfirmed(title: string): LivetallyError {
  return new LivetallyError('LT_USAGE', `${title} is open. Closing it cannot be undone.`, {
    next: 'If you mean it: `livetally close --yes`',
  });
}
