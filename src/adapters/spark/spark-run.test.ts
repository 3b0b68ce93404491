import { create } from '@bufbuild/protobuf';
import { beforeEach, describe, expect, it } from 'vitest';
import { LivetallyError } from '../../error.ts';
import type { ClusterRun } from '../../ports/cluster.ts';
import { RelationSchema } from './connect/gen/spark-connect_pb.ts';
import type { ActiveQuery, QueryFailure, SparkSession, StreamStart } from './connect/session.ts';
import { adoptOrStart } from './spark-run.ts';

const START: StreamStart = {
  plan: create(RelationSchema),
  format: 'kafka',
  options: {},
  outputMode: 'update',
  queryName: 'ours',
};
const OURS: ActiveQuery = { id: 'ours', runId: '0', name: 'ours' };
const FAILED: QueryFailure = {
  kind: 'failed',
  errorClass: 'STREAM_FAILED',
  causes: ['java.lang.StackOverflowError'],
  message: 'STREAM_FAILED, because of java.lang.StackOverflowError',
};

/** What the server is like, to be changed as the test goes on. */
let server: {
  life: string;
  active: ActiveQuery[];
  isActive: boolean;
  failure: QueryFailure | undefined;
  batch: number | undefined;
};
let said: string[];

beforeEach(() => {
  server = { life: 'first', active: [], isActive: true, failure: undefined, batch: undefined };
  said = [];
});

function session(): SparkSession {
  const never = (): never => {
    throw new Error('nobody asks for this');
  };
  return {
    id: 'x',
    get serverSide() {
      return server.life;
    },
    version: never,
    setConf: never,
    getConf: never,
    rows: never,
    release: never,
    explain: async () => 'BroadcastHashJoin',
    async startStream() {
      said.push('start');
      return { id: 'ours', runId: `${said.length}` };
    },
    activeQueries: async () => server.active,
    status: async () => ({ message: '', isActive: server.isActive, isDataAvailable: false, isTriggerActive: false }),
    async lastProgress() {
      if (server.batch === undefined) return undefined;
      const none = {
        inputRowsPerSecond: undefined,
        processedRowsPerSecond: undefined,
        stateOperators: [],
        sources: [],
      };
      return { batchId: server.batch, timestamp: '', durationMs: {}, numInputRows: 0, ...none };
    },
    failure: async () => server.failure,
    async stop({ id, runId }) {
      said.push(`stop ${id} ${runId}`);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function open(): Promise<ClusterRun> {
  return adoptOrStart(session(), 'ours', START, async () => void said.push('require work'));
}

describe('a run', () => {
  it('[E4] is adopted where it goes on, and starts nothing', async () => {
    server.active = [OURS];
    const run = await open();
    server.batch = 7;
    expect(await run.look()).toMatchObject({ batch: 7 });
    await run.stop();
    expect(said).toEqual(['stop ours 0']);
  });

  it('[E5] [E10] is started when the cluster can work, and what counts for another job is stopped', async () => {
    server.active = [{ id: 'old', runId: '9', name: 'other' }];
    await open();
    expect(said).toEqual(['stop old 9', 'require work', 'start']);
    const away = new LivetallyError('LT_SPARK_AWAY', 'no core');
    await expect(adoptOrStart(session(), 'ours', START, () => Promise.reject(away))).rejects.toBe(away);
    expect(said).toEqual(['stop old 9', 'require work', 'start', 'stop old 9']);
  });

  it('[E4] that fails is started again, three times without a batch in between', async () => {
    const run = await open();
    server.batch = 1;
    await run.look();
    server = { ...server, isActive: false, failure: FAILED };
    await run.look();
    // Started again it goes on, and may fail as often anew.
    server = { ...server, isActive: true, batch: 2 };
    await run.look();
    server = { ...server, isActive: false, batch: undefined };
    said = [];
    for (let times = 0; times < 3; times++) await run.look();
    await expect(run.look()).rejects.toMatchObject({
      code: 'LT_SPARK',
      message: expect.stringContaining('StackOverflow'),
    });
    expect(said).toEqual(['start', 'start', 'start']);
  }, 20_000);

  it('[E4] whose records are gone is not started again', async () => {
    const run = await open();
    server = { ...server, isActive: false, failure: { ...FAILED, kind: 'data-loss' } };
    await expect(run.look()).rejects.toMatchObject({ code: 'LT_SPARK', next: expect.stringContaining('doctor') });
    expect(said).toEqual(['require work', 'start']);
  });

  it('[E4] that ended without failing is not started again: somebody wanted that', async () => {
    const run = await open();
    server.isActive = false;
    await expect(run.look()).rejects.toMatchObject({
      code: 'LT_SPARK',
      message: expect.stringContaining('took it over'),
    });
    expect(said).toEqual(['require work', 'start']);
  });

  it('[E4] is lost with its server, and is to be begun again', async () => {
    const run = await open();
    server.life = 'second';
    await expect(run.look()).rejects.toMatchObject({ code: 'LT_SPARK_AWAY' });
  });
});
