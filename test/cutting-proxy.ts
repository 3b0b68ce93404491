import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Hands connections on to a server, and can cut them. */
export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  readonly connections: number;
  cut(): void;
  /** Hands nothing on any more through the connections that there are, and does not say so. */
  freeze(): void;
  /** Cuts the next connection as soon as so many bytes have come back through it. */
  cutAfter(bytes: number): void;
}

export async function startCuttingProxy(host: string, port: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let bytesLeft = Number.POSITIVE_INFINITY;

  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }

  const server = createServer((client) => {
    connections++;
    const upstream = connect(port, host);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (bytes: Buffer) => {
      bytesLeft -= bytes.length;
      if (bytesLeft < 0) {
        bytesLeft = Number.POSITIVE_INFINITY;
        cut();
      } else if (!client.write(bytes)) {
        upstream.pause();
        client.once('drain', () => upstream.resume());
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    cut,
    freeze() {
      for (const socket of sockets) socket.unpipe().removeAllListeners('data').pause();
    },
    cutAfter(bytes) {
      bytesLeft = bytes;
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
