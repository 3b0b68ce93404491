import { LivetallyError } from '../../error.ts';
import type { CountJob } from '../../ports/cluster.ts';
import { topicName } from '../../topics/topics.ts';
import { sparkErrorOf } from './connect/errors.ts';
import type { SparkSession } from './connect/session.ts';
import type { KafkaOptions } from './count-plan.ts';
import { kafkaRecords, sqlOver } from './relations.ts';

/** Less than the patience with which a small job is waited for: Spark's own is three minutes. */
const PATIENCE_MS = '4000';
const QUICK: KafkaOptions = {
  'kafka.request.timeout.ms': PATIENCE_MS,
  'kafka.default.api.timeout.ms': PATIENCE_MS,
  'kafkaConsumer.pollTimeoutMs': PATIENCE_MS,
  'fetchOffset.numRetries': '1',
};

/** Lets the cluster read one event: its driver asks the brokers where they end, an executor fetches it. Throws LT_SPARK_AWAY, LT_SPARK. */
export async function requireBrokers(
  session: SparkSession,
  { rules }: CountJob,
  kafka: KafkaOptions,
  signal: AbortSignal,
): Promise<void> {
  const subscribe = topicName(rules.election.id, 'events');
  const events = kafkaRecords({ ...kafka, ...QUICK, subscribe, startingOffsets: 'earliest' }, false);
  const servers = kafka['kafka.bootstrap.servers'] ?? '';
  try {
    for await (const _chunk of session.rows(sqlOver('SELECT `offset` FROM events LIMIT 1', { events }), signal));
  } catch (error) {
    if (signal.aborted) throw unreached(servers, 'no answer', error);
    const { kind, errorClass, causes = [] } = sparkErrorOf(error) ?? {};
    if (kind === 'no-connector') throw noConnector(errorClass ?? causes.join(', '), error);
    const named = causes.filter((name) => name.startsWith('org.apache.kafka.'));
    if (kind !== 'failed' || named.length === 0) throw error;
    if (named.some((name) => AWAY.test(name))) throw unreached(servers, named.join(', '), error);
    throw refused(servers, named.join(', '), error);
  }
}

/** The second is what a name that nobody knows comes to. */
const AWAY = /\.(?:TimeoutException|DisconnectException|ConfigException)$/;

function noConnector(why: string, cause: unknown): LivetallyError {
  return new LivetallyError('LT_SPARK', `The Spark cluster lacks its connector to Kafka: ${why}.`, {
    next: 'Put the jars of the connector, of the version of Spark, among the jars of Spark on each of its machines: docs/spark.md names them.',
    cause,
  });
}

function unreached(servers: string, why: string, cause: unknown): LivetallyError {
  return new LivetallyError('LT_SPARK_AWAY', `The Spark cluster does not reach Kafka at ${servers}: ${why}.`, {
    next: 'SPARK_KAFKA_BOOTSTRAP_SERVERS says where the brokers are for the machines of the cluster (else KAFKA_BOOTSTRAP_SERVERS does), and their advertised.listeners must be reachable from there.',
    cause,
  });
}

function refused(servers: string, why: string, cause: unknown): LivetallyError {
  return new LivetallyError('LT_SPARK', `The Spark cluster cannot read from Kafka at ${servers}: ${why}.`, {
    next: 'It uses the KAFKA_ settings of this process: check that they are right for SPARK_KAFKA_BOOTSTRAP_SERVERS too. docs/spark.md says what is handed on.',
    cause,
  });
}
