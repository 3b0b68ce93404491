import type { ServerResponse } from 'node:http';
import type { Live, Serialised } from '../stages/4-publish/live.ts';

/**
 * Everyone who watches over an event stream. Promises:
 * - a viewer gets the newest snapshot at once, unless it says that it has it, then each new one
 * - all share the bytes of a snapshot; a viewer that reads slowly skips to the newest, so it holds at most one
 * - silence is broken by a `beat`, so that a page notices a dead connection; one that reads nothing is ended
 */
export interface Viewers {
  readonly count: number;
  /** False: there are too many already, and nothing was written. */
  add(response: ServerResponse, lastEventId: string | undefined): boolean;
  close(): void;
}

interface Viewer {
  readonly response: ServerResponse;
  /** The newest snapshot it was sent, or has told. */
  seen: string | undefined;
  wroteAt: number;
}

/** A page that hears nothing for twice this long says that its figures may be old. */
const BEAT_EVERY_MS = 2000;
const GIVE_UP_AFTER_MS = 30_000;
const RETRY_MS = 1000;
const BEAT: Buffer = Buffer.from('event: beat\ndata:\n\n');

export function openViewers(live: Live, maxViewers: number, now: () => number = Date.now): Viewers {
  const viewers = new Set<Viewer>();
  let frame = snapshotFrame(live.newest);

  function sendNewest(viewer: Viewer): void {
    // Bytes still wait in this process: the viewer catches up when they are gone, with what is newest then.
    if (viewer.response.writableNeedDrain || viewer.seen === live.newest.id) return;
    viewer.seen = live.newest.id;
    write(viewer, frame);
  }

  function write(viewer: Viewer, bytes: Buffer): void {
    viewer.wroteAt = now();
    viewer.response.write(bytes);
  }

  function beat(viewer: Viewer): void {
    const silentMs = now() - viewer.wroteAt;
    if (viewer.response.writableNeedDrain) {
      if (silentMs > GIVE_UP_AFTER_MS) viewer.response.destroy();
    } else if (silentMs >= BEAT_EVERY_MS) write(viewer, BEAT);
  }

  const unfollow = live.follow((newest) => {
    frame = snapshotFrame(newest);
    for (const viewer of viewers) sendNewest(viewer);
  });
  const beats = setInterval(() => {
    for (const viewer of viewers) beat(viewer);
  }, BEAT_EVERY_MS / 2);
  beats.unref();

  return {
    get count(): number {
      return viewers.size;
    },
    add(response: ServerResponse, lastEventId: string | undefined): boolean {
      if (viewers.size >= maxViewers) return false;
      const viewer: Viewer = { response, seen: lastEventId, wroteAt: now() };
      viewers.add(viewer);
      response.on('close', () => viewers.delete(viewer));
      response.on('error', () => response.destroy());
      response.on('drain', () => sendNewest(viewer));
      response.write(`retry: ${RETRY_MS}\n\n`);
      sendNewest(viewer);
      return true;
    },
    close(): void {
      unfollow();
      clearInterval(beats);
      for (const { response } of viewers) {
        if (response.writableNeedDrain) response.destroy();
        else response.end();
      }
    },
  };
}

function snapshotFrame({ id, bytes }: Serialised): Buffer {
  return Buffer.concat([Buffer.from(`id: ${id}\nevent: snapshot\ndata: `), bytes, Buffer.from('\n\n')]);
}
