import { create } from '@bufbuild/protobuf';
import { RelationSchema, type Relation } from './connect/gen/spark-connect_pb.ts';

/** The few relations that a count is made of; everything else is SQL over them. */

/** Records of a Kafka topic. `options` are those of Spark's Kafka source. */
export function kafkaRecords(options: Readonly<Record<string, string>>, isStreaming: boolean): Relation {
  const readType = { case: 'dataSource', value: { format: 'kafka', options } } as const;
  return create(RelationSchema, { relType: { case: 'read', value: { readType, isStreaming } } });
}

/** A statement over frames, each under the name by which the statement calls it. */
export function sqlOver(query: string, frames: Readonly<Record<string, Relation>>): Relation {
  const references = Object.entries(frames).map(([alias, input]) =>
    create(RelationSchema, { relType: { case: 'subqueryAlias', value: { input, alias } } }),
  );
  const root = create(RelationSchema, { relType: { case: 'sql', value: { query } } });
  return create(RelationSchema, { relType: { case: 'withRelations', value: { root, references } } });
}

/** The first row of each value of the column, as the rows come. */
export function firstOfEach(input: Relation, column: string): Relation {
  return create(RelationSchema, { relType: { case: 'deduplicate', value: { input, columnNames: [column] } } });
}
