import { z } from 'zod';

/** What a streaming query says of its last batch. */
export interface QueryProgress {
  readonly batchId: number;
  /** When the batch began, ISO 8601 in UTC. */
  readonly timestamp: string;
  /** How long its parts took, by Spark's names; `triggerExecution` is the whole. */
  readonly durationMs: Readonly<Record<string, number>>;
  /** Of all sources, these three. Undefined when Spark does not know. */
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

const offsetsSchema = z.record(z.string(), z.record(z.string(), z.number()));

const sourceSchema = z.object({
  description: z.string(),
  numInputRows: z.number(),
  inputRowsPerSecond: z.number().optional(),
  processedRowsPerSecond: z.number().optional(),
  // JSON in a text in JSON.
  endOffset: z.unknown().transform((value) => offsetsSchema.safeParse(parse(value)).data),
});

const progressSchema = z.object({
  batchId: z.number(),
  timestamp: z.string(),
  durationMs: z.record(z.string(), z.number()),
  stateOperators: z.array(z.object({ numRowsTotal: z.number(), memoryUsedBytes: z.number() })),
  sources: z.array(sourceSchema),
});

/** Undefined for what is no progress. Over Spark Connect only the sources say how much they gave. */
export function readProgress(json: string): QueryProgress | undefined {
  const { data } = progressSchema.safeParse(parse(json));
  if (data === undefined) return undefined;
  return {
    ...data,
    numInputRows: data.sources.reduce((sum, { numInputRows }) => sum + numInputRows, 0),
    inputRowsPerSecond: sumKnown(data.sources.map((source) => source.inputRowsPerSecond)),
    processedRowsPerSecond: sumKnown(data.sources.map((source) => source.processedRowsPerSecond)),
  };
}

function sumKnown(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, number) => sum + number, 0);
}

function parse(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
