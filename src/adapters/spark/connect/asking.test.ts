import { createServer } from 'node:net';
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { makeCertificates } from '../../../../test/certificates.ts';
import { startCuttingProxy } from '../../../../test/cutting-proxy.ts';
import { startFakeSpark } from '../../../../test/fake-spark.ts';
import { freePort } from '../../../../test/free-ports.ts';
import type { SparkSettings } from '../../../ports/spark-settings.ts';
import { RelationSchema } from './gen/spark-connect_pb.ts';
import { openSession } from './session.ts';

const PLAN = create(RelationSchema, { relType: { case: 'sql', value: { query: 'SELECT 1' } } });
const never = new Promise<never>(() => undefined);

/** How its version is refused, and how a plan is: in the same way. */
async function refusalOf(settings: SparkSettings): Promise<{ code: string; message: string; next: string }> {
  await using session = openSession(settings, 'test');
  const began = performance.now();
  const [one, other] = await Promise.all(
    [session.version(), session.activeQueries()].map((asked) =>
      asked.then(
        () => undefined,
        (error: unknown) => error,
      ),
    ),
  );
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(one).toMatchObject({ code: (other as { code: string }).code, next: (other as { next: string }).next });
  expect(String(one)).toContain(`Spark at ${settings.host}:${settings.port} `);
  expect(String(one)).not.toContain('\n');
  return one as { code: string; message: string; next: string };
}

describe('a server that gives no answer is named within 10 seconds', () => {
  it('[E10] one that is not there', async () => {
    const settings = { host: '127.0.0.1', port: await freePort(), tls: false, user: 'test' };
    const { code, message, next } = await refusalOf(settings);
    expect(code).toBe('LT_SPARK_AWAY');
    expect(message).toContain('ECONNREFUSED');
    expect(next).toContain('SPARK_REMOTE');
  });

  it('[E10] one that is silent, before and after it has taken the call', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    // eslint-disable-next-line require-yield
    async function* executePlan(): AsyncGenerator<never> {
      await never;
    }
    await using spark = await startFakeSpark({ service: { analyzePlan: () => never, executePlan } });
    const refusals = await Promise.all([
      refusalOf({ host: '127.0.0.1', port, tls: false, user: 'test' }),
      refusalOf(spark.settings),
    ]);
    for (const { code, message } of refusals) {
      expect(code).toBe('LT_SPARK_AWAY');
      expect(message).toContain('does not answer');
    }
    silent.close();
  });

  it('[E10] one behind a connection that died in silence, and then it is reached by another', async () => {
    await using spark = await startFakeSpark();
    await using proxy = await startCuttingProxy(spark.settings.host, spark.settings.port);
    await using session = openSession({ ...spark.settings, port: proxy.port }, 'test');
    expect(await session.version()).toBe('4.2.0');
    proxy.freeze();
    await expect(session.version()).rejects.toMatchObject({ code: 'LT_SPARK_AWAY' });
    expect(await session.version()).toBe('4.2.0');
    expect(proxy.connections).toBe(2);
  });

  it('[E10] one that is for a moment away is asked again', async () => {
    let calls = 0;
    await using spark = await startFakeSpark({
      service: {
        analyzePlan() {
          if (++calls < 3) throw new ConnectError('starting', Code.Unavailable);
          return { serverSideSessionId: 'x', result: { case: 'sparkVersion', value: { version: '4.2.0' } } };
        },
      },
    });
    await using session = openSession(spark.settings, 'test');
    expect(await session.version()).toBe('4.2.0');
    expect(session.serverSide).toBe('x');
  });

  it('[E10] one that is a web page, and ends nobody else with its error', async () => {
    const page = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => page.once('listening', resolve));
    const { port } = page.address() as { port: number };
    const { code, message, next } = await refusalOf({ host: '127.0.0.1', port, tls: false, user: 'test' });
    expect(code).toBe('LT_SPARK_AWAY');
    expect(message).toContain('does not speak HTTP/2');
    expect(next).toContain('not that of a page');
    page.close();
  });

  it('[E10] one that is no Spark Connect server', async () => {
    const unimplemented = (): never => {
      throw new ConnectError('what?', Code.Unimplemented);
    };
    await using spark = await startFakeSpark({
      service: { analyzePlan: unimplemented, executePlan: unimplemented },
    });
    const { code, message, next } = await refusalOf(spark.settings);
    expect(code).toBe('LT_SPARK');
    expect(message).toContain('no Spark Connect server');
    expect(next).toContain('SPARK_REMOTE');
  });
});

describe('a server that refuses us is named', () => {
  it('[E10] for the token, which is sent with every call', async () => {
    await using spark = await startFakeSpark({ token: 'right' });
    for (const token of [undefined, 'wrong']) {
      const { code, message, next } = await refusalOf({ ...spark.settings, token });
      expect(code).toBe('LT_SPARK_ACCESS');
      expect(next).toContain('SPARK_CONNECT_TOKEN');
      expect(`${message} ${next}`).not.toContain('wrong');
    }
    await using session = openSession({ ...spark.settings, token: 'right' }, 'test');
    expect(await session.version()).toBe('4.2.0');
    for await (const _ of session.rows(PLAN)) expect.unreachable();
    expect(new Set(spark.calls)).toEqual(new Set(['analyzePlan', 'executePlan', 'releaseExecute']));
  });

  it('[E10] for its certificate, and for encryption where there is none', async (context) => {
    const certificates = makeCertificates('a Spark Connect server with TLS');
    if (certificates === undefined) context.skip();
    const { ca, certificate } = certificates!;
    await using spark = await startFakeSpark({ tls: { key: certificate, cert: certificate }, token: 'right' });
    await using session = openSession({ ...spark.settings, ca, token: 'right' }, 'test');
    expect(await session.version()).toBe('4.2.0');

    const stranger = await refusalOf(spark.settings);
    expect(stranger.code).toBe('LT_SPARK_ACCESS');
    expect(stranger.next).toContain('SPARK_CA_FILE');

    const { code, next } = await refusalOf({ ...spark.settings, tls: false });
    expect(code).toBe('LT_SPARK_AWAY');
    expect(next).toContain('use_ssl=true');

    await using plain = await startFakeSpark();
    const unencrypted = await refusalOf({ ...plain.settings, tls: true });
    expect(unencrypted.code).toBe('LT_SPARK_ACCESS');
    expect(unencrypted.next).toContain('use_ssl');
  });
});

it('[E9] a session of the same name and user is the same session, and of another is another', () => {
  const settings = { host: '127.0.0.1', port: 1, tls: false, user: 'test' };
  const { id } = openSession(settings, 'livetally.spring.count');
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(openSession(settings, 'livetally.spring.count').id).toBe(id);
  expect(openSession(settings, 'livetally.spring.recount').id).not.toBe(id);
});
