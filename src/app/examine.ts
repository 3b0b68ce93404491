import { existsSync, statSync } from 'node:fs';
import { access, constants, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import type { Logger } from '../ports/effects.ts';
import { readOwner, type Owner } from './data-folder.ts';
import { examineElection } from './examine-election.ts';
import { examineBroker } from './examine-broker.ts';
import { findings, type Finding } from './finding.ts';
import { openExistingSession } from './session.ts';
import { readSystems } from './systems.ts';

export interface ExamineOptions {
  readonly data: string;
  readonly electionId: string | undefined;
  readonly host: string;
  readonly port: number;
  /** The built page. */
  readonly webFolder: string;
  readonly logger: Logger;
}

const GIGABYTE = 1024 ** 3;
const LEAST_FREE_BYTES = GIGABYTE;
const OPEN_TO_OTHERS = 0o077;

/** Looks at the machine, the configuration, and what the log holds, which is only read. */
export async function examine(options: ExamineOptions, signal?: AbortSignal): Promise<readonly Finding[]> {
  let owner: Owner | undefined;
  const held = await findings('configuration', async () => {
    const { log } = readSystems();
    if (log !== 'embedded') return examineBroker(options, log, signal);
    return findings('data folder', async () => {
      owner = await readOwner(options.data);
      return dataFolder(options, owner, signal);
    });
  });
  return [...(await machine(options, owner)), ...held];
}

async function machine(options: ExamineOptions, owner: Owner | undefined): Promise<Finding[]> {
  return [
    { state: 'good', what: 'Node', says: process.versions.node },
    page(options.webFolder),
    await disk(options.data),
    await port(options, owner?.url),
  ];
}

function page(webFolder: string): Finding {
  if (existsSync(join(webFolder, 'index.html'))) return { state: 'good', what: 'page', says: 'built' };
  return { state: 'bad', what: 'page', says: 'not built', next: 'In a clone: `npm run build:web`' };
}

async function disk(data: string): Promise<Finding> {
  let folder = resolve(data);
  while (!existsSync(folder)) folder = dirname(folder);
  const isWritable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable)
    return { state: 'bad', what: 'disk', says: `${folder} cannot be written`, next: 'Name another with --data.' };
  const { bavail, bsize } = await statfs(folder);
  const says = `${((bavail * bsize) / GIGABYTE).toFixed(1)} GB free`;
  if (bavail * bsize >= LEAST_FREE_BYTES) return { state: 'good', what: 'disk', says };
  const next = 'A million registrations take about 1 GB: free some, or name another disk with --data.';
  return { state: 'bad', what: 'disk', says, next };
}

async function port({ host, port }: ExamineOptions, ownUrl: string | undefined): Promise<Finding> {
  const what = `port ${port}`;
  if (ownUrl !== undefined && Number(new URL(ownUrl).port) === port)
    return { state: 'good', what, says: `livetally is there: ${ownUrl}` };
  const problem = await listenProblem(host, port);
  if (problem === undefined) return { state: 'good', what, says: `free on ${host}` };
  return { state: 'bad', what, says: `not to be had on ${host} (${problem})`, next: 'Choose another with --port.' };
}

function listenProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise((done) => {
    const server = createServer().once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => done(undefined)));
  });
}

async function dataFolder(
  { data, electionId, logger }: ExamineOptions,
  owner: Owner | undefined,
  signal: AbortSignal | undefined,
): Promise<Finding[]> {
  const what = 'data folder';
  const next = 'Name a folder with --data.';
  if (existsSync(data) && !statSync(data).isDirectory())
    return [{ state: 'bad', what, says: `${data} is a file`, next }];
  if (!existsSync(data)) return [{ state: 'note', what, says: `${data} is not there yet; a start makes it` }];
  if (owner !== undefined) {
    const { command, pid, since } = owner;
    const says = `in use by ${command}, process ${pid}, since ${since}`;
    return [
      { state: 'note', what, says, next: 'Stop it to have the log, the snapshot and the results looked at as well.' },
    ];
  }
  const inside = await findings('election', async () => {
    await using session = await openExistingSession({ data, electionId, command: 'doctor', logger });
    return await examineElection(session, signal);
  });
  return [await privacy(data), ...inside];
}

/** Names and addresses lie in it. */
async function privacy(data: string): Promise<Finding> {
  const what = 'data folder';
  const { mode } = await stat(data);
  if (process.platform === 'win32' || (mode & OPEN_TO_OTHERS) === 0)
    return { state: 'good', what, says: `${resolve(data)}, its owner's alone` };
  return {
    state: 'bad',
    what,
    says: `others on this machine can look into ${resolve(data)}`,
    next: `It holds names and addresses: \`chmod 700 ${data}\``,
  };
}
