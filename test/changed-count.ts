import { setTimeout as pause } from 'node:timers/promises';
import { clone } from '@bufbuild/protobuf';
import { tableFromIPC, type Utf8 } from 'apache-arrow';
import { openSession, type SparkSession } from '../src/adapters/spark/connect/session.ts';
import { RelationSchema, type Relation } from '../src/adapters/spark/connect/gen/spark-connect_pb.ts';
import { boundedPlan, followingPlan } from '../src/adapters/spark/count-plan.ts';
import { countSql, type CountSql } from '../src/adapters/spark/count-sql.ts';
import { kafkaOptions } from '../src/adapters/spark/kafka-options.ts';
import { explainInOrder } from '../src/adapters/spark/plan-order.ts';
import { prepareSession } from '../src/adapters/spark/session-settings.ts';
import type { Tally } from '../src/election/tally.ts';
import { createLifeReader } from '../src/lifecycle/life-reader.ts';
import type { Log } from '../src/ports/log.ts';
import { ClusterCells } from '../src/stages/3-tally/cluster-cells.ts';
import { countJob } from '../src/stages/3-tally/count-job.ts';
import { readWrittenCells } from '../src/stages/3-tally/written-cells.ts';
import type { Position } from '../src/topics/position.ts';
import { decodeTallyRecord, talliesTopic } from '../src/topics/tallies.ts';
import { freshId, SPARK } from './real-systems.ts';
import { sparkSettings } from './spark-cluster.ts';

/** In what a count on Spark is another than ours. */
export interface Changes {
  /** Of the source of the ballots. */
  readonly options?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, string>>;
  readonly sql?: (sql: CountSql) => CountSql;
}

/** At its end its session and all that runs in it are gone. */
export interface ChangedCount extends AsyncDisposable {
  /** The plan, unless it is refused. */
  explain(): Promise<string>;
  /** The tally of all ballots that are there, a batch after the other as whoever follows them. */
  followed(): Promise<Tally>;
  /** The tally up to a position. */
  bounded(to: Position): Promise<Tally>;
}

/** The count, or another that is made of it. */
export async function openChangedCount(
  log: Log,
  electionId: string,
  address: string,
  changes: Changes,
): Promise<ChangedCount> {
  const reader = createLifeReader(log, electionId);
  await reader.catchUp();
  const { election, partitions } = reader.life;
  const job = await countJob(log, reader.life);
  const run = freshId('changed');
  const kafka = kafkaOptions({ bootstrapServers: [address], clientId: 'livetally-test' }, address);
  const changed = (plan: Relation): Relation => withOptions(plan, changes.options ?? {});
  const sqlFor = async (repeats: boolean): Promise<CountSql> => {
    const sql = await countSql(job.rules, run, repeats);
    return changes.sql?.(sql) ?? sql;
  };
  const following = changed(followingPlan(job, await sqlFor(false), kafka));
  const topic = talliesTopic(electionId);
  const checkpointLocation = `${SPARK.checkpoints}/livetally.${electionId}/${run}`;
  await log.ensureTopics([{ name: topic, partitions: 1, retention: 'forever', compacted: true }]);

  const session = openSession(sparkSettings(), run);
  await prepareSession(session, partitions);
  if (changes.settings !== undefined) await session.setConf(changes.settings);
  return {
    explain: () => explainInOrder(session, following),
    async followed() {
      await runToEnd(session, run, following, { ...kafka, topic, checkpointLocation });
      return wholeTally((await readWrittenCells(log, reader.life, run)).cells);
    },
    async bounded(to) {
      const cells = new ClusterCells(election, partitions);
      const plan = changed(boundedPlan(job, await sqlFor(true), kafka, to));
      for await (const chunk of session.rows(plan)) {
        for (const { key, value } of tableFromIPC<{ key: Utf8; value: Utf8 }>(chunk)) {
          cells.take(decodeTallyRecord({ key, value: Buffer.from(value) })!);
        }
      }
      return wholeTally(cells);
    },
    async [Symbol.asyncDispose]() {
      await session.release();
      await session[Symbol.asyncDispose]();
    },
  };
}

function wholeTally(cells: ClusterCells): Tally {
  if (cells.unfinished.length > 0) throw new Error('The cells do not add up.');
  return cells.tally();
}

async function runToEnd(
  session: SparkSession,
  run: string,
  plan: Relation,
  options: Readonly<Record<string, string>>,
): Promise<void> {
  const query = await session.startStream({
    plan,
    format: 'kafka',
    options,
    outputMode: 'update',
    queryName: run,
    trigger: 'available-now',
  });
  while ((await session.status(query)).isActive) await pause(200);
  const failure = await session.failure(query);
  if (failure !== undefined) throw new Error(failure.message);
}

/** The plan with more options at the source of the ballots. */
function withOptions(plan: Relation, more: Readonly<Record<string, string>>): Relation {
  const changed = clone(RelationSchema, plan);
  let isChanged = false;
  for (const { relType } of relationsIn(changed)) {
    const source = relType.case === 'read' ? relType.value.readType.value : undefined;
    if (source?.options['assign'] === undefined) continue;
    Object.assign(source.options, more);
    isChanged = true;
  }
  if (!isChanged) throw new Error('The plan reads no ballots.');
  return changed;
}

function* relationsIn(relation: Relation): Generator<Relation> {
  yield relation;
  const { case: kind, value } = relation.relType;
  if (kind === 'withRelations') {
    for (const inner of [value.root, ...value.references]) if (inner !== undefined) yield* relationsIn(inner);
  } else if (kind === 'subqueryAlias' || kind === 'deduplicate') {
    if (value.input !== undefined) yield* relationsIn(value.input);
  }
}
