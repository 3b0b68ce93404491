import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { dataFiles } from '../../app/compose.ts';
import { readOwner, type Owner } from '../../app/data-folder.ts';
import { openExistingSession } from '../../app/session.ts';
import { statusOf, type Status } from '../../app/status.ts';
import { readSystems } from '../../app/systems.ts';
import { askOwner } from '../ask-owner.ts';
import { command, type Command } from '../command.ts';
import { figure } from '../figures-text.ts';

/** What a running livetally answers besides. */
type LiveStatus = Status & { readonly perSecond: number };

export const statusCommand: Command = command({
  name: 'status',
  summary: 'say what the log holds and how far each stage is',
  description: `Says which election there is, how many are registered, how many records each topic has, what has been published, and how far
each stage is behind. With the embedded log it asks the livetally that is running on the data folder, over HTTP, when there is
one; else it reads the log itself.`,
  examples: ['livetally status', 'livetally status --data my-data --json'],
  options: ['data', 'electionId', 'json'],
  async run({ values, terminal }) {
    const { data = '', electionId } = values;
    const folder = resolve(data);
    const isEmbedded = readSystems().log === 'embedded';
    const owner = isEmbedded ? await readOwner(data) : undefined;
    if (owner === undefined) {
      await using session = await openExistingSession({ data, electionId, command: 'status', logger: terminal.log });
      const status = await statusOf(session, data);
      const snapshot = await savedAt(isEmbedded ? session.files.snapshot : dataFiles(join(data, 'tally')).snapshot);
      terminal.result(
        { running: null, folder, ...status, snapshot },
        [
          text(folder, status),
          row('snapshot', snapshot ?? 'none here'),
          ...(isEmbedded ? [row('running', 'nothing')] : []),
        ].join('\n'),
      );
    } else if (owner.url === undefined) {
      terminal.result({ running: owner, folder }, [row('folder', folder), runningRow(owner)].join('\n'));
    } else {
      const status = (await askOwner(owner.url, '/api/status')) as LiveStatus;
      const speed = row('speed', `${figure(status.perSecond)} ballot lines a second`);
      terminal.result(
        { running: owner, folder, ...status },
        [text(folder, status), speed, runningRow(owner)].join('\n'),
      );
    }
  },
});

function text(folder: string, { election, title, state, registered, records, published, lags }: Status): string {
  const topics = Object.entries(records).map(([topic, count]) => `${topic} ${figure(count)}`);
  const count =
    published === null
      ? 'nothing yet: livetally tally'
      : `${figure(published.counted)} counted of ${figure(published.lines)} lines, at ${published.position}`;
  return [
    row('election', `${title} (${election}), ${state}`),
    row('folder', folder),
    row('registered', figure(registered)),
    row('records', topics.join(', ')),
    row('published', count),
    ...lags.map(({ stage, behind, of }) =>
      row(`${stage} lag`, behind === null ? `unknown: ${of}` : `${figure(behind)} ${of}`),
    ),
  ].join('\n');
}

function runningRow({ command, pid, since, url }: Owner): string {
  return row('running', `${command}, process ${pid}, since ${since}${url === undefined ? '' : `, at ${url}`}`);
}

function row(name: string, value: string): string {
  return `${name.padEnd(14)}${value}`;
}

async function savedAt(file: string): Promise<string | null> {
  return stat(file).then(
    ({ mtime }) => mtime.toISOString(),
    () => null,
  );
}
