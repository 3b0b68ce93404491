import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHealth, type Health } from '../app/health.ts';
import { LivetallyError } from '../error.ts';
import type { Intake } from '../stages/2-vote/intake.ts';
import { REQUEST_BYTES, type IntakeDoor } from './intake-routes.ts';
import type { Server } from './server.ts';
import { openStageServer } from './stage-server.ts';

const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const TOKEN = 'a-token-of-this-test';
const AWAY = new LivetallyError('LT_LOG_AWAY', 'The broker is away.');

let server: Server;
let health: Health;

afterEach(() => server.close());

async function open(intake?: IntakeDoor): Promise<void> {
  health = createHealth();
  server = await openStageServer({
    host: '127.0.0.1',
    port: 0,
    health,
    log,
    ...(intake === undefined ? {} : { intake }),
  });
}

function door(accept: Intake['accept'] | undefined, patienceMs?: number): IntakeDoor {
  const intake = accept === undefined ? undefined : { accept };
  return { token: TOKEN, intake: () => intake, ...(patienceMs === undefined ? {} : { patienceMs }) };
}

const HEADERS = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/x-ndjson' };

function send(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = HEADERS): Promise<Response> {
  return fetch(`${server.url}/ballots`, { method: 'POST', body, headers });
}

describe('[H9] the health of a stage', () => {
  it('lives, and is ready unless something is not well', async () => {
    await open();
    expect(await (await fetch(`${server.url}/livez`)).json()).toEqual({ live: true });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    health.say('tally', 'The broker is away.');
    const answer = await fetch(`${server.url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ ready: false, reasons: [{ what: 'tally', reason: 'The broker is away.' }] });
    health.say('tally', undefined);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  it('measures what its stage does, the newest of one name', async () => {
    await open();
    health.gauge('livetally_cast_lines', 'Lines.', () => 7);
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/^livetally_cast_lines 7$/m);
    health.gauge('livetally_cast_lines', 'Lines.', () => 8);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).toMatch(/^livetally_cast_lines 8$/m);
    expect(text).toMatch(/^livetally_ready 1$/m);
  });

  it('takes nothing', async () => {
    await open();
    expect((await send('x\n')).status).toBe(405);
  });
});

describe('ballots over HTTP', () => {
  it('[V7] are taken from whoever has the token, as NDJSON, and answered for when they are durable', async () => {
    const taken: string[] = [];
    await open(
      door(async (ndjson) => {
        taken.push(Buffer.from(ndjson).toString());
        return { recorded: 2, refused: [{ line: 1, why: 'empty' }] };
      }),
    );
    const answer = await send('one\n\ntwo\n');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ recorded: 2, refused: [{ line: 1, why: 'empty' }] });
    expect(taken).toEqual(['one\n\ntwo\n']);
  });

  it('[V7] are refused without the token, in another form, and when they are too many at once', async () => {
    const accept = vi.fn(async () => ({ recorded: 1, refused: [] }));
    await open(door(accept));
    for (const authorization of ['', 'Bearer', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, `Basic ${TOKEN}`]) {
      expect((await send('x\n', { ...HEADERS, authorization })).status).toBe(401);
    }
    expect((await send('x\n', { ...HEADERS, 'content-type': 'application/json' })).status).toBe(415);
    expect((await send(new Uint8Array(REQUEST_BYTES + 1))).status).toBe(413);
    expect(accept).not.toHaveBeenCalled();
  });

  it('[V8] are answered with 503 within a bound while the log is away, and taken again afterwards', async () => {
    let isAway = true;
    let answerLate = (): void => undefined;
    await open(
      door(async () => {
        if (isAway) await new Promise<void>((resolve) => (answerLate = resolve));
        return { recorded: 1, refused: [] };
      }, 50),
    );
    const answer = await send('x\n');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await answer.json()).toEqual({ error: 'The log does not answer in time. Send the same lines again.' });
    isAway = false;
    answerLate();
    expect((await send('x\n')).status).toBe(200);
  });

  it('[V8] an append that fails is 503 with its reason, a fault is 500 without', async () => {
    let error: Error = AWAY;
    await open(door(() => Promise.reject(error)));
    const answer = await send('x\n');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ error: 'The broker is away. Send the same lines again.' });
    error = new Error('a secret of the inside');
    const fault = await send('x\n');
    expect(fault.status).toBe(500);
    expect(await fault.text()).not.toContain('secret');
  });

  it('[V8] before there is an election they are told to come again', async () => {
    await open(door(undefined));
    expect((await send('x\n')).status).toBe(503);
  });

  it('[V8] no more bytes wait than it can hold', async () => {
    const waiting = Promise.withResolvers<void>();
    await open(
      door(async () => {
        await waiting.promise;
        return { recorded: 1, refused: [] };
      }, 20),
    );
    const statuses: number[] = [];
    const bodies: string[] = [];
    for (let sent = 0; sent < 20; sent++) {
      const answer = await send(new Uint8Array(REQUEST_BYTES));
      statuses.push(answer.status);
      bodies.push(await answer.text());
    }
    expect(new Set(statuses)).toEqual(new Set([503]));
    expect(bodies.filter((body) => body.includes('Too much is waiting')).length).toBeGreaterThan(0);
    waiting.resolve();
    await vi.waitFor(async () => expect((await send('x\n')).status).toBe(200));
  });
});
