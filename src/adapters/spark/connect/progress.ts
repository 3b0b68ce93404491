/** What a streaming query says of its last batch. */
export interface QueryProgress {
  readonly batchId: number;
  /** When the batch began, ISO 8601 in UTC. */
  readonly timestamp: string;
  /** How long its parts took, by Spark's names; `triggerExecution` is the whole. */
  readonly durationMs: Readonly<Record<string, number>>;
  /** Of all sources. */
  readonly numInputRows: number;
  readonly inputRowsPerSecond: number | undefined;
  readonly processedRowsPerSecond: number | undefined;
  readonly stateOperators: readonly StateProgress[];
  readonly sources: readonly SourceProgress[];
}

export interface StateProgress {
  readonly numRowsTotal: number;
  readonly memoryUsedBytes: number;
}

export interface SourceProgress {
  readonly description: string;
  readonly numInputRows: number;
  /** Where the next batch begins, by topic and partition; undefined for a source that is not Kafka. */
  readonly endOffset: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined;
}
