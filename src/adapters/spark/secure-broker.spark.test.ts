import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshId, need, SPARK } from '../../../test/real-systems.ts';
import { removeCheckpoints, sparkSettings } from '../../../test/spark-cluster.ts';
import { smallElection } from '../../../test/small-election.ts';
import { tallyDifferences } from '../../../test/tally-differences.ts';
import { readKafkaSettings } from '../../app/kafka-environment.ts';
import type { Serial } from '../../election/ids.ts';
import { defineElection } from '../../lifecycle/define.ts';
import { openClusterEngine } from '../../stages/3-tally/cluster-engine.ts';
import { countJob } from '../../stages/3-tally/count-job.ts';
import { countTo } from '../../stages/3-tally/count-to.ts';
import { ballotLine } from '../../topics/ballots.ts';
import { encodeEvent } from '../../topics/events.ts';
import { topicName } from '../../topics/topics.ts';
import { openKafkaLog } from '../kafka/kafka-log.ts';
import { openSparkCluster } from './spark-cluster.ts';

const address = process.env['LIVETALLY_TEST_KAFKA_SECURE'] ?? '';
const folder = process.env['LIVETALLY_TEST_KAFKA_SECURE_DIR'] ?? '';
const isThere = need({ spark: true }, 'no cluster read from a broker with TLS and passwords') && address !== '';

describe.skipIf(!isThere)('a broker with TLS and passwords', () => {
  it.each(['PLAIN', 'SCRAM-SHA-512'])(
    '[E1] [E7] the cluster reads and writes with a password by %s, and no plan shows it',
    async (mechanism) => {
      const broker = readKafkaSettings({
        KAFKA_BOOTSTRAP_SERVERS: address,
        KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
        KAFKA_SASL_MECHANISM: mechanism,
        KAFKA_SASL_USERNAME: readFileSync(join(folder, 'username'), 'utf8').trim(),
        KAFKA_SASL_PASSWORD_FILE: join(folder, 'password'),
        KAFKA_TLS_CA_FILE: join(folder, 'ca.pem'),
      })!;
      const log = await openKafkaLog(broker);
      const settings = { connect: sparkSettings(), checkpoints: SPARK.checkpoints, kafkaBootstrapServers: address };
      const cluster = openSparkCluster(settings, broker);
      const { id } = smallElection({ id: freshId('secure') });
      const reader = await defineElection(log, smallElection({ id }), 1);
      const runs = [[0, 10, 'n1', '65+|f']] as const;
      const issued = encodeEvent({ type: 'issued', at: reader.position, source: 'test', upTo: 10, runs });
      await log.append(topicName(id, 'events'), 0, [{ value: issued }]);
      const lines = [0, 1, 1, 12].map((serial) => ballotLine(serial as Serial, 'n1', '65+|f', [['mayor', ['ann']]]));
      await log.append(topicName(id, 'ballots'), 0, [{ value: Buffer.from(lines.join('\n')) }]);

      const engine = await openClusterEngine(log, id, cluster, { follow: true });
      while (engine.position.ballots[0]! < 1) await engine.step(250);
      const { tally } = await countTo(log, id, engine.position);
      expect(tallyDifferences(engine.tally(), tally)).toEqual([]);
      expect(tally.outcomes).toMatchObject({ counted: 2, repeat: 1, invalid: 1 });
      expect(await cluster.explain(await countJob(log, engine.life))).not.toContain(broker.sasl!.password);

      await engine.close();
      await cluster.close();
      await log.close();
      await removeCheckpoints(id);
    },
    120_000,
  );
});
