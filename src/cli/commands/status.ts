import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readOwner, type Owner } from '../../app/data-folder.ts';
import { openExistingSession } from '../../app/session.ts';
import { statusOf, type Status } from '../../app/status.ts';
import { askOwner } from '../ask-owner.ts';
import { command, type Command } from '../command.ts';
import { figure } from '../figures-text.ts';

/** What a running livetally answers besides. */
type LiveStatus = Status & { readonly perSecond: number };

export const statusCommand: Command = command({
  name: 'status',
  summary: 'say what the data folder holds and how far each stage is',
  description: `Says which election the data folder holds, how many are registered, how many records each topic has and what has been
published. Asks the livetally that is running on the folder, over HTTP, when there is one; else it reads the folder itself.`,
  examples: ['livetally status', 'livetally status --data my-data --json'],
  options: ['data', 'json'],
  async run({ values, terminal }) {
    const { data = '' } = values;
    const folder = resolve(data);
    const owner = await readOwner(data);
    if (owner === undefined) {
      await using session = await openExistingSession({ data, command: 'status', logger: terminal.log });
      const status = await statusOf(session);
      const snapshot = await savedAt(session.files.snapshot);
      terminal.result(
        { running: null, folder, ...status, snapshot },
        [text(folder, status), row('snapshot', snapshot ?? 'none'), row('running', 'nothing')].join('\n'),
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

function text(folder: string, { election, title, state, registered, records, published }: Status): string {
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
  ].join('\n');
}

function runningRow({ command, pid, since, url }: Owner): string {
  return row('running', `${command}, process ${pid}, since ${since}${url === undefined ? '' : `, at ${url}`}`);
}

function row(name: string, value: string): string {
  return `${name.padEnd(12)}${value}`;
}

async function savedAt(file: string): Promise<string | null> {
  return stat(file).then(
    ({ mtime }) => mtime.toISOString(),
    () => null,
  );
}
