import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import type { PoolClient, QueryConfig } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { PostgresSettings } from '../../ports/postgres-settings.ts';
import { copyStatement, copyText } from '../sql/copy-text.ts';
import type { SqlConnection } from '../sql/transaction.ts';
import { statementError } from './postgres-error.ts';

/** A connection that was taken from the pool. */
export interface TakenConnection extends SqlConnection {
  /** Rejects with LT_DATABASE_AWAY when the server does not answer within seconds. */
  probe(): Promise<void>;
  /** Gives it back; one that has ended, or is still in a transaction, is thrown away. */
  release(): void;
}

/** How long a server may take for an answer that costs it nothing. */
const PROBE_MS = 5000;

export function useConnection(client: PoolClient, settings: PostgresSettings): TakenConnection {
  let lost: unknown;
  const onError = (cause: unknown): void => void (lost ??= cause);
  // The server may end the connection between two statements; without somebody who listens the process would end too.
  client.on('error', onError);

  /** One after the other: `pg` keeps no order that it promises to keep. */
  let last: Promise<unknown> = Promise.resolve();
  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const unlessLost = (): Promise<Result> => (lost === undefined ? work() : Promise.reject(lost));
    const done = last.then(unlessLost, unlessLost);
    last = done;
    try {
      return await done;
    } catch (cause) {
      const error = statementError(cause, settings, lost);
      // Also when it only did not answer in time: what comes next would wait behind that.
      if (error.code === 'LT_DATABASE_AWAY') lost ??= cause;
      throw error;
    }
  }

  return {
    probe: () => inTurn(async () => void (await client.query(statement('SELECT 1', [], PROBE_MS)))),
    query: (sql, parameters) =>
      inTurn(async () => {
        const { rows, command } = await client.query<object>(statement(sql, parameters));
        return { rows, command };
      }),
    script: (sql) => inTurn(async () => void (await client.query(sql))),
    copy: (table, columns, rows) =>
      inTurn(async () => {
        const target = client.query(copyFrom(copyStatement(table, columns, 'STDIN')));
        await pipeline(Readable.from(inTurns(copyText(columns, rows))), target);
      }),
    release() {
      client.off('error', onError);
      client.release(lost !== undefined || client.getTransactionStatus() !== 'I');
    },
  };
}

/** In the extended protocol also without parameters: it takes one statement, never several. */
function statement(text: string, parameters: readonly unknown[], timeoutMs?: number): QueryConfig {
  const config: QueryConfig & { queryMode: string; query_timeout?: number } = {
    text,
    values: [...parameters],
    queryMode: 'extended',
    ...(timeoutMs === undefined ? {} : { query_timeout: timeoutMs }),
  };
  return config;
}

/** While the server takes all it is sent nothing waits, and a long copy would keep timers and answers waiting to its end. */
async function* inTurns(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    yield chunk;
    await turnOfEventLoop();
  }
}
