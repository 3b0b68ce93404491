import { existsSync } from 'node:fs';
import { openStores } from '../../src/app/compose.ts';
import { openVotingKey } from '../../src/app/voting-key.ts';
import { createVotingCodes } from '../../src/election/code.ts';
import type { Election } from '../../src/election/election.ts';
import { checkAcknowledged, checkCount, checkNewestReport } from './check-ballots.ts';
import { checkDatabase } from './check-database.ts';
import { checkAllRegistered, checkCodes, checkRegistered } from './check-roll.ts';
import { countPlainly, ownersOf, readPlainLog } from './plain-log.ts';
import { PARTITIONS } from './victim.ts';

/** Where a campaign has what. */
export interface CampaignFolder {
  readonly data: string;
  readonly codesFile: string;
  /** A folder, in it a file for each victim: the lines that it was answered for. */
  readonly acknowledged: string;
}

export interface FolderChecks {
  readonly election: Election;
  /** Of the people. */
  readonly source: string;
  /** All are registered. */
  readonly complete: boolean;
  /** Make the database if there is none. */
  readonly makeDatabase: boolean;
}

/** Figures of a folder in which all is well. */
export interface FolderFigures {
  readonly registered: number;
  readonly acknowledged: number;
  readonly lines: number;
  readonly counted: number;
  readonly repeat: number;
  readonly invalid: number;
  /** Of the count up to the end of the log. */
  readonly hash: string;
  /** Of the newest report. */
  readonly published: string | undefined;
  /** A digest of every row in the database, where there is one. */
  readonly rows: string | undefined;
}

const logger = { info: () => {}, warn: () => {}, error: () => {} };

/** Holds a data folder that no process has against everything that must be true of it at any moment. Throws what is not. */
export async function checkFolder(folder: CampaignFolder, checks: FolderChecks): Promise<FolderFigures> {
  const { election, source } = checks;
  await using stores = await openStores({ data: folder.data, command: 'campaign', logger });
  const { log, files } = stores;
  const plain = await readPlainLog(log, election.id, PARTITIONS);
  const owners = ownersOf(plain.events);
  checkRegistered(plain, owners, source);
  if (checks.complete) checkAllRegistered(plain, owners);
  if (plain.voters.length > 0) {
    const codes = createVotingCodes(election.id, await openVotingKey(folder.data, {}));
    checkCodes(folder.codesFile, codes, plain, owners);
  }
  const acknowledged = checkAcknowledged(folder.acknowledged, plain);
  const count = countPlainly(plain, owners);
  const { hash } = await checkCount(log, election, files.snapshot, count);
  const newest = await checkNewestReport(log, election);
  const hasDatabase = checks.makeDatabase || existsSync(files.database);
  const rows = hasDatabase
    ? await checkDatabase(await stores.database(), log, election, plain, owners.size, newest)
    : undefined;
  const { lines, counted, repeat, invalid } = count;
  const figures = { registered: plain.voters.length, acknowledged, lines, counted, repeat, invalid };
  return { ...figures, hash, published: newest?.hash, rows };
}
