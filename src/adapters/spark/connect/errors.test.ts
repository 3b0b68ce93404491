import { inspect } from 'node:util';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusal, startFakeSpark, type FakeSpark } from '../../../../test/fake-spark.ts';
import { LivetallyError } from '../../../error.ts';
import { sparkErrorOf, type SparkError } from './errors.ts';
import { RelationSchema, type FetchErrorDetailsResponseSchema } from './gen/spark-connect_pb.ts';
import { openSession, type SparkSession } from './session.ts';

type Details = MessageInitShape<typeof FetchErrorDetailsResponseSchema>;

const PLAN = create(RelationSchema, { relType: { case: 'sql', value: { query: 'SELECT 1' } } });

/** Spark refuses everything with this error. */
function refusing(error: ConnectError, details: Details | 'fails' = 'fails'): Promise<FakeSpark> {
  const refuse = (): never => {
    throw error;
  };
  return startFakeSpark({
    service: {
      analyzePlan: refuse,
      config: refuse,
      executePlan: refuse,
      fetchErrorDetails() {
        if (details === 'fails') throw new ConnectError('NullPointerException', Code.Internal);
        return details;
      },
    },
  });
}

async function errorOf(spark: FakeSpark): Promise<LivetallyError> {
  await using session = openSession(spark.settings, 'test');
  const error: unknown = await session.version().catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(LivetallyError);
  return error as LivetallyError;
}

describe('an error of Spark', () => {
  it.each<[errorClass: string, kind: SparkError['kind'], next: string]>([
    ['DATA_SOURCE_NOT_FOUND', 'no-connector', 'Kafka connector'],
    ['_LEGACY_ERROR_TEMP_1140', 'no-connector', 'Kafka connector'],
    ['KAFKA_DATA_LOSS.PARTITIONS_DELETED', 'data-loss', 'topics'],
    ['INVALID_HANDLE.SESSION_CLOSED', 'session-closed', 'another name'],
    ['INVALID_HANDLE.SESSION_CHANGED', 'operation-unknown', 'checkpoint'],
    ['INVALID_HANDLE.OPERATION_NOT_FOUND', 'operation-unknown', 'checkpoint'],
    ['CONNECT_INVALID_PLAN.STREAMING_QUERY_NOT_FOUND', 'operation-unknown', 'checkpoint'],
    ['UNRESOLVED_ROUTINE', 'failed', 'Spark 4.2'],
    ['PARSE_SYNTAX_ERROR', 'failed', 'Spark 4.2'],
    ['CANNOT_MODIFY_STATIC_CONFIG', 'failed', 'where the cluster is started'],
    ['STREAM_FAILED', 'failed', 'log of the Spark Connect server'],
  ])('[E10] %s is told by its name, as %s', async (errorClass, kind, next) => {
    await using spark = await refusing(refusal({ errorClass, sqlState: 'XX000' }));
    const error = await errorOf(spark);
    expect(error.code).toBe('LT_SPARK');
    expect(error.message).toMatch(
      /^Spark at 127\.0\.0\.1:\d+ was asked for its version and refuses: [A-Z0-9_.]+, SQL state XX000\.$/,
    );
    expect(error.message).toContain(errorClass);
    expect(error.next).toContain(next);
    expect(sparkErrorOf(error)).toMatchObject({ kind, errorClass, sqlState: 'XX000', causes: [] });
  });

  it('[E10] tells the chain of its causes, by name', async () => {
    const error = (name: string, causeIdx?: number, errorClass?: string): NonNullable<Details['errors']>[number] => ({
      errorTypeHierarchy: [name, 'java.lang.Exception'],
      message: 'in words',
      ...(causeIdx === undefined ? {} : { causeIdx }),
      ...(errorClass === undefined ? {} : { sparkThrowable: { errorClass } }),
    });
    const details = {
      rootErrorIdx: 2,
      errors: [
        error('org.apache.kafka.common.errors.UnknownTopicOrPartitionException'),
        error('java.util.concurrent.ExecutionException', 0),
        error('org.apache.spark.sql.streaming.StreamingQueryException', 1, 'STREAM_FAILED'),
      ],
    };
    await using spark = await refusing(refusal({ errorClass: 'STREAM_FAILED', errorId: 'x' }), details);
    expect(sparkErrorOf(await errorOf(spark))).toMatchObject({
      kind: 'data-loss',
      errorClass: 'STREAM_FAILED',
      causes: [
        'java.util.concurrent.ExecutionException',
        'org.apache.kafka.common.errors.UnknownTopicOrPartitionException',
      ],
    });
  });

  it('[E10] is told without its causes when the server cannot say them, or says nonsense', async () => {
    const known = refusal({ errorClass: 'STREAM_FAILED', errorId: 'x' });
    await using spark = await refusing(known);
    expect(sparkErrorOf(await errorOf(spark))).toMatchObject({ kind: 'failed', causes: [] });
    const loop = [{ errorTypeHierarchy: ['java.lang.Error'], causeIdx: 0 }];
    await using circular = await refusing(known, { rootErrorIdx: 0, errors: loop });
    expect(sparkErrorOf(await errorOf(circular))?.causes).toEqual(['java.lang.Error']);
    await using nowhere = await refusing(known, { rootErrorIdx: 7, errors: loop });
    expect(sparkErrorOf(await errorOf(nowhere))?.causes).toEqual([]);
  });

  it('[E10] without a name of Spark’s is told by the class of its exception', async () => {
    const classes = JSON.stringify(['java.lang.IllegalArgumentException', 'java.lang.RuntimeException']);
    await using spark = await refusing(refusal({ classes }));
    const error = await errorOf(spark);
    expect(error.message).toMatch(/and refuses: java\.lang\.IllegalArgumentException\.$/);
    await using bare = await refusing(new ConnectError('in words', Code.Internal));
    expect((await errorOf(bare)).message).toMatch(/and refuses\.$/);
  });

  it('is none of Spark’s when it is another', () => {
    expect(sparkErrorOf(new LivetallyError('LT_SPARK', 'x', { cause: new Error('y') }))).toBeUndefined();
    expect(sparkErrorOf(new Error('x'))).toBeUndefined();
    expect(sparkErrorOf(undefined)).toBeUndefined();
  });
});

/** Everything that asks Spark for something; of what is answered, the answer. */
const ASKS: readonly ((session: SparkSession) => Promise<unknown>)[] = [
  (session) => session.version(),
  (session) => session.setConf({ key: 'value' }),
  (session) => session.explain(PLAN, 'simple'),
  (session) => session.rows(PLAN).next(),
  (session) => session.activeQueries(),
  (session) => session.status({ id: 'x', runId: 'y' }),
  (session) => session.lastProgress({ id: 'x', runId: 'y' }),
  (session) => session.failure({ id: 'x', runId: 'y' }),
  (session) => session.startStream({ plan: PLAN, format: 'f', options: {}, outputMode: 'update', queryName: 'q' }),
];

const lines = fc
  .tuple(fc.integer({ min: 100_000_000, max: 4_294_967_295 }), fc.constantFrom('rivera', 'okafor'))
  .map(([serial, name]) => ({
    line: `{"serial":${serial},"place":"US-CA","cohort":"25-34|f","choices":{"president":["${name}"]}}`,
    secrets: [String(serial), name, 'US-CA', '25-34'],
  }));

function shown(value: unknown): string {
  const texts = value instanceof LivetallyError ? [value.message, value.next, value.stack] : [];
  return [...texts, JSON.stringify(value), inspect(value, { depth: Infinity, showHidden: true })].join('\n');
}

describe('what Spark says in words', () => {
  it('[E7] is in no error, wherever it quotes a ballot', async () => {
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), async ({ line, secrets }, hasDetails) => {
        const metadata = {
          errorClass: `CAST_INVALID_INPUT ${line}`,
          sqlState: line,
          classes: JSON.stringify([line, `java.lang.Error: ${line}`]),
          messageParameters: JSON.stringify({ expression: line }),
          errorId: line,
        };
        const details = {
          rootErrorIdx: 0,
          errors: [
            {
              errorTypeHierarchy: [`java.lang.Error\n${line}`],
              message: line,
              causeIdx: 1,
              sparkThrowable: { errorClass: line, messageParameters: { value: line }, sqlState: line },
            },
            { errorTypeHierarchy: ['java.lang.Error'], message: line },
          ],
        };
        await using spark = await refusing(refusal(metadata, line), hasDetails ? details : 'fails');
        await using session = openSession(spark.settings, 'test');
        for (const ask of ASKS) {
          const error: unknown = await ask(session).catch((cause: unknown) => cause);
          expect(error).toMatchObject({ code: 'LT_SPARK' });
          for (const secret of secrets) expect(shown(error)).not.toContain(secret);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('[E7] is not in what is told of a query that failed', async () => {
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), async ({ line, secrets }, isThrown) => {
        const queryId = { id: 'x', runId: 'y' };
        const exception = { exceptionMessage: line, errorClass: 'STREAM_FAILED', stackTrace: `Caused by: ${line}` };
        const answer = (resultType: object): object => ({
          responseType: { case: 'streamingQueryCommandResult', value: { queryId, resultType } },
        });
        await using spark = await startFakeSpark({
          answers(request) {
            const commandType =
              request.plan?.opType.case === 'command' ? request.plan.opType.value.commandType : undefined;
            const command = commandType?.case === 'streamingQueryCommand' ? commandType.value.command.case : undefined;
            if (command === 'awaitTermination' && isThrown) throw refusal({ errorClass: 'STREAM_FAILED' }, line);
            if (command === 'awaitTermination') return [];
            if (command === 'exception') return [answer({ case: 'exception', value: exception })];
            return [
              answer({ case: 'status', value: { statusMessage: `Terminated with exception: ${line}\n${line}` } }),
            ];
          },
        });
        await using session = openSession(spark.settings, 'test');
        const told = [await session.failure(queryId), await session.status(queryId)];
        expect(told).toMatchObject([
          { kind: 'failed', errorClass: 'STREAM_FAILED', causes: [], message: 'STREAM_FAILED' },
          { message: 'Terminated with exception', isActive: false },
        ]);
        for (const secret of secrets) expect(shown(told)).not.toContain(secret);
      }),
      { numRuns: 10 },
    );
  });
});
