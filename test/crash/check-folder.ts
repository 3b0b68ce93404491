import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { openStores } from '../../src/app/compose.ts';
import type { Election } from '../../src/election/election.ts';
import { checkDatabase } from './check-database.ts';
import { checkLog, type LogFigures } from './check-log.ts';
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
export interface FolderFigures extends LogFigures {
  /** A digest of every row in the database, where there is one. */
  readonly rows: string | undefined;
}

const logger = { info: () => {}, warn: () => {}, error: () => {} };

/** Holds a data folder that no process has against everything that must be true of it at any moment. Throws what is not. */
export async function checkFolder(folder: CampaignFolder, checks: FolderChecks): Promise<FolderFigures> {
  const { election, source, complete } = checks;
  await using stores = await openStores({ data: folder.data, command: 'campaign', logger });
  const { log, files } = stores;
  const { codesFile, acknowledged } = folder;
  const { figures, ...expected } = await checkLog(log, {
    election,
    partitions: PARTITIONS,
    source,
    complete,
    codesFile,
    keyFolder: folder.data,
    acknowledged,
    snapshotFile: files.snapshot,
  });
  const { voidIssues, registeredAgain } = figures;
  // The embedded log says whether an append has happened, so nothing is ever sent again.
  assert.deepEqual({ voidIssues, registeredAgain }, { voidIssues: 0, registeredAgain: 0 });
  const hasDatabase = checks.makeDatabase || existsSync(files.database);
  const rows = hasDatabase ? await checkDatabase(await stores.database(), log, election, expected) : undefined;
  return { ...figures, rows };
}
