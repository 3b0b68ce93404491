import { tableFromIPC, type Utf8 } from 'apache-arrow';
import type { Cluster, ClusterRun, CountJob } from '../../ports/cluster.ts';
import type { KafkaSettings } from '../../ports/kafka-settings.ts';
import type { SparkCluster } from '../../ports/spark-settings.ts';
import type { Position } from '../../topics/position.ts';
import { decodeTallyRecord, talliesTopic, type TallyRecord } from '../../topics/tallies.ts';
import type { Relation } from './connect/gen/spark-connect_pb.ts';
import { openSession, type SparkSession, type StreamStart } from './connect/session.ts';
import { boundedPlan, followingPlan, type KafkaOptions } from './count-plan.ts';
import { countSql, type CountSql } from './count-sql.ts';
import { kafkaOptions } from './kafka-options.ts';
import { explainInOrder } from './plan-order.ts';
import { runIdentity } from './run-identity.ts';
import { prepareSession } from './session-settings.ts';
import { requireWork } from './small-jobs.ts';
import { adoptOrStart } from './spark-run.ts';
import { runningProgress } from './run-progress.ts';

/** Spark, over Spark Connect, with the brokers that it reads from. Opening it asks for nothing yet. */
export function openSparkCluster(settings: SparkCluster, broker: KafkaSettings): Cluster {
  const { connect, checkpoints } = settings;
  const kafka = kafkaOptions(broker, settings.kafkaBootstrapServers);
  const sessions = new Map<string, SparkSession>();

  /** One an election: another broker may have one of the same name, so it goes by the id of its events. Whatever else is made anew is still of it. */
  function sessionOf({ rules, topicIds }: CountJob): SparkSession {
    const name = `livetally.${rules.election.id}.${topicIds.events}`;
    const session = sessions.get(name) ?? openSession(connect, name);
    sessions.set(name, session);
    return session;
  }

  /** One that is set as a count needs it, of a cluster that can work. */
  async function workingSession(job: CountJob): Promise<{ readonly session: SparkSession; readonly version: string }> {
    const session = sessionOf(job);
    const version = await prepareSession(session, job.rules.partitions);
    await requireWork(session, job, kafka);
    return { session, version };
  }

  async function following(job: CountJob): Promise<{ readonly sql: CountSql; readonly plan: Relation }> {
    const sql = await countSql(job.rules, await runIdentity(job), false);
    return { sql, plan: followingPlan(job, sql, kafka) };
  }

  return {
    runOf: runIdentity,

    async explain(job) {
      const { session } = await workingSession(job);
      const { sql, plan } = await following(job);
      return `${Object.values(sql).join('\n')}\n${await explainInOrder(session, plan)}`;
    },

    async check(job) {
      const { session, version } = await workingSession(job);
      await explainInOrder(session, (await following(job)).plan);
      return `Spark ${version} at ${connect.host}:${connect.port} can count`;
    },

    async follow(job, linesPerRecord): Promise<ClusterRun> {
      const session = sessionOf(job);
      await prepareSession(session, job.rules.partitions);
      const id = await runIdentity(job);
      const plan = followingPlan(job, await countSql(job.rules, id, false), kafka, linesPerRecord);
      const start = startOf({ plan, election: job.rules.election.id, id, kafka, checkpoints });
      return adoptOrStart(session, id, start, () => requireWork(session, job, kafka));
    },

    async progress(job) {
      return runningProgress(sessionOf(job), await runIdentity(job));
    },

    async *count(job: CountJob, to: Position, signal?: AbortSignal): AsyncGenerator<TallyRecord> {
      const { session } = await workingSession(job);
      const sql = await countSql(job.rules, await runIdentity(job), true);
      for await (const chunk of session.rows(boundedPlan(job, sql, kafka, to), signal)) yield* recordsIn(chunk);
    },

    async close() {
      for (const session of sessions.values()) await session[Symbol.asyncDispose]();
      sessions.clear();
    },
  };
}

interface RunToStart {
  readonly plan: Relation;
  readonly election: string;
  readonly id: string;
  readonly kafka: KafkaOptions;
  readonly checkpoints: string;
}

function startOf({ plan, election, id, kafka, checkpoints }: RunToStart): StreamStart {
  const checkpointLocation = `${checkpoints}/livetally.${election}/${id}`;
  const options = { ...kafka, topic: talliesTopic(election), checkpointLocation };
  return { plan, format: 'kafka', options, outputMode: 'update', queryName: id };
}

function* recordsIn(chunk: Uint8Array): Generator<TallyRecord> {
  for (const { key, value } of tableFromIPC<{ key: Utf8; value: Utf8 }>(chunk)) {
    const record = decodeTallyRecord({ key, value: Buffer.from(value) });
    if (record !== undefined) yield record;
  }
}
