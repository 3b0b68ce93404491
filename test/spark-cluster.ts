import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openSession } from '../src/adapters/spark/connect/session.ts';
import { openSparkCluster } from '../src/adapters/spark/spark-cluster.ts';
import type { Cluster } from '../src/ports/cluster.ts';
import type { Log } from '../src/ports/log.ts';
import type { SparkSettings } from '../src/ports/spark-settings.ts';
import { topicName } from '../src/topics/topics.ts';
import { SPARK } from './real-systems.ts';

export interface ClusterOfTest extends AsyncDisposable {
  readonly cluster: Cluster;
}

/** Where the cluster is that the environment names. */
export function sparkSettings(): SparkSettings {
  const { hostname, port } = new URL(SPARK.remote.replace(/^sc:/, 'http:'));
  return { host: hostname, port: Number(port), tls: false, token: SPARK.token, user: 'livetally-test' };
}

/** The cluster that the environment names, for one election on the broker at `address`; at its end its checkpoints are gone. */
export function sparkCluster(address: string, electionId: string): ClusterOfTest {
  const cluster = openSparkCluster(
    { connect: sparkSettings(), checkpoints: SPARK.checkpoints, kafkaBootstrapServers: address },
    { bootstrapServers: [address], clientId: 'livetally-test' },
  );
  return {
    cluster,
    async [Symbol.asyncDispose]() {
      await cluster.close();
      await removeCheckpoints(electionId);
    },
  };
}

/** What counts of the election have left behind, if they left it on this machine. */
export async function removeCheckpoints(electionId: string): Promise<void> {
  if (!SPARK.checkpoints.startsWith('file:')) return;
  await rm(fileURLToPath(`${SPARK.checkpoints}/livetally.${electionId}`), { recursive: true, force: true });
}

/** Under which the cluster counts an election. */
export async function sessionName(log: Log, electionId: string): Promise<string> {
  return `livetally.${electionId}.${await log.topicId(topicName(electionId, 'events'))}`;
}

/** Names of the counts of an election that follow its log on the cluster. */
export async function runningCounts(log: Log, electionId: string): Promise<string[]> {
  await using session = openSession(sparkSettings(), await sessionName(log, electionId));
  return (await session.activeQueries()).map(({ name }) => name ?? '');
}
