import { stat } from 'node:fs/promises';
import { readOwner } from '../../app/data-folder.ts';
import { openExistingSession, type Session } from '../../app/session.ts';
import { newestReport } from '../../stages/4-publish/newest-report.ts';
import { topicName, TOPICS, VOTERS_PARTITIONS, type Topic } from '../../topics/topics.ts';
import { command, type Command } from '../command.ts';
import { figure } from '../results-text.ts';
import { askOwner } from '../ask-owner.ts';

export const statusCommand: Command = command({
  name: 'status',
  summary: 'say what the data folder holds and how far each stage is',
  description: `Asks the running livetally over HTTP when there is one, else reads the data folder: the election, who is registered, the records of
each topic, how far the tally is, the newest report.`,
  examples: ['livetally status', 'livetally status --json'],
  options: ['data', 'json'],
  async run({ values, terminal }) {
    const { data = '' } = values;
    const owner = await readOwner(data);
    if (owner?.url !== undefined) {
      const status = await askOwner(owner.url, '/api/status');
      terminal.result(
        { owner, status },
        [`${owner.command} is running: ${owner.url} (pid ${owner.pid}, since ${owner.since})`, lines(status)].join(
          '\n',
        ),
      );
      return;
    }
    await using session = await openExistingSession({ data, command: 'status', logger: terminal.log });
    const status = await statusOf(session);
    terminal.result(status, lines(status));
  },
});

async function statusOf({ log, reader, election, files, folder }: Session): Promise<object> {
  const { life } = reader;
  const report = await newestReport(log, election.id, election.contests.length);
  const saved = await stat(files.snapshot).catch(() => undefined);
  return {
    election: `${election.id} (${election.title})`,
    folder: folder.path,
    state: life.closed !== undefined ? 'closed' : life.opened ? 'open' : 'not open yet',
    registered: figure(life.roll.total),
    ...(await topicEnds(log, election.id, life.partitions)),
    published:
      report === undefined ? 'nothing yet' : `${figure(report.counts.outcomes.counted)} counted at ${report.position}`,
    snapshot: saved === undefined ? 'none' : saved.mtime.toISOString(),
  };
}

async function topicEnds(log: Session['log'], electionId: string, partitions: number): Promise<Record<Topic, string>> {
  const counts: Record<Topic, number> = { events: 1, voters: VOTERS_PARTITIONS, ballots: partitions, results: 1 };
  const entries = TOPICS.map(async (topic) => {
    const name = topicName(electionId, topic);
    const ends = await Promise.all(Array.from({ length: counts[topic] }, (_, partition) => log.end(name, partition)));
    return [topic, `${figure(ends.reduce((sum, end) => sum + end, 0))} records`] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<Topic, string>;
}

function lines(status: object): string {
  return Object.entries(status)
    .map(([name, value]) => `${name.padEnd(12)}${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('\n');
}
