import type { CountJob } from '../../ports/cluster.ts';
import type { Position } from '../../topics/position.ts';
import { topicName } from '../../topics/topics.ts';
import type { Relation } from './connect/gen/spark-connect_pb.ts';
import type { CountSql } from './count-sql.ts';
import { firstOfEach, kafkaRecords, sqlOver } from './relations.ts';

/** How the cluster reaches the brokers: options of Spark's Kafka source and sink, such as `kafka.bootstrap.servers`. */
export type KafkaOptions = Readonly<Record<string, string>>;

/** Lines that a batch should have: fewer cost as much fixed work, more make the batch long. */
const BATCH_LINES = 100_000;

/**
 * What follows the log: records of `tallies`. The first ballot of a serial counts because Spark hands the lines of a
 * partition on in the order in which it reads them. So a partition must stay one task: `minPartitions` and
 * `maxRecordsPerPartition` would cut it up. `linesPerRecord` decides the size of a batch.
 */
export function followingPlan(job: CountJob, sql: CountSql, kafka: KafkaOptions, linesPerRecord = 1): Relation {
  const records = kafkaRecords(
    {
      ...kafka,
      assign: ourPartitions(job),
      startingOffsets: 'earliest',
      maxOffsetsPerTrigger: String(Math.max(job.rules.partitions, Math.round(BATCH_LINES / linesPerRecord))),
    },
    true,
  );
  // Read anew for each batch, after the batch's ballots are fixed: an issue that was there before a ballot is seen.
  const events = kafkaRecords({ ...kafka, subscribe: eventsOf(job), startingOffsets: 'earliest' }, false);
  const ballots = firstOfEach(sqlOver(sql.lines, { records, events }), 'id');
  return sqlOver(sql.records, { cells: sqlOver(sql.cells, { ballots }) });
}

/** What counts up to a position: the same records, as rows. */
export function boundedPlan(job: CountJob, sql: CountSql, kafka: KafkaOptions, to: Position): Relation {
  const ballots = topicName(job.rules.election.id, 'ballots');
  const records = kafkaRecords(
    {
      ...kafka,
      assign: ourPartitions(job),
      startingOffsets: 'earliest',
      endingOffsets: offsets(ballots, to.ballots),
    },
    false,
  );
  const topic = eventsOf(job);
  const events = kafkaRecords(
    { ...kafka, subscribe: topic, startingOffsets: 'earliest', endingOffsets: offsets(topic, [to.events]) },
    false,
  );
  const lines = sqlOver(sql.lines, { records, events });
  return sqlOver(sql.records, { cells: sqlOver(sql.cells, { ballots: sqlOver(sql.first, { lines }) }) });
}

/** Not those that somebody added: no ballot belongs there. */
function ourPartitions({ rules }: CountJob): string {
  const partitions = Array.from({ length: rules.partitions }, (_, partition) => partition);
  return JSON.stringify({ [topicName(rules.election.id, 'ballots')]: partitions });
}

function eventsOf({ rules }: CountJob): string {
  return topicName(rules.election.id, 'events');
}

function offsets(topic: string, ends: readonly number[]): string {
  return JSON.stringify({ [topic]: Object.fromEntries(ends.map((end, partition) => [partition, end])) });
}
