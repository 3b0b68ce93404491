import { existsSync } from 'node:fs';
import { access, constants, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { LivetallyError } from '../error.ts';
import type { Logger } from '../ports/effects.ts';
import { countTo } from '../stages/3-tally/count-to.ts';
import { makeReport } from '../election/make-report.ts';
import { readSnapshot } from '../stages/3-tally/snapshot.ts';
import { newestReport } from '../stages/4-publish/newest-report.ts';
import { parsePosition } from '../topics/position.ts';
import { readOwner } from './data-folder.ts';
import { openExistingSession, type Session } from './session.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly state: 'good' | 'note' | 'bad';
  readonly what: string;
  readonly says: string;
  /** What to do about it. */
  readonly next?: string | undefined;
}

export interface ExamineOptions {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly logger: Logger;
}

const LEAST_FREE_BYTES = 1024 ** 3;

/** Looks at the machine, the configuration and the data folder; changes nothing. */
export async function examine(options: ExamineOptions): Promise<Finding[]> {
  const owner = await readOwner(options.data);
  const findings = [nodeVersion(), await disk(options.data), await port(options, owner?.url)];
  if (owner !== undefined) {
    const says = `in use by ${owner.command}, pid ${owner.pid}, since ${owner.since}`;
    return [
      ...findings,
      { state: 'note', what: 'data folder', says, next: 'Stop it to have the data looked at as well.' },
    ];
  }
  if (!existsSync(options.data)) {
    return [
      ...findings,
      { state: 'note', what: 'data folder', says: `${options.data} is not there yet; a start makes it` },
    ];
  }
  return [...findings, ...(await dataFolder(options))];
}

function nodeVersion(): Finding {
  return { state: 'good', what: 'Node', says: process.versions.node };
}

async function disk(data: string): Promise<Finding> {
  let folder = resolve(data);
  while (!existsSync(folder)) folder = dirname(folder);
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!writable)
    return { state: 'bad', what: 'disk', says: `${folder} cannot be written`, next: 'Name another with --data.' };
  const { bavail, bsize } = await statfs(folder);
  const says = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GB free`;
  if (bavail * bsize >= LEAST_FREE_BYTES) return { state: 'good', what: 'disk', says };
  return {
    state: 'bad',
    what: 'disk',
    says,
    next: 'A million registrations take about 1 GB: free some, or name another disk with --data.',
  };
}

async function port({ host, port }: ExamineOptions, ownUrl: string | undefined): Promise<Finding> {
  const what = `port ${port}`;
  if (ownUrl !== undefined && Number(new URL(ownUrl).port) === port)
    return { state: 'good', what, says: `livetally is there: ${ownUrl}` };
  const free = await new Promise<boolean>((done) => {
    const server = createServer().once('error', () => done(false));
    server.listen(port, host, () => server.close(() => done(true)));
  });
  if (free) return { state: 'good', what, says: `free on ${host}` };
  return { state: 'bad', what, says: `in use on ${host}, or not to be had`, next: 'Choose another with --port.' };
}

async function dataFolder({ data, logger }: ExamineOptions): Promise<Finding[]> {
  try {
    await using session = await openExistingSession({ data, command: 'doctor', logger });
    const { election, reader } = session;
    return [
      { state: 'good', what: 'election', says: `${election.id}, ${reader.life.roll.total} on the roll` },
      await snapshot(session),
      await published(session),
    ];
  } catch (error) {
    return [failed('data folder', error)];
  }
}

async function snapshot({ files }: Session): Promise<Finding> {
  try {
    const found = await readSnapshot(files.snapshot);
    return {
      state: 'good',
      what: 'snapshot',
      says: found === undefined ? 'none; the next tally counts from the start' : 'whole',
    };
  } catch (error) {
    return failed('snapshot', error);
  }
}

/** Counts again to the position of the newest report. */
async function published({ log, election }: Session): Promise<Finding> {
  const what = 'newest report';
  const report = await newestReport(log, election.id, election.contests.length);
  const position = parsePosition(report?.position ?? '');
  if (report === undefined || position === undefined)
    return { state: 'note', what, says: 'none yet', next: 'Run `livetally tally`.' };
  const { tally, life } = await countTo(log, election.id, position);
  const again = makeReport(tally, life, report.position, 0, false);
  if (again.hash === report.hash)
    return { state: 'good', what, says: `counted again to the same hash, ${report.hash.slice(0, 12)}` };
  return {
    state: 'bad',
    what,
    says: `counted again to another hash, ${again.hash.slice(0, 12)}`,
    next: 'Run `livetally recount`, then `livetally tally --rebuild`.',
  };
}

function failed(what: string, error: unknown): Finding {
  if (!(error instanceof LivetallyError)) throw error;
  return { state: 'bad', what, says: error.message, next: error.next };
}
