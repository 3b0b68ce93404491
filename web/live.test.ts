import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connect, type Connection } from './live.ts';

/** A stream that the test speaks through. */
class FakeStream {
  readonly address: string;
  readonly listeners = new Map<string, (event: unknown) => void>();
  closed = false;

  constructor(address: string) {
    this.address = address;
  }

  addEventListener(name: string, listener: (event: unknown) => void): void {
    this.listeners.set(name, listener);
  }

  close(): void {
    this.closed = true;
  }

  snapshot(id: string, texts = 'texts-1'): void {
    this.listeners.get('snapshot')?.({ lastEventId: id, data: JSON.stringify({ id, texts }) });
  }

  beat(): void {
    this.listeners.get('beat')?.({});
  }

  fail(): void {
    this.listeners.get('error')?.({});
  }
}

let streams: FakeStream[];
let states: Connection['kind'][];
let received: string[];
let asked: string[];
let up: boolean;
let textsId: string;

async function answer(address: string): Promise<Response> {
  asked.push(address);
  if (!up) throw new TypeError('no connection');
  if (address === 'api/election') return new Response('{"title":"x"}', { headers: { etag: `"${textsId}"` } });
  return Response.json({ id: 'polled', texts: textsId });
}

beforeEach(() => {
  vi.useFakeTimers();
  [streams, states, received, asked, up, textsId] = [[], [], [], [], true, 'texts-1'];
  const sink = {
    receive: (view: { snapshot: unknown }) => received.push((view.snapshot as { id: string }).id),
    connection: (state: Connection) => states.push(state.kind),
  };
  connect(sink, {
    fetch: answer,
    openStream: (address) => {
      const stream = new FakeStream(address);
      streams.push(stream);
      return stream as unknown as EventSource;
    },
  });
});

afterEach(() => vi.useRealTimers());

function passes(ms: number): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}

describe('following the count', () => {
  test('[H21] snapshots of the stream arrive with their texts, which are asked for once', async () => {
    for (const id of ['a', 'b', 'c']) streams[0]?.snapshot(id);
    await passes(1);
    expect(received).toEqual(['c']);
    streams[0]?.snapshot('d');
    await passes(1);
    expect(states).toEqual(['live']);
    asked = [];
    streams[0]?.snapshot('e');
    await passes(1);
    expect([received.at(-1), asked]).toEqual(['e', []]);
  });

  test('[H21] new texts are fetched when a snapshot names them', async () => {
    streams[0]?.snapshot('a');
    await passes(1);
    asked = [];
    textsId = 'texts-2';
    streams[0]?.snapshot('b', 'texts-2');
    await passes(1);
    expect(asked).toEqual(['api/election']);
  });

  test('[H22] a broken stream counts as lost at once, and is taken up after the last snapshot', async () => {
    streams[0]?.snapshot('a');
    await passes(1);
    up = false;
    streams[0]?.fail();
    await passes(1);
    expect([states.at(-1), streams[0]?.closed]).toEqual(['lost', true]);
    up = true;
    await passes(1000);
    expect(streams[1]?.address).toBe('api/live?after=a');
    streams[1]?.beat();
    expect(states.at(-1)).toBe('live');
  });

  test('[H22] silence counts as lost within five seconds; beats are no silence', async () => {
    streams[0]?.snapshot('a');
    for (let second = 0; second < 10; second += 2) {
      await passes(2000);
      streams[0]?.beat();
    }
    expect(states).toEqual(['live']);
    up = false;
    await passes(5000);
    expect(states.at(-1)).toBe('lost');
  });

  test('[H23] where streams do not come through, the report is asked for every few seconds', async () => {
    streams[0]?.fail();
    await passes(1);
    expect([states, received]).toEqual([['polling'], ['polled']]);
    await passes(3000);
    streams[1]?.fail();
    await passes(1);
    expect(received).toEqual(['polled', 'polled']);
    expect(states).toEqual(['polling']);
  });

  test('[H22] it never gives up, and never has two streams', async () => {
    up = false;
    for (let attempt = 0; attempt < 50; attempt++) {
      streams.at(-1)?.fail();
      await passes(1100);
    }
    expect(streams.length).toBeGreaterThan(40);
    expect(streams.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(1);
  });
});
