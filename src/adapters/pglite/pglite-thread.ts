/**
 * The far side: PGlite in a thread of its own, since everything it does (2 s to make a database, 30 ms to copy a
 * thousand rows) blocks the thread it is in. Answers what pglite-client.ts asks, in order.
 */
import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, types, type PGliteOptions } from '@electric-sql/pglite';
import type { Answer, Ask } from './pglite-client.ts';

/** In bytes: PGlite makes no checkpoint of its own, and its write-ahead log would grow without end. */
const CHECKPOINT_BYTES = 64 * 1024 * 1024;

const asText = (text: string): string => text;

/** `startParams` are those of PostgreSQL; 128 MB of shared buffers is more than a projection needs. */
function options(folder: string | undefined): PGliteOptions {
  const settings = ['shared_buffers=32MB', 'min_wal_size=32MB', 'max_wal_size=64MB', 'timezone=UTC'];
  return {
    ...(folder === undefined ? {} : { dataDir: folder }),
    startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])],
    parsers: {
      [types.INT8]: Number,
      [types.NUMERIC]: Number,
      [types.DATE]: asText,
      [types.TIMESTAMP]: asText,
      [types.TIMESTAMPTZ]: asText,
    },
  };
}

async function serve(port: NonNullable<typeof parentPort>, folder: string | undefined): Promise<void> {
  const asks = on(port, 'message');
  const pglite = await PGlite.create(options(folder));
  port.postMessage({ kind: 'done', rows: [], command: 'OPEN' } satisfies Answer);
  for await (const [ask] of asks as AsyncIterable<[Ask]>) {
    const given = await answer(pglite, ask).catch(failed);
    port.postMessage(given);
    if (given.kind === 'done' && given.command === 'COMMIT') await keepLogShort(pglite);
  }
}

async function answer(pglite: PGlite, ask: Ask): Promise<Answer> {
  switch (ask.kind) {
    case 'query': {
      const { rows, command } = await pglite.query<object>(ask.sql, [...ask.parameters]);
      return { kind: 'done', rows, command };
    }
    case 'script':
      await pglite.exec(ask.sql);
      return { kind: 'done', rows: [], command: undefined };
    case 'copy':
      await pglite.query(ask.sql, [], { blob: new Blob([ask.bytes]) });
      return { kind: 'done', rows: [], command: 'COPY' };
    case 'close':
      await pglite.close();
      return { kind: 'done', rows: [], command: 'CLOSE' };
    default:
      return ask satisfies never;
  }
}

async function keepLogShort(pglite: PGlite): Promise<void> {
  const { rows } = await pglite.query<{ bytes: number }>(
    'SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::bigint AS bytes FROM pg_control_checkpoint()',
  );
  if (rows[0]!.bytes > CHECKPOINT_BYTES) await pglite.query('CHECKPOINT');
}

/** As a value: an error loses its own properties on the way to the other thread. */
function failed(error: unknown): Answer {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error), code };
}

await serve(parentPort!, (workerData as { folder: string | undefined }).folder);
