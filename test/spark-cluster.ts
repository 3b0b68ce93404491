import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openSparkCluster } from '../src/adapters/spark/spark-cluster.ts';
import type { Cluster } from '../src/ports/cluster.ts';
import { SPARK } from './real-systems.ts';

export interface ClusterOfTest extends AsyncDisposable {
  readonly cluster: Cluster;
}

/** The cluster that the environment names; it reads from the broker at `address`. */
export function sparkCluster(address: string): ClusterOfTest {
  const { hostname, port } = new URL(SPARK.remote.replace(/^sc:/, 'http:'));
  const connect = { host: hostname, port: Number(port), tls: false, token: SPARK.token, user: 'livetally-test' };
  const cluster = openSparkCluster(
    { connect, checkpoints: SPARK.checkpoints, kafkaBootstrapServers: address },
    { bootstrapServers: [address], clientId: 'livetally-test' },
  );
  return { cluster, [Symbol.asyncDispose]: () => cluster.close() };
}

/** What counts of the election have left behind, if they left it on this machine. */
export async function removeCheckpoints(electionId: string): Promise<void> {
  if (!SPARK.checkpoints.startsWith('file:')) return;
  await rm(fileURLToPath(`${SPARK.checkpoints}/livetally.${electionId}`), { recursive: true, force: true });
}
