import { existsSync } from 'node:fs';
import type { Election } from '../election/election.ts';
import { LivetallyError } from '../error.ts';
import { defineElection } from '../lifecycle/define.ts';
import { electionIds } from '../lifecycle/elections.ts';
import { createLifeReader, type LifeReader } from '../lifecycle/life-reader.ts';
import { requireTopics } from '../lifecycle/topics-fit.ts';
import type { Log } from '../ports/log.ts';
import { DEFAULT_PARTITIONS } from '../topics/topics.ts';
import { dataFiles, openStores, type Stores, type StoresOptions } from './compose.ts';
import { DEMO_FILE, keepElection, keptElection, loadElection } from './load-election.ts';
import { readSystems } from './systems.ts';

/** A log with an election in it: what nearly every command works on. */
export interface Session extends Stores {
  readonly election: Election;
  /** Caught up when the session was opened. */
  readonly reader: LifeReader;
}

export interface SessionOptions extends StoresOptions {
  /** Which election, where the log holds several. */
  readonly electionId?: string | undefined;
}

/**
 * Defines the election if the log has none, else checks that it is the same one. Without `partitions` it has as many
 * as before. Throws LT_ELECTION_FROZEN, LT_LOG_MISMATCH.
 */
export async function openDefinedSession(
  options: SessionOptions & { readonly electionFile: string | undefined; readonly partitions: number | undefined },
): Promise<Session> {
  return withStores(options, async (stores) => {
    const { log } = stores;
    const election = await electionToDefine(stores, options);
    const partitions = options.partitions ?? (await definedPartitions(log, election.id)) ?? DEFAULT_PARTITIONS;
    const reader = await defineElection(log, election, partitions, options.logger);
    // On a broker the log itself is where the others look.
    if (isEmbedded(stores)) await keepElection(stores.files.election, election);
    return { ...stores, election, reader };
  });
}

/** For commands that only look: nothing is created. Throws LT_NO_ELECTION, LT_LOG_MISMATCH. */
export async function openExistingSession(options: SessionOptions): Promise<Session> {
  const systems = readSystems();
  if (systems.log === 'embedded' && !existsSync(dataFiles(options.data).election)) throw noElection(options.data);
  return withStores(options, async (stores) => {
    const id = options.electionId ?? (await keptId(stores)) ?? (await onlyElection(stores));
    const reader = createLifeReader(stores.log, id);
    await reader.catchUp();
    await requireTopics(stores.log, reader.life, options.logger);
    return { ...stores, election: reader.life.election, reader };
  });
}

/** That of the file, else the one that the data folder or the log holds, else the demo. */
async function electionToDefine(
  stores: Stores,
  { electionFile, electionId }: { readonly electionFile: string | undefined; readonly electionId?: string | undefined },
): Promise<Election> {
  if (electionFile !== undefined) return loadElection(electionFile);
  const kept = isEmbedded(stores) ? await keptElection(stores.files.election) : undefined;
  if (kept !== undefined) return kept;
  const ids = isEmbedded(stores) ? [] : await electionIds(stores.log);
  const id = electionId ?? (ids.length === 0 ? undefined : theOnly(ids));
  if (id !== undefined && ids.includes(id)) {
    const reader = createLifeReader(stores.log, id);
    if ((await reader.catchUp()) > 0) return reader.life.election;
  }
  const demo = await loadElection(DEMO_FILE);
  if (id === undefined || id === demo.id) return demo;
  throw new LivetallyError('LT_NO_ELECTION', `The log holds no election ${id}.`, {
    next: 'To define it, name its file with --election.',
  });
}

async function keptId({ files, systems }: Stores): Promise<string | undefined> {
  return systems.log === 'embedded' ? (await keptElection(files.election))?.id : undefined;
}

async function onlyElection({ log, systems, folder }: Stores): Promise<string> {
  const ids = await electionIds(log);
  if (ids.length === 0) throw systems.log === 'embedded' ? noElection(folder.path) : noElectionOnBroker();
  return theOnly(ids);
}

function theOnly(ids: readonly string[]): string {
  if (ids.length === 1) return ids[0]!;
  throw new LivetallyError('LT_USAGE', `The log holds ${ids.length} elections: ${ids.join(', ')}.`, {
    next: 'Name one with --election-id or LIVETALLY_ELECTION_ID.',
  });
}

function isEmbedded({ systems }: Stores): boolean {
  return systems.log === 'embedded';
}

async function definedPartitions(log: Log, electionId: string): Promise<number | undefined> {
  const reader = createLifeReader(log, electionId);
  return (await reader.catchUp(1)) === 0 ? undefined : reader.life.partitions;
}

async function withStores(options: StoresOptions, work: (stores: Stores) => Promise<Session>): Promise<Session> {
  const stores = await openStores(options);
  try {
    return await work(stores);
  } catch (error) {
    await stores[Symbol.asyncDispose]();
    throw error;
  }
}

function noElection(data: string): LivetallyError {
  return new LivetallyError('LT_NO_ELECTION', `There is no election in the folder ${data}.`, {
    next: 'Start one with `livetally start` or `livetally register`, or name another folder with --data.',
  });
}

function noElectionOnBroker(): LivetallyError {
  return new LivetallyError('LT_NO_ELECTION', 'There is no election on this broker yet.', {
    next: 'Define one with `livetally register`, or check KAFKA_BOOTSTRAP_SERVERS.',
  });
}
