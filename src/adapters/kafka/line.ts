import { isIP, type Socket } from 'node:net';
import { Connection, type API } from '@platformatic/kafka';
import { connectionFailure } from './access.ts';
import type { Contact } from './contact.ts';
import { KafkaFailure } from './failures.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * One asker's connections, one a broker, opened when needed. A broker answers a connection in order, so whoever waits
 * long at a broker has a line of its own.
 */
export interface Line {
  /**
   * The broker's answer, whatever error codes it holds. Without an answer in time the connection is given up. Throws
   * KafkaFailure.
   */
  ask<Request extends unknown[], Answer>(
    address: Address,
    api: API<Request, Answer>,
    request: Request,
    timeoutMs: number,
  ): Promise<Answer>;
  /** Ends the connections, and whatever is being asked. */
  close(): void;
}

export interface LineOptions {
  readonly clientId: string;
  readonly connect: ConnectOptions;
  readonly contact: Contact;
}

export type ConnectOptions = NonNullable<ConstructorParameters<typeof Connection>[1]>;

export function createLine({ clientId, connect, contact }: LineOptions): Line {
  const connections = new Map<string, Promise<OpenConnection>>();
  const opening = new Set<Connection>();
  let closed = false;

  function connected(address: Address): Promise<OpenConnection> {
    const key = addressText(address);
    const known = connections.get(key);
    if (known !== undefined) return known;
    const open = openConnection(address);
    connections.set(key, open);
    // Whoever asked sees why; the next one who asks tries anew.
    open.then(
      ({ connection }) => connection.once('close', () => forget(key, open)),
      () => forget(key, open),
    );
    return open;
  }

  function forget(key: string, open: Promise<OpenConnection>): void {
    if (connections.get(key) === open) connections.delete(key);
  }

  async function openConnection({ host, port }: Address): Promise<OpenConnection> {
    // Brokers behind one address are told apart by the name that is asked for; a number is none.
    const connection = new Connection(clientId, { ...connect, tlsServerName: isIP(host) === 0 });
    const opened: OpenConnection = { connection, fault: undefined };
    // What breaks a connection comes here, and only that it is closed reaches whoever is asking.
    connection.on('error', (error) => (opened.fault ??= error));
    opening.add(connection);
    try {
      await connection.connect(host, port);
      return opened;
    } catch (error) {
      end(connection);
      throw connectionFailure(addressText({ host, port }), opened.fault ?? error);
    } finally {
      opening.delete(connection);
    }
  }

  async function ask<Request extends unknown[], Answer>(
    address: Address,
    api: API<Request, Answer>,
    request: Request,
    timeoutMs: number,
  ): Promise<Answer> {
    const key = addressText(address);
    if (closed) throw new KafkaFailure('away', 'The connections to Kafka are closed.');
    const open = connected(address);
    const opened = await open;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      end(opened.connection);
    }, timeoutMs);
    try {
      return await api.async(opened.connection, ...request);
    } catch (error) {
      if (isAnswer(error)) return error.response as Answer;
      forget(key, open);
      end(opened.connection);
      if (isLate) throw lateFailure(key, timeoutMs);
      throw connectionFailure(key, opened.fault ?? error);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async ask(address, api, request, timeoutMs) {
      try {
        const answer = await ask(address, api, request, timeoutMs);
        contact.answered();
        return answer;
      } catch (failure) {
        if (failure instanceof KafkaFailure && !closed) contact.failed(failure.message);
        throw failure;
      }
    },

    close() {
      closed = true;
      for (const connection of opening) end(connection);
      for (const open of connections.values()) {
        open.then(
          ({ connection }) => end(connection),
          () => undefined,
        );
      }
      connections.clear();
    },
  };
}

interface OpenConnection {
  readonly connection: Connection;
  /** What broke it. */
  fault: Error | undefined;
}

export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function lateFailure(broker: string, timeoutMs: number): KafkaFailure {
  return new KafkaFailure('away', `The Kafka broker at ${broker} does not answer within ${timeoutMs / 1000} s.`);
}

/** At once: the client's own `close` would wait for a broker that does not answer. */
function end(connection: Connection): void {
  void connection.close(); // ends its timers too
  // There is none before the first attempt to connect, whatever its type says.
  (connection.socket as Socket | undefined)?.destroy();
}

/** An answer with an error code in it is thrown by the client; it is an answer all the same. */
function isAnswer(error: unknown): error is { readonly response: object } {
  return error instanceof Error && 'response' in error && typeof error.response === 'object' && error.response !== null;
}
