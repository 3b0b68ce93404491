import { tableFromIPC, type Utf8 } from 'apache-arrow';
import type { Cluster, ClusterRun, CountJob } from '../../ports/cluster.ts';
import type { KafkaSettings } from '../../ports/kafka-settings.ts';
import type { SparkCluster } from '../../ports/spark-settings.ts';
import type { Position } from '../../topics/position.ts';
import { decodeTallyRecord, talliesTopic, type TallyRecord } from '../../topics/tallies.ts';
import { openSession, type SparkSession } from './connect/session.ts';
import { boundedPlan, followingPlan } from './count-plan.ts';
import { countSql } from './count-sql.ts';
import { requireCores } from './free-cores.ts';
import { kafkaOptions } from './kafka-options.ts';
import { runIdentity } from './run-identity.ts';
import { prepareSession } from './session-settings.ts';
import { startRun } from './spark-run.ts';

/** Spark, over Spark Connect, with the brokers that it reads from. Opening it asks for nothing yet. */
export function openSparkCluster(settings: SparkCluster, broker: KafkaSettings): Cluster {
  const { connect, checkpoints } = settings;
  const kafka = kafkaOptions(broker, settings.kafkaBootstrapServers);
  const sessions = new Map<string, SparkSession>();

  /** One a purpose: what a stream is set to is not what a batch is set to. */
  function sessionOf(name: string): SparkSession {
    const session = sessions.get(name) ?? openSession(connect, name);
    sessions.set(name, session);
    return session;
  }

  async function prepared(purpose: 'count' | 'recount', { rules }: CountJob): Promise<SparkSession> {
    const session = sessionOf(`livetally.${rules.election.id}.${purpose}`);
    await prepareSession(session, rules.partitions);
    return session;
  }

  return {
    runOf: runIdentity,

    async explain(job) {
      const session = await prepared('count', job);
      const sql = await countSql(job.rules, await runIdentity(job), false);
      const plan = await session.explain(followingPlan(job, sql, kafka), 'simple');
      return `${Object.values(sql).join('\n')}\n${plan}`;
    },

    async follow(job): Promise<ClusterRun> {
      const session = await prepared('count', job);
      const id = await runIdentity(job);
      const election = job.rules.election.id;
      return startRun(session, id, {
        plan: followingPlan(job, await countSql(job.rules, id, false), kafka),
        format: 'kafka',
        options: {
          ...kafka,
          topic: talliesTopic(election),
          checkpointLocation: `${checkpoints}/livetally.${election}/${id}`,
        },
        outputMode: 'update',
        queryName: id,
      });
    },

    async *count(job: CountJob, to: Position, signal?: AbortSignal): AsyncGenerator<TallyRecord> {
      const session = await prepared('recount', job);
      await requireCores(session);
      const sql = await countSql(job.rules, await runIdentity(job), true);
      for await (const chunk of session.rows(boundedPlan(job, sql, kafka, to), signal)) yield* recordsIn(chunk);
    },

    async close() {
      for (const session of sessions.values()) await session[Symbol.asyncDispose]();
      sessions.clear();
    },
  };
}

function* recordsIn(chunk: Uint8Array): Generator<TallyRecord> {
  for (const { key, value } of tableFromIPC<{ key: Utf8; value: Utf8 }>(chunk)) {
    const record = decodeTallyRecord({ key, value: Buffer.from(value) });
    if (record !== undefined) yield record;
  }
}
