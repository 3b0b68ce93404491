import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { create } from '@bufbuild/protobuf';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../../../test/cutting-proxy.ts';
import { freePort } from '../../../../test/free-ports.ts';
import { withAdmin } from '../../../../test/kafka-admin.ts';
import { BROKERS, freshId, need, SPARK } from '../../../../test/real-systems.ts';
import { readSparkCluster } from '../../../app/spark-environment.ts';
import type { SparkSettings } from '../../../ports/spark-settings.ts';
import { openKafkaLog } from '../../kafka/kafka-log.ts';
import { kafkaRecords, sqlOver } from '../relations.ts';
import { createConnection } from './connection.ts';
import { sparkErrorOf } from './errors.ts';
import { RelationSchema, type Relation } from './gen/spark-connect_pb.ts';
import { startStream } from './queries.ts';
import { openSession, type QueryFailure, type QueryId, type SparkSession, type StreamStart } from './session.ts';

/** Of all checkpoints of this file. */
const FOLDER = `${SPARK.checkpoints}/${freshId('session-test')}`;
afterAll(async () => {
  if (FOLDER.startsWith('file:')) await rm(new URL(FOLDER), { recursive: true, force: true });
});

const isThere = need({ spark: true, broker: true }, 'sessions with Spark');

function settings(): SparkSettings {
  return readSparkCluster({
    SPARK_REMOTE: `${SPARK.remote}/;user_id=livetally-test`,
    SPARK_CONNECT_TOKEN: SPARK.token,
    SPARK_CHECKPOINTS: SPARK.checkpoints,
    KAFKA_BOOTSTRAP_SERVERS: BROKERS[0]!.address,
  })!.connect;
}

interface SessionOfTest extends AsyncDisposable {
  readonly session: SparkSession;
  readonly name: string;
}

/** At its end it is released, and what runs in it stops. */
function ownSession(to: SparkSettings = settings()): SessionOfTest {
  const name = freshId('session');
  const session = openSession(to, name);
  return {
    session,
    name,
    async [Symbol.asyncDispose]() {
      await session.release();
      await session[Symbol.asyncDispose]();
    },
  };
}

function sql(query: string): Relation {
  return create(RelationSchema, { relType: { case: 'sql', value: { query } } });
}

function rate(rowsPerSecond: number): Relation {
  const readType = {
    case: 'dataSource',
    value: { format: 'rate', options: { rowsPerSecond: String(rowsPerSecond) } },
  } as const;
  return create(RelationSchema, { relType: { case: 'read', value: { readType, isStreaming: true } } });
}

function streamOf(plan: Relation, queryName: string = freshId('query')): StreamStart {
  const options = { checkpointLocation: `${FOLDER}/${randomUUID()}` };
  return { plan, format: 'noop', options, outputMode: 'append', queryName };
}

async function until<Result>(look: () => Promise<Result | undefined>): Promise<Result> {
  const deadlineMs = performance.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadlineMs) throw new Error('It does not happen within a minute.');
    await sleep(100);
  }
}

function failureOf(session: SparkSession, query: QueryId): Promise<QueryFailure> {
  return until(() => session.failure(query));
}

async function idsOf(session: SparkSession, plan: Relation): Promise<bigint[]> {
  const ids: bigint[] = [];
  for await (const chunk of session.rows(plan)) {
    for (const row of tableFromIPC(chunk)) ids.push((row as { id: bigint }).id);
  }
  return ids;
}

function shown(value: unknown): string {
  return `${JSON.stringify(value)} ${inspect(value, { depth: Infinity, showHidden: true })}`;
}

describe.skipIf(!isThere)('a session with Spark', () => {
  it('[E9] knows its version, keeps settings, and explains a plan', async () => {
    await using own = ownSession();
    const { session } = own;
    expect(session.serverSide).toBeUndefined();
    expect(await session.version()).toMatch(/^4\.\d+\.\d+/);
    expect(session.serverSide).toMatch(/^[0-9a-f-]{36}$/);
    await session.setConf({ 'spark.sql.shuffle.partitions': '3', 'livetally.nobody.knows': 'yes' });
    const keys = ['spark.sql.shuffle.partitions', 'livetally.nobody.knows', 'livetally.not.there'];
    expect([...(await session.getConf(keys))]).toEqual([
      ['spark.sql.shuffle.partitions', '3'],
      ['livetally.nobody.knows', 'yes'],
      ['livetally.not.there', undefined],
    ]);
    expect(await session.explain(sql('SELECT 1 AS one'), 'simple')).toContain('Physical Plan');
    expect(await session.explain(sql('SELECT 1 AS one'), 'extended')).toContain('Analyzed Logical Plan');
  });

  it('[E9] gives the rows of a plan as Arrow, none included, and bears a consumer that ends early', async () => {
    await using own = ownSession();
    const { session } = own;
    expect(await idsOf(session, sql('SELECT id FROM range(100000) ORDER BY id'))).toEqual(
      Array.from({ length: 100_000 }, (_, id) => BigInt(id)),
    );
    expect(await idsOf(session, sql('SELECT id FROM range(10) WHERE id < 0'))).toEqual([]);
    for await (const chunk of session.rows(sql('SELECT id FROM range(100000)'))) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(await idsOf(session, sql('SELECT id FROM range(1)'))).toEqual([0n]);
  });

  it('[E9] ends a long plan by a signal, on the cluster too', async () => {
    await using own = ownSession();
    const long = sql('SELECT count(*) AS id FROM range(100000000000) AS a WHERE id % 7 = hash(id) % 7');
    const began = performance.now();
    const rows = own.session.rows(long, AbortSignal.timeout(1500));
    await expect(rows.next()).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - began).toBeLessThan(6_000);
    // The cores are free again: else this would wait for minutes.
    expect(await idsOf(own.session, sql('SELECT count(*) AS id FROM range(1000)'))).toEqual([1000n]);
  });

  it('[E9] gives every row once though the connection is cut, in the middle of a chunk as well', async () => {
    const { host, port, ...rest } = settings();
    await using proxy = await startCuttingProxy(host, port);
    await using own = ownSession({ ...rest, host: '127.0.0.1', port: proxy.port });
    const count = 400_000;
    let cuts = 0;
    const seen: bigint[] = [];
    proxy.cutAfter(10_000);
    for await (const chunk of own.session.rows(sql(`SELECT id, string(id) AS text FROM range(${count}) ORDER BY id`))) {
      for (const row of tableFromIPC(chunk)) seen.push((row as { id: bigint }).id);
      if (cuts++ < 6) proxy.cutAfter(150_000);
      if (cuts % 3 === 0) proxy.cut();
    }
    expect(proxy.connections).toBeGreaterThan(4);
    expect(seen).toEqual(Array.from({ length: count }, (_, id) => BigInt(id)));
  });

  it('[E9] [E4] is found by its name by who comes later, with the query that runs in it', async () => {
    await using own = ownSession();
    const start = streamOf(rate(5));
    const query = await own.session.startStream(start);
    await using later = openSession(settings(), own.name);
    expect(await later.activeQueries()).toEqual([{ ...query, name: start.queryName }]);
    expect(await later.status(query)).toMatchObject({ isActive: true });
    const progress = await until(async () => {
      const last = await later.lastProgress(query);
      return last !== undefined && last.numInputRows > 0 ? last : undefined;
    });
    expect(progress.batchId).toBeGreaterThan(0);
    expect(progress.durationMs['triggerExecution']).toBeGreaterThan(0);
    expect(progress.processedRowsPerSecond).toBeGreaterThan(0);
    expect(await later.failure(query)).toBeUndefined();

    await later.stop(query);
    expect(await own.session.status(query)).toMatchObject({ isActive: false, message: 'Stopped' });
    expect(await own.session.failure(query)).toBeUndefined();
    expect(await own.session.activeQueries()).toEqual([]);
  });

  it('[E9] starts no query in a server that is not the one that took the settings', async () => {
    await using own = ownSession();
    await own.session.version();
    const connection = createConnection(settings(), own.session.id);
    connection.serverSide = randomUUID();
    const error: unknown = await startStream(connection, streamOf(rate(1))).catch((cause: unknown) => cause);
    expect(sparkErrorOf(error)).toMatchObject({
      kind: 'operation-unknown',
      errorClass: 'INVALID_HANDLE.SESSION_CHANGED',
    });
    expect(connection.serverSide).toBeUndefined();
    expect(await own.session.activeQueries()).toEqual([]);
    connection.close();
  });

  it('[E9] that was released is dead, and says so', async () => {
    const own = ownSession();
    await own.session.version();
    await own.session.release();
    const asks: (() => Promise<unknown>)[] = [
      () => own.session.version(),
      () => own.session.activeQueries(),
      () => idsOf(own.session, sql('SELECT 1 AS id')),
    ];
    for (const ask of asks) {
      const error: unknown = await ask().catch((cause: unknown) => cause);
      expect(sparkErrorOf(error)).toMatchObject({ kind: 'session-closed' });
    }
    await own.session[Symbol.asyncDispose]();
  });
});

describe.skipIf(!isThere)('what Spark refuses', () => {
  it('[E10] is told by its name: a statement, a setting, a source', async () => {
    await using own = ownSession();
    const { session } = own;
    const kindOf = async (asked: Promise<unknown>): Promise<unknown> =>
      sparkErrorOf(await asked.catch((cause: unknown) => cause));
    expect(await kindOf(session.explain(sql('SELEC 1'), 'simple'))).toMatchObject({
      kind: 'failed',
      errorClass: 'PARSE_SYNTAX_ERROR',
      sqlState: '42601',
    });
    expect(await kindOf(session.setConf({ 'spark.sql.warehouse.dir': '/' }))).toMatchObject({
      errorClass: 'CANNOT_MODIFY_STATIC_CONFIG',
    });
    const readType = { case: 'dataSource', value: { format: 'kafka-of-nowhere' } } as const;
    const nowhere = create(RelationSchema, { relType: { case: 'read', value: { readType, isStreaming: true } } });
    expect(await kindOf(session.startStream(streamOf(nowhere)))).toMatchObject({ kind: 'no-connector' });
    expect(await kindOf(session.status({ id: randomUUID(), runId: randomUUID() }))).toMatchObject({
      kind: 'operation-unknown',
    });
  });

  it('[E7] is told without what it quotes, of a plan and of a query', async () => {
    await using own = ownSession();
    const { session } = own;
    const ballot = `concat('{"serial":4123456789,"choices":{"president":["rivera', string(id), '"]}}')`;
    const bad = sql(`SELECT CAST(${ballot} AS INT) AS id FROM range(1)`);
    const error: unknown = await idsOf(session, bad).catch((cause: unknown) => cause);
    expect(sparkErrorOf(error)).toMatchObject({ kind: 'failed', errorClass: 'CAST_INVALID_INPUT' });
    expect(shown(error)).not.toMatch(/rivera|4123456789/);

    const streaming = sqlOver(`SELECT CAST(${ballot.replace('string(id)', 'string(value)')} AS INT) AS x FROM d`, {
      d: rate(100),
    });
    const query = await session.startStream(streamOf(streaming));
    const failure = await failureOf(session, query);
    expect(failure).toMatchObject({ kind: 'failed', errorClass: 'STREAM_FAILED', causes: ['CAST_INVALID_INPUT'] });
    expect(shown([failure, await session.status(query)])).not.toMatch(/rivera|4123456789/);
  });

  it('[E10] is told as data loss when a topic is not there, or was made anew with less in it', async () => {
    await using own = ownSession();
    const { session } = own;
    const { address } = BROKERS[0]!;
    const topic = freshId('test-data-loss');
    const records = kafkaRecords(
      { 'kafka.bootstrap.servers': address, subscribe: topic, startingOffsets: 'earliest' },
      true,
    );
    const missing = await session.startStream(streamOf(records));
    expect(await failureOf(session, missing)).toMatchObject({ kind: 'data-loss', errorClass: 'STREAM_FAILED' });

    async function fill(count: number): Promise<void> {
      await withAdmin(address, (admin) => admin.createTopic(topic, 1));
      const log = await openKafkaLog({ bootstrapServers: [address], clientId: 'livetally-test' });
      await log.append(
        topic,
        0,
        Array.from({ length: count }, () => ({ value: Buffer.from('x') })),
      );
      await log.close();
    }
    await fill(100);
    const start = streamOf(records);
    const query = await session.startStream(start);
    await until(async () => ((await session.lastProgress(query))?.numInputRows === 100 ? true : undefined));
    expect((await session.lastProgress(query))?.sources[0]?.endOffset).toEqual({ [topic]: { 0: 100 } });
    await session.stop(query);
    await withAdmin(address, (admin) => admin.deleteTopics([topic]));
    await fill(10);
    const failure = await failureOf(session, await session.startStream(start));
    await withAdmin(address, (admin) => admin.deleteTopics([topic]));

    expect(failure).toMatchObject({ kind: 'data-loss', errorClass: 'STREAM_FAILED' });
  });

  it('[E10] is a wrong token, and a server that is not there', async () => {
    const ours = settings();
    await using wrong = openSession({ ...ours, token: 'not-the-token' }, 'test');
    await using none = openSession({ ...ours, token: undefined }, 'test');
    await using nowhere = openSession({ ...ours, port: await freePort() }, 'test');
    for (const session of [wrong, none]) {
      await expect(session.version()).rejects.toMatchObject({ code: 'LT_SPARK_ACCESS' });
      await expect(session.activeQueries()).rejects.toMatchObject({ code: 'LT_SPARK_ACCESS' });
    }
    await expect(nowhere.version()).rejects.toMatchObject({ code: 'LT_SPARK_AWAY' });
  });
});
