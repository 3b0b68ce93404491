import assert from 'node:assert/strict';
import { existsSync, copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openPostgres } from '../../src/adapters/postgres/postgres-database.ts';
import { openStores } from '../../src/app/compose.ts';
import { readSystems } from '../../src/app/systems.ts';
import type { Election } from '../../src/election/election.ts';
import type { Log } from '../../src/ports/log.ts';
import type { PostgresSettings } from '../../src/ports/postgres-settings.ts';
import { createTestDatabase } from '../test-postgres.ts';
import { untilCaughtUp } from './caught-up.ts';
import { checkDatabase, checkRows } from './check-database.ts';
import { checkLog, type CheckedLog, type LogFigures } from './check-log.ts';
import { checkPage, checkResults } from './check-results.ts';
import { exitText } from './exit-reason.ts';
import { startProduct, type ProductOptions } from './product-process.ts';

export interface SharedCheckOptions {
  readonly election: Election;
  readonly partitions: number;
  /** Of the people. */
  readonly source: string;
  /** The data folder of the processes. */
  readonly data: string;
  readonly codesFile: string;
  readonly acknowledged: string;
  readonly kafka: string;
  readonly databaseUrl: string;
}

export interface SharedFigures extends LogFigures {
  /** In `results`. */
  readonly reports: number;
  /** A digest of every row in the database. */
  readonly rows: string;
}

/** Holds what processes have put on a broker and into a server against everything that must be true. */
export interface SharedCheck {
  readonly log: Log;
  /** Resolves with how long it took until all these people have voted, and everything shows it. */
  untilCaughtUp(people: number, dashboardUrl: string): Promise<number>;
  /** While nobody appends anything. Throws what is not right. */
  run(dashboardUrl: string): Promise<SharedFigures>;
  /** Makes a database anew, after the last `run`, and compares. */
  runAnew(server: PostgresSettings): Promise<void>;
  close(): Promise<void>;
}

const logger = { info: () => {}, warn: () => {}, error: () => {} };

export async function openSharedCheck(options: SharedCheckOptions): Promise<SharedCheck> {
  const { election, partitions, source, data, codesFile, acknowledged, kafka, databaseUrl } = options;
  const systems = readSystems({ KAFKA_BOOTSTRAP_SERVERS: kafka, DATABASE_URL: databaseUrl });
  const stores = await openStores({ data, command: 'campaign', logger }, systems);
  const { log } = stores;
  let last: CheckedLog | undefined;

  return {
    log,
    async untilCaughtUp(people, dashboardUrl) {
      const database = await stores.database();
      return untilCaughtUp({ log, database, election, partitions, people, dashboardUrl });
    },
    async run(dashboardUrl) {
      const keyFolder = join(data, 'register');
      const snapshotFile = copyOf(join(data, 'tally', 'tally.snapshot'));
      const checks = { election, partitions, source, complete: true, codesFile, keyFolder, acknowledged, snapshotFile };
      const checked = await checkLog(log, checks);
      const { figures, newest } = checked;
      assert.equal(figures.counted, figures.registered, 'everybody has voted');
      assert.equal(figures.published, figures.hash, 'everything is published');
      const reports = await checkResults(log, election.id);
      const rows = await checkRows(await stores.database(), election, checked);
      await checkPage(dashboardUrl, newest!);
      last = checked;
      return { ...figures, reports, rows };
    },
    async runAnew(server) {
      const fresh = await createTestDatabase(server);
      const database = await openPostgres(fresh.settings, { logger });
      const anew = await checkDatabase(database, log, election, last!);
      await database.close();
      await fresh.drop();
      const rows = await checkDatabase(await stores.database(), log, election, last!);
      assert.equal(anew, rows, 'a database made anew has the same rows');
    },
    async close() {
      await stores[Symbol.asyncDispose]();
    },
  };
}

/** As the tally left it; the check must not change it, nor the next tally during the check. */
function copyOf(snapshot: string): string {
  const copy = `${snapshot}.checked`;
  rmSync(copy, { force: true });
  assert.ok(existsSync(snapshot), 'a tally that is asked to stop leaves a snapshot');
  copyFileSync(snapshot, copy);
  return copy;
}

/** The product's own recount says that all is well, and a database made anew has the same rows. */
export async function checkRest(recount: ProductOptions, check: SharedCheck, server: PostgresSettings): Promise<void> {
  const exit = await startProduct(recount).end;
  assert.equal(exit.code, 0, exitText(exit));
  await check.runAnew(server);
}
