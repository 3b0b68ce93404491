import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startFakeSpark, type Fate, type FakeSparkOptions } from '../../../../test/fake-spark.ts';
import { sparkErrorOf } from './errors.ts';
import { RelationSchema } from './gen/spark-connect_pb.ts';
import { openSession, type SparkSession } from './session.ts';

const PLAN = create(RelationSchema, { relType: { case: 'sql', value: { query: 'SELECT 1' } } });

/** Chunks that can be told apart. */
function chunks(count: number): NonNullable<FakeSparkOptions['answers']> {
  return () =>
    Array.from({ length: count }, (_, at) => ({
      responseType: { case: 'arrowBatch', value: { data: Uint8Array.of(at) } },
    }));
}

async function rowsOf(session: SparkSession, signal?: AbortSignal): Promise<number[]> {
  const rows: number[] = [];
  for await (const chunk of session.rows(PLAN, signal)) rows.push(chunk[0]!);
  return rows;
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

describe('an execution', () => {
  it('[E9] gives every answer once, wherever and however its streams end, and is released', async () => {
    const fates = fc.array(fc.tuple(fc.nat(3), fc.constantFrom<Fate>('cut', 'end', 'unavailable')), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.nat(9), fates, async (count, ends) => {
        const fate = (stream: number, at: number): Fate => (ends[stream]?.[0] === at ? ends[stream][1] : 'give');
        await using spark = await startFakeSpark({ answers: chunks(count), fate });
        await using session = openSession(spark.settings, 'test');
        expect(await rowsOf(session)).toEqual(upTo(count));
        expect(spark.calls.filter((call) => call === 'executePlan')).toHaveLength(1);
        expect(spark.calls.at(-1)).toBe('releaseExecute');
        expect(spark.executions.size).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('[E9] is asked for again when the connection was cut before the server had heard of it', async () => {
    await using spark = await startFakeSpark({ answers: chunks(3), hears: (stream) => stream > 0 });
    await using session = openSession(spark.settings, 'test');
    expect(await rowsOf(session)).toEqual([0, 1, 2]);
    expect(spark.calls).toEqual(['executePlan', 'reattachExecute', 'executePlan', 'releaseExecute']);
  });

  it('[E9] is given up within seconds when the connection is cut again and again', async () => {
    await using spark = await startFakeSpark({ answers: chunks(3), fate: () => 'cut' });
    await using session = openSession(spark.settings, 'test');
    const began = performance.now();
    const error: unknown = await rowsOf(session).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'LT_SPARK_AWAY' });
    expect(sparkErrorOf(error)?.kind).toBe('away');
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('[E9] is borne with for longer once the server has worked for it', async () => {
    const fate = (stream: number, at: number): Fate => {
      if (stream === 0) return at === 1 ? 'end' : 'give';
      return stream <= 5 ? 'cut' : 'give';
    };
    await using spark = await startFakeSpark({ answers: chunks(3), fate });
    await using session = openSession(spark.settings, 'test');
    expect(await rowsOf(session)).toEqual([0, 1, 2]);
  });

  it('[E9] is not begun anew when the server has forgotten it after some answers', async () => {
    const fate = (stream: number, at: number): Fate => (stream > 0 ? 'forget' : at === 2 ? 'end' : 'give');
    await using spark = await startFakeSpark({ answers: chunks(3), fate });
    await using session = openSession(spark.settings, 'test');
    const error: unknown = await rowsOf(session).catch((cause: unknown) => cause);
    expect(sparkErrorOf(error)).toMatchObject({
      kind: 'operation-unknown',
      errorClass: 'INVALID_HANDLE.OPERATION_NOT_FOUND',
    });
    expect(spark.calls.filter((call) => call === 'executePlan')).toHaveLength(1);
  });

  it('[E9] ends on the server when its consumer ends early', async () => {
    await using spark = await startFakeSpark({ answers: chunks(3) });
    await using session = openSession(spark.settings, 'test');
    for await (const chunk of session.rows(PLAN)) {
      expect(chunk).toEqual(Uint8Array.of(0));
      break;
    }
    expect(spark.executions.size).toBe(0);
  });

  it('[E9] that its consumer leaves is left, also when it cannot be released', async () => {
    const { promise: isLeft, resolve: leave } = Promise.withResolvers<void>();
    await using spark = await startFakeSpark({
      service: {
        async *executePlan(_request, { signal }) {
          signal.addEventListener('abort', () => leave());
          yield { responseId: '0', responseType: { case: 'arrowBatch', value: { data: Uint8Array.of(0) } } };
          await isLeft;
        },
        releaseExecute() {
          throw new Error('not now');
        },
      },
    });
    await using session = openSession(spark.settings, 'test');
    for await (const _ of session.rows(PLAN)) break;
    await isLeft;
  });

  it('[E9] ends with the reason of its signal, on the server too', async () => {
    const controller = new AbortController();
    const never = new Promise<never>(() => undefined);
    await using spark = await startFakeSpark({
      service: {
        async *executePlan() {
          setTimeout(() => controller.abort(new Error('enough')), 50);
          yield { responseId: '0', responseType: { case: 'arrowBatch', value: { data: Uint8Array.of(0) } } };
          await never;
        },
      },
    });
    await using session = openSession(spark.settings, 'test');
    await expect(rowsOf(session, controller.signal)).rejects.toThrow('enough');
    expect(spark.calls).toEqual(['releaseExecute']);
    await expect(session.version(controller.signal)).rejects.toThrow('enough');
    expect(await session.version()).toBe('4.2.0');
  });

  it('[E9] rejects in a session that is closed, also one under way', async () => {
    const never = new Promise<never>(() => undefined);
    await using spark = await startFakeSpark({ service: { analyzePlan: () => never } });
    const session = openSession(spark.settings, 'test');
    const waiting = session.version();
    const outcome = expect(waiting).rejects.toThrow('closed');
    setTimeout(() => void session[Symbol.asyncDispose](), 50);
    await outcome;
    await expect(session.version()).rejects.toThrow('closed');
    await expect(rowsOf(session)).rejects.toThrow('closed');
  });
});
