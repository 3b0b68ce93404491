import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server } from 'node:net';
import { toJsonString } from '@bufbuild/protobuf';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PlanSchema } from '../../src/adapters/spark/connect/gen/spark-connect_pb.ts';
import { makeCertificates } from '../certificates.ts';
import { refusal, startFakeSpark, type FakeSparkOptions } from '../fake-spark.ts';
import { freePort } from '../free-ports.ts';
import { BROKERS, deleteElection, freshId, need, SPARK } from '../real-systems.ts';
import { smallElection } from '../small-election.ts';
import { removeCheckpoints } from '../spark-cluster.ts';
import { expectFailure, inBackground, livetally, scratch, writeElection, type Ended } from './livetally.ts';

/** What people get wrong about clusters: each ends in words, with its exit code, says what to do, and does so soon. */
const isThere = need({ broker: true, spark: true }, 'no wrong cluster was named');
const LIMIT_MS = 10_000;
const { path, remove } = scratch();
const id = freshId('wrong');
const address = BROKERS[0]?.address ?? '';
const right: Readonly<Record<string, string>> = {
  KAFKA_BOOTSTRAP_SERVERS: address,
  SPARK_REMOTE: SPARK.remote,
  SPARK_CONNECT_TOKEN: SPARK.token,
  SPARK_CHECKPOINTS: SPARK.checkpoints,
};
const ends: (() => unknown)[] = [];
/** What a command takes that only looks into the log. */
let startMs = 0;

beforeAll(async () => {
  if (!isThere) return;
  const election = writeElection(path('election.yaml'), smallElection({ id }));
  const registered = await run({ SPARK_REMOTE: '' }, 'register', '--election', election, '--count', '20');
  expect(registered.code).toBe(0);
  const began = performance.now();
  await run({ SPARK_REMOTE: '' }, 'status');
  startMs = performance.now() - began;
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(async () => {
  if (isThere) {
    await removeCheckpoints(id);
    await deleteElection(address, id);
  }
  remove();
});

function environment(changes: Readonly<Record<string, string>>): Record<string, string> {
  return { LIVETALLY_DATA: path('data'), LIVETALLY_ELECTION_ID: id, ...right, ...changes };
}

function run(changes: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> {
  return livetally(args, { env: environment(changes) });
}

async function failsSoon(
  changes: Readonly<Record<string, string>>,
  wanted: { readonly code: string; readonly says: RegExp; readonly next: RegExp },
  ...args: readonly string[]
): Promise<Ended> {
  const began = performance.now();
  const ended = await run(changes, 'tally', ...args);
  expect(performance.now() - began - startMs).toBeLessThan(LIMIT_MS);
  expectFailure(ended, { ...wanted, exitCode: wanted.code === 'LT_USAGE' ? 2 : 11 });
  return ended;
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  ends.push(() => server.close());
  return `sc://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** Says that it is Spark, takes every setting, and does with a plan what the test wants. */
async function fakeSpark(
  version: string,
  executePlan?: NonNullable<FakeSparkOptions['service']>['executePlan'],
): Promise<string> {
  const kept = new Map<string, string | undefined>();
  const spark = await startFakeSpark({
    service: {
      analyzePlan: () => ({ serverSideSessionId: 'x', result: { case: 'sparkVersion', value: { version } } }),
      config({ operation }) {
        const { opType } = operation!;
        if (opType.case === 'set') for (const { key, value } of opType.value.pairs) kept.set(key, value);
        const pairs =
          opType.case === 'getOption' ? opType.value.keys.map((key) => ({ key, value: kept.get(key)! })) : [];
        return { serverSideSessionId: 'x', pairs };
      },
      ...(executePlan === undefined ? {} : { executePlan }),
    },
  });
  ends.push(() => spark[Symbol.asyncDispose]());
  return `sc://127.0.0.1:${spark.settings.port}`;
}

describe.skipIf(!isThere)('a setting that', () => {
  it.each<[what: string, changes: Record<string, string>, says: RegExp, next: RegExp]>([
    ['lacks the broker', { KAFKA_BOOTSTRAP_SERVERS: '' }, /KAFKA_BOOTSTRAP_SERVERS is not set/, /unset SPARK_REMOTE/],
    ['lacks the folder', { SPARK_CHECKPOINTS: '' }, /SPARK_CHECKPOINTS is not set/, /docs\/spark\.md/],
    ['is a page', { SPARK_REMOTE: 'https://127.0.0.1:15002' }, /sc:\/\/host:15002/, /docs\/spark\.md/],
    [
      'shows the token to everybody',
      { SPARK_REMOTE: 'sc://127.0.0.1:15002/;token=not-this-one' },
      /must not hold the token/,
      /docs\/spark\.md/,
    ],
  ])('[E10] %s is refused before anything is opened', async (_what, changes, says, next) => {
    const { err } = await failsSoon(changes, { code: 'LT_USAGE', says, next });
    expect(err).not.toContain('not-this-one');
  });
});

describe.skipIf(!isThere)('a Spark Connect server that', () => {
  it('[E10] is not there is named; with --follow it is waited for, and /readyz says so', async () => {
    const changes = { SPARK_REMOTE: `sc://127.0.0.1:${await freePort()}` };
    const wanted = { code: 'LT_SPARK_AWAY', says: /cannot be reached: ECONNREFUSED/, next: /SPARK_REMOTE/ };
    await failsSoon(changes, wanted);
    await expectWaiting(changes, /cannot be reached/);
  });

  it('[E10] takes the connection and never answers is named', async () => {
    const SPARK_REMOTE = await listening(createServer((socket) => socket.on('error', () => undefined)));
    await failsSoon({ SPARK_REMOTE }, { code: 'LT_SPARK_AWAY', says: /does not answer/, next: /SPARK_REMOTE/ });
  });

  it('[E10] is one of Spark’s pages is said to be none', async () => {
    const SPARK_REMOTE = `sc://${new URL(SPARK.ui).host}`;
    await failsSoon({ SPARK_REMOTE }, { code: 'LT_SPARK_AWAY', says: /does not speak HTTP\/2/, next: /port/ });
  });

  it('[E10] wants encryption is named, with the parameter that is missing', async (context) => {
    const certificates = makeCertificates('a server that wants encryption');
    if (certificates === undefined) context.skip();
    const { certificate } = certificates!;
    const SPARK_REMOTE = await listening(createHttpsServer({ key: certificate, cert: certificate }));
    await failsSoon({ SPARK_REMOTE }, { code: 'LT_SPARK_AWAY', says: /cannot be reached/, next: /use_ssl=true/ });
  });

  it('[E10] does not know the token refuses us, also with --follow', async () => {
    const wanted = { code: 'LT_SPARK_ACCESS', says: /refuses the token/, next: /SPARK_CONNECT_TOKEN/ };
    const { err } = await failsSoon({ SPARK_CONNECT_TOKEN: 'not-this-one' }, wanted);
    expect(err).not.toContain('not-this-one');
    await failsSoon({ SPARK_CONNECT_TOKEN: '' }, wanted);
    await failsSoon({ SPARK_CONNECT_TOKEN: 'not-this-one' }, wanted, '--follow');
  });

  it('[E10] is too old is named with its version, also with --follow', async () => {
    const SPARK_REMOTE = await fakeSpark('3.5.1');
    const wanted = { code: 'LT_SPARK', says: /runs Spark 3\.5\.1; the count needs 4\.0/, next: /4\.2/ };
    await failsSoon({ SPARK_REMOTE }, wanted);
    await failsSoon({ SPARK_REMOTE }, wanted, '--follow');
  });
});

describe.skipIf(!isThere)('a cluster that', () => {
  it.each(['_LEGACY_ERROR_TEMP_1140', 'DATA_SOURCE_NOT_FOUND'])(
    '[E10] lacks its connector, which Spark calls %s, is named',
    async (errorClass) => {
      const SPARK_REMOTE = await fakeSpark('4.2.0', async function* ({ plan }) {
        if (toJsonString(PlanSchema, plan!).includes('kafka')) throw refusal({ errorClass });
        yield { responseId: 'y', responseType: { case: 'resultComplete', value: {} } };
      });
      const wanted = { code: 'LT_SPARK', says: /lacks its connector to Kafka/, next: /docs\/spark\.md names them/ };
      await failsSoon({ SPARK_REMOTE }, wanted);
    },
  );

  it('[E10] has no free core is named; with --follow it is waited for, and /readyz says so', async () => {
    const SPARK_REMOTE = await fakeSpark('4.2.0', async function* ({ plan }) {
      if (plan?.opType.case !== 'command') await new Promise(() => undefined);
      const value = { resultType: { case: 'active' as const, value: { activeQueries: [] } } };
      yield { responseId: 'y', responseType: { case: 'streamingQueryManagerCommandResult' as const, value } };
      yield { responseId: 'z', responseType: { case: 'resultComplete' as const, value: {} } };
    });
    const says = /no free core/;
    await failsSoon({ SPARK_REMOTE }, { code: 'LT_SPARK_AWAY', says, next: /spark\.cores\.max/ });
    await expectWaiting({ SPARK_REMOTE }, says);
  });

  it('[E10] cannot write to the folder of its checkpoints is named', async () => {
    const wanted = { code: 'LT_SPARK', says: /folder of its checkpoints/, next: /Check SPARK_CHECKPOINTS/ };
    await failsSoon({ SPARK_CHECKPOINTS: 'file:///proc/nothing' }, wanted, '--follow');
  });

  it('[E10] does not reach the brokers is named; with --follow it is waited for, and /readyz says so', async () => {
    const changes = { SPARK_KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1' };
    const says = /does not reach Kafka at 127\.0\.0\.1:1/;
    await failsSoon(changes, { code: 'LT_SPARK_AWAY', says, next: /SPARK_KAFKA_BOOTSTRAP_SERVERS/ });
    await expectWaiting(changes, says);
  });
});

async function expectWaiting(changes: Readonly<Record<string, string>>, reason: RegExp): Promise<void> {
  const args = ['tally', '--follow', '--health-port', '0'];
  const { child, end } = inBackground(args, { env: environment(changes) });
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr!.on('data', (bytes: Buffer) => {
      const found = /Health: (http:\S+\/readyz)/.exec(bytes.toString())?.[1];
      if (found !== undefined) resolve(found);
    });
    void end.then(({ err }) => reject(new Error(err)));
  });
  const seen = new Set<number>();
  const told = async (): Promise<void> => {
    const answer = await fetch(url);
    seen.add(answer.status);
    expect(await answer.text()).toMatch(reason);
  };
  await vi.waitFor(told, { timeout: startMs + LIMIT_MS, interval: 250 });
  expect(seen).toEqual(new Set([503]));
  child.kill('SIGTERM');
  const { code, err } = await end;
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(err).toMatch(reason);
}
