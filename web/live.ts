import type { Snapshot, View } from '../src/stages/4-publish/view.ts';
import { createRequests } from './requests.ts';

/** How the page is fed at this moment. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** The stream does not come through, plain requests do. */
  | { readonly kind: 'polling' }
  | { readonly kind: 'lost'; readonly sinceMs: number };

export interface Sink {
  /** `skewMs`: how far this clock is ahead of the server's. */
  receive(view: View, skewMs: number): void;
  connection(state: Connection): void;
}

/** What the browser gives; a test gives something else. */
export interface Browser {
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
  readonly openStream: (address: string) => EventSource;
}

/** The server breaks silence every two seconds; two beats may be late before the figures count as old. */
const SILENCE_MS = 4500;
const RETRY_LOST_MS = 1000;
const RETRY_STREAM_MS = 3000;

const BROWSER: Browser = {
  fetch: (address, init) => fetch(address, init),
  openStream: (address) => new EventSource(address),
};

/**
 * Follows the count over an event stream. When that breaks: asks for the report once, so that a proxy that swallows
 * streams still shows the count, and tries the stream again. Goes on for as long as the page is open.
 */
export function connect(sink: Sink, browser: Browser = BROWSER): void {
  let state: Connection = { kind: 'connecting' };
  const requests = createRequests(browser.fetch);
  let newest: Snapshot | undefined;
  let lastId = '';
  let stream: EventSource | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  function become(next: Connection): void {
    if (next.kind === state.kind) return;
    state = next;
    sink.connection(next);
  }

  function open(): void {
    const opened = browser.openStream(`api/live?after=${lastId}`);
    stream = opened;
    listenForSilence();
    opened.addEventListener('beat', heard);
    opened.addEventListener('snapshot', (event: MessageEvent<string>) => {
      lastId = event.lastEventId;
      heard();
      take(JSON.parse(event.data)).catch(() => broken(opened));
    });
    opened.addEventListener('error', () => void broken(opened));
  }

  function heard(): void {
    become({ kind: 'live' });
    listenForSilence();
  }

  function listenForSilence(): void {
    clearTimeout(silence);
    const watched = stream;
    silence = setTimeout(() => void broken(watched), SILENCE_MS);
  }

  async function broken(which: EventSource | undefined): Promise<void> {
    if (which === undefined || which !== stream) return;
    stream = undefined;
    which.close();
    clearTimeout(silence);
    if (state.kind === 'live') become({ kind: 'lost', sinceMs: Date.now() });
    const answered = await poll();
    setTimeout(open, answered ? RETRY_STREAM_MS : RETRY_LOST_MS);
  }

  async function poll(): Promise<boolean> {
    try {
      await take(await requests.report());
      become({ kind: 'polling' });
      return true;
    } catch {
      become({ kind: 'lost', sinceMs: Date.now() });
      return false;
    }
  }

  async function take(snapshot: Snapshot): Promise<void> {
    newest = snapshot;
    const { texts, skewMs } = await requests.texts(snapshot.texts);
    // A newer one may have overtaken it while the texts were on their way.
    if (snapshot === newest) sink.receive({ texts, snapshot }, skewMs);
  }

  open();
}
