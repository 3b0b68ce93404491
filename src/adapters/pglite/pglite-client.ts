import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LivetallyError } from '../../error.ts';

/** One thing for the thread to do. */
export type Ask =
  | { readonly kind: 'query'; readonly sql: string; readonly parameters: readonly unknown[] }
  | { readonly kind: 'script'; readonly sql: string }
  | { readonly kind: 'copy'; readonly sql: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'close' };

export type Answer = Done | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined };

interface Done {
  readonly kind: 'done';
  readonly rows: object[];
  /** `COMMIT`, `SELECT` … */
  readonly command: string | undefined;
}

/** The near side of PGlite's thread. */
export interface PgliteClient {
  /** One at a time. Rejects with LT_DATABASE. */
  ask(ask: Ask): Promise<Done>;
  /** Ends the thread, whatever it is doing. */
  end(): Promise<void>;
}

/** Starts the thread and waits until its database is open. Rejects with LT_DATABASE. */
export async function openPgliteClient(folder: string | undefined): Promise<PgliteClient> {
  const thread = new Worker(new URL(`./pglite-thread${extname(import.meta.filename)}`, import.meta.url), {
    workerData: { folder },
  });
  let stopped: LivetallyError | undefined;
  let waiting: PromiseWithResolvers<Done> | undefined = Promise.withResolvers<Done>();

  function stop(cause: unknown): void {
    stopped ??= new LivetallyError('LT_DATABASE', 'The embedded database stopped.', {
      next: 'Start again: it picks up where it was, or is rebuilt from the log.',
      cause,
    });
    waiting?.reject(stopped);
    waiting = undefined;
  }

  thread.on('message', (answer: Answer) => {
    const { resolve, reject } = waiting!;
    waiting = undefined;
    if (answer.kind === 'done') resolve(answer);
    else reject(refused(answer.message, answer.code));
  });
  thread.on('error', stop);
  thread.on('exit', (code) => stop(new Error(`Its thread ended with code ${code}.`)));

  const client: PgliteClient = {
    async ask(ask: Ask): Promise<Done> {
      if (stopped !== undefined) throw stopped;
      waiting = Promise.withResolvers<Done>();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      thread.postMessage(ask);
      return waiting.promise;
    },
    async end(): Promise<void> {
      await thread.terminate();
    },
  };
  await waiting.promise.catch(async (cause: unknown) => {
    await client.end();
    throw cause;
  });
  return client;
}

function refused(message: string, code: string | undefined): LivetallyError {
  const cause = Object.assign(new Error(message), { code });
  return new LivetallyError('LT_DATABASE', `The database refused a statement: ${message}`, { cause });
}
