import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openKafkaLog } from './kafka-log.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** A server that treats each connection so; resolves with its address. */
async function listen(treat: (socket: Socket) => void): Promise<string> {
  server = createServer(treat).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function failure(address: string): Promise<unknown> {
  const log = await openKafkaLog({ bootstrapServers: [address], clientId: 'c' }, { openMs: 1_000 }).catch(
    (error: unknown) => error,
  );
  return log;
}

describe('opening a log where no broker works', () => {
  it('[L8] is refused within its time, by the address', async () => {
    const silent = await listen(() => undefined);
    for (const address of [silent, '127.0.0.1:1', 'no-such-host.invalid:9092']) {
      const began = performance.now();
      expect(await failure(address)).toMatchObject({
        code: 'LT_LOG_AWAY',
        message: expect.stringContaining(address) as string,
        next: expect.stringContaining('KAFKA_BOOTSTRAP_SERVERS') as string,
      });
      expect(performance.now() - began).toBeLessThan(2_500);
    }
  });

  it('[L8] takes one that always hangs up for one that wants encryption or a password', async () => {
    const address = await listen((socket) => socket.on('data', () => socket.destroy()).on('error', () => undefined));
    const log = openKafkaLog({ bootstrapServers: [address], clientId: 'c' }, { openMs: 20_000 });
    await expect(log).rejects.toMatchObject({
      code: 'LT_LOG_ACCESS',
      next: expect.stringContaining('KAFKA_SECURITY_PROTOCOL') as string,
    });
  });

  it('[L4] [L8] believes no broker that has no controller: it has just started, and knows no topic', async () => {
    const address = await listen((socket) => {
      socket.on('data', (request) => socket.write(metadataOfNothing(request.readInt32BE(8))));
    });
    expect(await failure(address)).toMatchObject({
      code: 'LT_LOG_AWAY',
      message: expect.stringContaining('just starting') as string,
    });
  });
});

/** What a broker of the ZooKeeper days answers at first: no brokers, controller -1, no topics. */
function metadataOfNothing(correlationId: number): Buffer {
  const noBrokers = [1];
  const noClusterId = [0];
  const noController = [255, 255, 255, 255];
  const noTopics = [1];
  const body = Buffer.from([0, 0, 0, 0, ...noBrokers, ...noClusterId, ...noController, ...noTopics, 0]);
  const head = Buffer.alloc(9);
  head.writeInt32BE(4 + 1 + body.length, 0);
  head.writeInt32BE(correlationId, 4);
  return Buffer.concat([head, body]);
}
