import { openExistingSession } from '../../app/session.ts';
import type { Database } from '../../ports/database.ts';
import { archive } from '../../stages/4-publish/archive.ts';
import type { Archived } from '../../stages/4-publish/archive-rows.ts';
import { newestReport } from '../../stages/4-publish/newest-report.ts';
import { command, type Command } from '../command.ts';
import { fillDatabase } from '../fill-database.ts';
import { counted, figure } from '../figures-text.ts';

export const archiveCommand: Command = command({
  name: 'archive',
  summary: 'after the close, write the counted ballots into the database',
  description: `Reads every counted ballot once more and writes them into the database, for questions that results cannot answer: what those who
voted for one in this contest chose in that one. Equal ballots of a group are one row with their number, if they are at least as many as
the election's k, and ten; of all rarer ones only the sums are kept. Nothing in it tells whose a ballot is, or when it came. It is all
written or nothing, and written again in the place of the last one. docs/database.md says more.`,
  examples: ['livetally archive', 'livetally archive --by cohort'],
  options: ['data', 'electionId', 'by', 'json'],
  async run({ values, terminal, signal }) {
    const { data = '', electionId, by } = values;
    await using session = await openExistingSession({ data, electionId, command: 'archive', logger: terminal.log });
    const { log, reader, election } = session;
    const report = await newestReport(log, election.id, election.contests.length);
    const progress = terminal.progress({ what: 'archive', unit: 'records' });
    const database = async (): Promise<Database> => {
      progress.stop();
      await fillDatabase(session, terminal, signal);
      return session.database();
    };
    const onProgress = (done: number, total: number): void => progress.update(done, total);
    try {
      const archived = await archive({ log, reader, report, by, database, onProgress, signal });
      terminal.result(archived, summaryOf(archived));
    } finally {
      progress.stop();
    }
  },
});

function summaryOf({ counted: ballots, whole, rows, groups, breakdown, least }: Archived): string {
  const where = breakdown === '*' ? 'all in one group' : `by ${breakdown} in ${counted(groups, 'group')}`;
  return [
    `${counted(ballots, 'ballot')} archived, ${where}.`,
    `${figure(whole)} as ${counted(rows, 'row')} of at least ${least} equal ones, the others as sums.`,
  ].join('\n');
}
