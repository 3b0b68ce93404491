import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Live, Serialised } from '../stages/4-publish/live.ts';
import { openViewers, type Viewers } from './viewers.ts';

/** Only what viewers use of a live count: the newest bytes, and who follows. */
interface FakeLive extends Pick<Live, 'follow'> {
  newest: Serialised;
  publish(id: string, bytes: Buffer): void;
}

function fakeLive(): FakeLive {
  let listener: ((newest: Serialised) => void) | undefined;
  const live: FakeLive = {
    newest: { id: 'first', bytes: Buffer.from('{}') },
    follow: (follower) => {
      listener = follower;
      return () => {};
    },
    publish: (id, bytes) => {
      live.newest = { id, bytes };
      listener?.(live.newest);
    },
  };
  return live;
}

/** A response whose socket takes bytes or does not, as the test says. */
function fakeResponse(): {
  response: ServerResponse;
  written: string[];
  drain(): void;
  blocked: boolean;
  ended: string;
} {
  const listeners = new Map<string, () => void>();
  const fake = {
    written: [] as string[],
    blocked: false,
    ended: '',
    drain: () => {
      fake.blocked = false;
      listeners.get('drain')?.();
    },
    response: {
      get writableNeedDrain(): boolean {
        return fake.blocked;
      },
      on: (event: string, listener: () => void) => listeners.set(event, listener),
      write: (bytes: Buffer | string) => fake.written.push(bytes.toString()),
      end: () => {
        fake.ended = 'end';
      },
      destroy: () => {
        fake.ended = 'destroy';
        listeners.get('close')?.();
      },
    } as unknown as ServerResponse,
  };
  return fake;
}

describe('one viewer', () => {
  let live: FakeLive;
  let viewers: Viewers;

  beforeEach(() => {
    vi.useFakeTimers();
    live = fakeLive();
    viewers = openViewers(live as unknown as Live, 2);
  });

  afterEach(() => {
    viewers.close();
    vi.useRealTimers();
  });

  test('[H5] silence is broken by beats, and only silence', () => {
    const fake = fakeResponse();
    viewers.add(fake.response, undefined);
    const beats = (): number => fake.written.filter((text) => text.startsWith('event: beat')).length;
    for (let second = 0; second < 5; second++) {
      vi.advanceTimersByTime(1000);
      live.publish(`id-${second}`, Buffer.from('{}'));
    }
    expect(beats()).toBe(0);
    vi.advanceTimersByTime(20_000);
    expect(beats()).toBeGreaterThanOrEqual(9);
  });

  test('[H3] a viewer that is behind is sent nothing until it has read, then the newest alone', () => {
    const fake = fakeResponse();
    viewers.add(fake.response, undefined);
    const before = fake.written.length;
    fake.blocked = true;
    for (let round = 0; round < 100; round++) live.publish(`id-${round}`, Buffer.from('{}'));
    vi.advanceTimersByTime(5000);
    expect(fake.written.length).toBe(before);
    fake.drain();
    expect(fake.written.slice(before).map((text) => text.split('\n')[0])).toEqual(['id: id-99']);
  });

  test('[H3] a viewer that reads nothing for half a minute is ended', () => {
    const fake = fakeResponse();
    viewers.add(fake.response, undefined);
    fake.blocked = true;
    vi.advanceTimersByTime(29_000);
    expect([viewers.count, fake.ended]).toEqual([1, '']);
    vi.advanceTimersByTime(3000);
    expect([viewers.count, fake.ended]).toEqual([0, 'destroy']);
  });

  test('[H6] closing ends those who read, and drops those who do not', () => {
    const [reading, stuck] = [fakeResponse(), fakeResponse()];
    viewers.add(reading.response, undefined);
    viewers.add(stuck.response, undefined);
    stuck.blocked = true;
    viewers.close();
    expect([reading.ended, stuck.ended]).toEqual(['end', 'destroy']);
  });
});

test('[H3] over a real socket, a slow viewer skips to the newest', async () => {
  const live = fakeLive();
  const viewers = openViewers(live as unknown as Live, 1);
  const server = createServer((_request, response) => void viewers.add(response, undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  while (viewers.count === 0) await new Promise(setImmediate);

  // 64 MB: more than the buffers of both ends hold.
  for (let round = 0; round < 64; round++) {
    live.publish(`id-${round}`, Buffer.alloc(1024 * 1024, 'x'));
    await new Promise(setImmediate);
  }
  const ids = await readIds(socket, 'id-63');
  expect(ids.at(-1)).toBe('id-63');
  expect(ids.length).toBeLessThan(30);
  socket.destroy();
  viewers.close();
  server.close();
});

/** Reads on until the snapshot with the id has come: the ids of all on the way. */
async function readIds(socket: Socket, lastId: string): Promise<string[]> {
  const ids: string[] = [];
  let unfinished = '';
  for await (const chunk of socket.setEncoding('latin1') as AsyncIterable<string>) {
    const lines = (unfinished + chunk).split('\n');
    unfinished = lines.pop() ?? '';
    ids.push(...lines.filter((line) => line.startsWith('id: ')).map((line) => line.slice(4)));
    if (ids.at(-1) === lastId) return ids;
  }
  return ids;
}
