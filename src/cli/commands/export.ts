import { writeFile } from 'node:fs/promises';
import { openExistingSession } from '../../app/session.ts';
import { LivetallyError } from '../../error.ts';
import { newestReport } from '../../stages/4-publish/newest-report.ts';
import { csv, resultsTable, turnoutTable } from '../../stages/4-publish/tables.ts';
import { command, type Command } from '../command.ts';
import { counted } from '../figures-text.ts';

export const exportCommand: Command = command({
  name: 'export',
  summary: 'write the newest results as CSV or JSON',
  description: `Writes the newest published report as a table: every figure that the election's results policy lets be shown, in total and by
breakdown. Rows that would tell about too few people are merged, or say "suppressed". With --json a table is a list of rows, the
first of them the names of the columns.`,
  examples: [
    'livetally export > results.csv',
    'livetally export --what turnout --out turnout.csv',
    'livetally export --json',
  ],
  options: ['data', 'electionId', 'what', 'outFile', 'json'],
  async run({ values, terminal }) {
    const { data = '', electionId, what, outFile } = values;
    await using session = await openExistingSession({ data, electionId, command: 'export', logger: terminal.log });
    const { log, election } = session;
    const report = await newestReport(log, election.id, election.contests.length);
    if (report === undefined) throw nothingPublished();
    const table = what === 'turnout' ? turnoutTable(report, election) : resultsTable(report, election);
    const text = terminal.json ? JSON.stringify(table) : csv(table).trimEnd();
    if (outFile === undefined) return terminal.result(table, text);
    await writeFile(outFile, `${text}\n`);
    const rows = table.length - 1;
    terminal.result(
      { file: outFile, rows, position: report.position },
      `${outFile} is written: ${counted(rows, 'row')}.`,
    );
  },
});

function nothingPublished(): LivetallyError {
  return new LivetallyError('LT_NO_ELECTION', 'Nothing has been published yet.', {
    next: 'Run `livetally tally` first.',
  });
}
