import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { dataFiles } from '../../app/compose.ts';
import { readOwner, type Owner } from '../../app/data-folder.ts';
import { openExistingSession, type Session } from '../../app/session.ts';
import { statusOf, type Status } from '../../app/status.ts';
import { readSystems } from '../../app/systems.ts';
import { LivetallyError } from '../../error.ts';
import { askOwner } from '../ask-owner.ts';
import { command, type Command } from '../command.ts';
import { figure } from '../figures-text.ts';
import type { Terminal } from '../terminal.ts';

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
    const open = (): Promise<Session> =>
      openExistingSession({ data, electionId, command: 'status', logger: terminal.log });
    const found = isEmbedded() ? await ownerOrSession(data, open) : await open();
    if ('log' in found) await sayOfLog(found, data, terminal);
    else await sayOfOwner(found, resolve(data), terminal);
  },
});

/** Whoever has the folder; else the folder is ours, unless somebody took it after the first look. */
async function ownerOrSession(data: string, open: () => Promise<Session>): Promise<Owner | Session> {
  const owner = await readOwner(data);
  if (owner !== undefined) return owner;
  return open().catch(async (error: unknown) => {
    const taker =
      error instanceof LivetallyError && error.code === 'LT_DATA_LOCKED' ? await readOwner(data) : undefined;
    if (taker === undefined) throw error;
    return taker;
  });
}

async function sayOfLog(opened: Session, data: string, terminal: Terminal): Promise<void> {
  await using session = opened;
  const folder = resolve(data);
  const status = await statusOf(session, data);
  const snapshot = await savedAt(isEmbedded() ? session.files.snapshot : dataFiles(join(data, 'tally')).snapshot);
  const rows = [text(folder, status), row('snapshot', snapshot ?? 'none here')];
  if (isEmbedded()) rows.push(row('running', 'nothing'));
  terminal.result({ running: null, folder, ...status, snapshot }, rows.join('\n'));
}

async function sayOfOwner(owner: Owner, folder: string, terminal: Terminal): Promise<void> {
  if (owner.url === undefined) {
    terminal.result({ running: owner, folder }, [row('folder', folder), runningRow(owner)].join('\n'));
    return;
  }
  const status = (await askOwner(owner.url, '/api/status')) as LiveStatus;
  const speed = row('speed', `${figure(status.perSecond)} ballot lines a second`);
  terminal.result({ running: owner, folder, ...status }, [text(folder, status), speed, runningRow(owner)].join('\n'));
}

function isEmbedded(): boolean {
  return readSystems().log === 'embedded';
}

function text(
  folder: string,
  { election, title, state, registered, records, published, promoted, cluster, lags }: Status,
): string {
  const topics = Object.entries(records).map(([topic, count]) => `${topic} ${figure(count)}`);
  const count =
    published === null
      ? 'nothing yet: livetally tally'
      : `${figure(published.counted)} counted of ${figure(published.lines)} lines, at ${published.position}${published.provisional ? ' (provisional)' : ''}`;
  return [
    row('election', `${title} (${election}), ${state}`),
    row('folder', folder),
    row('registered', figure(registered)),
    row('records', topics.join(', ')),
    row('published', count),
    ...(promoted === null ? [] : [row('published by', `run ${promoted}`)]),
    ...(cluster === null ? [] : [row('cluster', clusterText(cluster))]),
    ...lags.map(({ stage, behind, of }) =>
      row(`${stage} lag`, behind === null ? `unknown: ${of}` : `${figure(behind)} ${of}`),
    ),
  ].join('\n');
}

function clusterText(cluster: NonNullable<Status['cluster']>): string {
  if ('trouble' in cluster) return cluster.trouble;
  const { batch, batchMs = 0, recordsPerSecond = 0, stateRows = 0 } = cluster;
  if (batch === undefined) return 'in its first batch';
  const speed = `${figure(recordsPerSecond)} records a second`;
  return `batch ${figure(batch)} in ${(batchMs / 1000).toFixed(1)} s, ${speed}, ${figure(stateRows)} rows of state`;
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
