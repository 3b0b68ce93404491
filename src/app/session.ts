import { existsSync } from 'node:fs';
import type { Election } from '../election/election.ts';
import { LivetallyError } from '../error.ts';
import { defineElection } from '../lifecycle/define.ts';
import { createLifeReader, type LifeReader } from '../lifecycle/life-reader.ts';
import type { Logger } from '../ports/effects.ts';
import type { Log } from '../ports/log.ts';
import { DEFAULT_PARTITIONS } from '../topics/topics.ts';
import { dataFiles, openStores, type Stores } from './compose.ts';
import { chooseElection, keepElection, keptElection } from './load-election.ts';

/** A data folder with an election in it: what nearly every command works on. */
export interface Session extends Stores {
  readonly election: Election;
  /** Caught up when the session was opened. */
  readonly reader: LifeReader;
}

export interface SessionOptions {
  readonly data: string;
  /** The name of the command, for whoever finds the folder taken. */
  readonly command: string;
  readonly logger: Logger;
}

/**
 * Defines the election if the folder has none, else checks that it is the same one. Without `partitions` it has as many
 * as before. Throws LT_ELECTION_FROZEN.
 */
export async function openDefinedSession(
  options: SessionOptions & { readonly electionFile: string | undefined; readonly partitions: number | undefined },
): Promise<Session> {
  return withStores(options, async (stores) => {
    const election = await chooseElection(options.electionFile, stores.files.election);
    const partitions = options.partitions ?? (await definedPartitions(stores.log, election.id)) ?? DEFAULT_PARTITIONS;
    const reader = await defineElection(stores.log, election, partitions);
    await keepElection(stores.files.election, election);
    return { ...stores, election, reader };
  });
}

/** For commands that only look: nothing is created. Throws LT_NO_ELECTION. */
export async function openExistingSession(options: SessionOptions): Promise<Session> {
  if (!existsSync(dataFiles(options.data).election)) throw noElection(options.data);
  return withStores(options, async (stores) => {
    const election = await keptElection(stores.files.election);
    if (election === undefined) throw noElection(options.data);
    const reader = createLifeReader(stores.log, election.id);
    await reader.catchUp();
    return { ...stores, election: reader.life.election, reader };
  });
}

async function definedPartitions(log: Log, electionId: string): Promise<number | undefined> {
  const reader = createLifeReader(log, electionId);
  return (await reader.catchUp(1)) === 0 ? undefined : reader.life.partitions;
}

async function withStores(options: SessionOptions, work: (stores: Stores) => Promise<Session>): Promise<Session> {
  const stores = await openStores(options.data, options.command, options.logger);
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
