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
  /** Answered in the order of asking. Rejects with LT_DATABASE. */
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
  const opening = Promise.withResolvers<Done>();
  /** Those not answered yet, in order; the first answer says that the database is open. */
  const waiting = [opening];

  function stop(cause: unknown): void {
    stopped ??= new LivetallyError('LT_DATABASE', 'The embedded database stopped.', {
      next: 'Start again: it picks up where it was, or is rebuilt from the log.',
      cause,
    });
    for (const { reject } of waiting.splice(0)) reject(stopped);
  }

  thread.on('message', (answer: Answer) => {
    const { resolve, reject } = waiting.shift()!;
    if (answer.kind === 'done') resolve(answer);
    else reject(refused(answer.message, answer.code));
  });
  thread.on('error', stop);
  thread.on('exit', (code) => stop(new Error(`Its thread ended with code ${code}.`)));

  const client: PgliteClient = {
    async ask(ask: Ask): Promise<Done> {
      if (stopped !== undefined) throw stopped;
      const asked = Promise.withResolvers<Done>();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      thread.postMessage(ask);
      // Not before: an ask that cannot be sent is never answered.
      waiting.push(asked);
      return asked.promise;
    },
    async end(): Promise<void> {
      await thread.terminate();
    },
  };
  await opening.promise.catch(async (cause: unknown) => {
    await client.end();
    throw cause;
  });
  return client;
}

function refused(message: string, code: string | undefined): LivetallyError {
  const cause = Object.assign(new Error(message), { code });
  return new LivetallyError('LT_DATABASE', `The database refused a statement: ${message}`, { cause });
}
