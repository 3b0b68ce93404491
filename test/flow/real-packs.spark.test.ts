import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../../src/adapters/postgres/postgres-database.ts';
import { readPostgresSettings } from '../../src/app/postgres-environment.ts';
import { importPack } from '../../src/packs/import-pack.ts';
import { writePack } from '../../src/packs/pack-folder.ts';
import { totalBallots, type Pack } from '../../src/packs/pack.ts';
import { newestReport } from '../../src/stages/4-publish/newest-report.ts';
import { BROKERS, brokerLog, freshId, need, ownDatabase, SPARK } from '../real-systems.ts';
import { expectInDatabase } from '../results-in-database.ts';
import { samplePack } from '../sample-pack.ts';
import { removeCheckpoints, runningCounts, sparkSettings } from '../spark-cluster.ts';
import { livetally, scratch } from './livetally.ts';

const isThere = need({ broker: true, database: true, spark: true }, 'no real election was counted on a cluster');
const FOLDER = resolve(import.meta.dirname, '../..', process.env['LIVETALLY_PACKS'] ?? '../shared/packs');
const COHORTS = 'germany-2025-party-by-land-age-sex.csv';
const PACKS: readonly (readonly [name: string, make: () => Pack])[] = [
  ['the sample pack', samplePack],
  ...(existsSync(join(FOLDER, COHORTS)) ? [['Bremen', bremen] as const] : []),
];
if (PACKS.length === 1) console.warn(`SKIPPED: Bremen on Spark, LIVETALLY_PACKS names no folder with ${COHORTS}.`);

const { path, remove } = scratch();
afterAll(remove);

function bremen(): Pack {
  return importPack({ name: COHORTS, bytes: readFileSync(join(FOLDER, COHORTS)) }, { land: 'HB' });
}

interface Replayed {
  readonly equal: boolean;
  readonly recount: string;
  readonly comparison: { readonly differences: readonly unknown[] };
}

describe.skipIf(!isThere)('with Kafka, Spark and PostgreSQL', () => {
  const address = BROKERS[0]?.address ?? '';

  it.each(PACKS)(
    '[I10] [L9] %s is replayed to its official figures, as on one process, and nothing of it runs on',
    async (_name, make) => {
      const whole = make();
      const pack = { ...whole, election: { ...whole.election, id: freshId('replayed') } };
      const { id } = pack.election;
      const folder = path(id);
      await writePack(pack, folder);
      const embedded = await replayed(folder, {});
      await using under = await brokerLog(address, id);
      const own = await ownDatabase();
      const env = {
        KAFKA_BOOTSTRAP_SERVERS: address,
        DATABASE_URL: own.url,
        LIVETALLY_ELECTION_ID: id,
        LIVETALLY_DATA: path(`data-${id}`),
        SPARK_REMOTE: `${SPARK.remote}/;user_id=${sparkSettings().user}`,
        SPARK_CONNECT_TOKEN: SPARK.token,
        SPARK_CHECKPOINTS: SPARK.checkpoints,
      };
      try {
        const onSpark = await replayed(folder, env);
        expect(onSpark.recount).toBe(embedded.recount);
        const report = await newestReport(under.log, id, pack.election.contests.length);
        expect(report).toMatchObject({
          hash: embedded.recount,
          run: expect.stringMatching(/^[0-9a-f]{16}$/),
          provisional: false,
          status: 'unofficial-complete',
          counts: { outcomes: { counted: totalBallots(pack), repeat: 0, invalid: 0, late: 0 } },
        });
        expect(await runningCounts(under.log, id)).toEqual([]);

        const recounted = await livetally(['recount', '--json'], { env });
        const { hash } = report!;
        expect(JSON.parse(recounted.out)).toMatchObject({ equal: true, cluster: hash, tally: hash, recount: hash });
        const projected = await livetally(['project'], { env });
        expect(projected).toMatchObject({ code: 0 });
        const database = await openPostgres(readPostgresSettings(env)!);
        expect(await expectInDatabase(database, report!, pack.election)).toBeGreaterThan(0);
        await database.close();
      } finally {
        await own.drop();
        await removeCheckpoints(id);
      }
    },
    300_000,
  );
});

async function replayed(folder: string, env: Readonly<Record<string, string>>): Promise<Replayed> {
  const { code, out, err } = await livetally(['replay', folder, '--json'], { env });
  expect({ code, err }).toMatchObject({ code: 0 });
  const result = JSON.parse(out) as Replayed;
  expect(result).toMatchObject({ equal: true, comparison: { differences: [] } });
  return result;
}
