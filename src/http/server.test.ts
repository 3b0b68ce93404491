import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFakeCount, exampleElection, type FakeCount } from '../../test/browser/fake-count.ts';
import { createHealth, type Health } from '../app/health.ts';
import type { Candidate, Election } from '../election/election.ts';
import { createLive, type Live } from '../stages/4-publish/live.ts';
import { sayWhoCanReach } from './security.ts';
import { openServer, type Server, type ServerOptions } from './server.ts';

const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };

let folder: string;
let fake: FakeCount;
let live: Live;
let server: Server;
let health: Health;
let streams: IncomingMessage[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-http-'));
  await mkdir(join(folder, 'web', 'assets'), { recursive: true });
  await writeFile(join(folder, 'web', 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(folder, 'web', 'assets', 'page-1a2b.js'), 'export {}');
  streams = [];
  await start({});
});

afterEach(async () => {
  for (const stream of streams) stream.destroy();
  await server.close();
  await rm(folder, { recursive: true });
  log.error.mockClear();
});

async function start(options: Partial<ServerOptions>, election: Election = exampleElection()): Promise<void> {
  health = createHealth();
  fake = createFakeCount(election);
  live = createLive(election, fake.report());
  server = await openServer({ port: 0, live, health, webFolder: join(folder, 'web'), log, ...options });
}

async function restart(options: Partial<ServerOptions>, election?: Election): Promise<void> {
  await server.close();
  await start(options, election);
}

function count(ballots: number): void {
  live.take(fake.step(ballots));
  live.refresh();
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(server.url + path, { headers, method, agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => (body += text));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    asked.on('error', reject).end();
  });
}

interface StreamEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

/** Events of a stream as they come, over a socket of its own. */
async function watch(path = '/api/live', headers: Record<string, string> = {}): Promise<AsyncGenerator<StreamEvent>> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(server.url + path, { headers, agent: false }, resolve)
      .on('error', reject)
      .end();
  });
  streams.push(answer);
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toContain('text/event-stream');
  return events(answer.setEncoding('utf8'));
}

async function* events(answer: AsyncIterable<string>): AsyncGenerator<StreamEvent> {
  let text = '';
  for await (const chunk of answer) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = text
        .slice(0, end)
        .split('\n')
        .map((line) => line.split(/: ?(.*)/s).slice(0, 2));
      text = text.slice(end + 2);
      const event: StreamEvent = Object.fromEntries(fields);
      if (event.event !== undefined) yield event;
    }
  }
}

async function nextSnapshot(stream: AsyncGenerator<StreamEvent>): Promise<{ id: string; lines: number }> {
  for (;;) {
    const { value, done } = await stream.next();
    if (done === true) throw new Error('the stream ended');
    if (value.event === 'snapshot') return { id: value.id ?? '', lines: JSON.parse(value.data ?? '').lines };
  }
}

describe('the stream of snapshots', () => {
  test('[H1] a viewer gets the newest snapshot at once, then each new one', async () => {
    count(500);
    const stream = await watch();
    expect(await nextSnapshot(stream)).toEqual({ id: live.newest.id, lines: live.snapshot.lines });
    const before = live.snapshot.lines;
    count(500);
    const second = await nextSnapshot(stream);
    expect(second).toEqual({ id: live.newest.id, lines: live.snapshot.lines });
    expect(second.lines).toBeGreaterThan(before);
  });

  test('[H2] a viewer that comes back with the newest id is not sent it again', async () => {
    count(500);
    const [path, headers] = [`/api/live?after=${live.newest.id}`, { 'last-event-id': live.newest.id }];
    for (const stream of [await watch('/api/live', headers), await watch(path)]) {
      expect((await stream.next()).value?.event).toBe('beat');
    }
  });

  test('[H4] one viewer too many is told to come again, and the report still answers', async () => {
    await restart({ maxViewers: 1 });
    await watch();
    const refused = await ask('/api/live');
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('10');
    expect((await ask('/api/report')).status).toBe(200);
    streams[0]?.destroy();
    await eventually(async () => (await viewers()) === 0);
    await watch();
  });

  test('[H6] closing ends the streams', async () => {
    const stream = await watch();
    await nextSnapshot(stream);
    const closed = server.close();
    let last = await stream.next();
    while (last.done !== true) last = await stream.next();
    await closed;
    await expect(ask('/livez')).rejects.toThrow(/ECONNREFUSED/);
    await start({});
  });
});

describe('the count as data', () => {
  test('[H7] the report is the snapshot of the stream, and is not sent twice', async () => {
    count(2000);
    const first = await ask('/api/report');
    expect(JSON.parse(first.body)).toEqual(JSON.parse(JSON.stringify(live.snapshot)));
    const tag = first.headers.etag ?? '';
    expect(tag).toBe(`"${live.newest.id}"`);
    const again = await ask('/api/report', { 'if-none-match': tag });
    expect([again.status, again.body]).toEqual([304, '']);
    count(10);
    expect((await ask('/api/report', { 'if-none-match': tag })).status).toBe(200);
  });

  test('[H8] the texts have the id that snapshots name', async () => {
    const texts = await ask('/api/election');
    expect(texts.headers.etag).toBe(`"${live.snapshot.texts}"`);
    live.describe({ ...live.election, title: 'Another title' });
    live.refresh();
    const changed = await ask('/api/election');
    expect(JSON.parse(changed.body).title).toBe('Another title');
    expect(changed.headers.etag).toBe(`"${live.snapshot.texts}"`);
  });

  test('[H9] status, health and metrics', async () => {
    await restart({ status: () => ({ phase: 'counting' }) });
    count(2000);
    expect(JSON.parse((await ask('/api/status')).body)).toMatchObject({
      election: 'demo',
      status: 'unofficial-partial',
      lines: live.snapshot.lines,
      phase: 'counting',
    });
    expect((await ask('/livez')).status).toBe(200);
    expect((await ask('/readyz')).status).toBe(200);
    const { body } = await ask('/metrics');
    expect(body).toContain(`livetally_ballot_lines{outcome="counted"} ${live.snapshot.outcomes.counted}`);
    expect(body).toContain('livetally_viewers 0');
    expect(body).not.toContain('rivera');
  });

  test('[P1] while results are hidden no answer holds a vote', async () => {
    await restart({}, exampleElection({ results: 'hidden' }));
    count(5000);
    const snapshot = JSON.parse((await ask('/api/report')).body);
    expect(snapshot.outcomes.counted).toBeGreaterThan(0);
    expect([snapshot.contests, snapshot.breakdowns, snapshot.rates.history.contests]).toEqual([[], [], []]);
    expect(snapshot.hash).toBeUndefined();
  });
});

describe('what is let in and out', () => {
  test('[H10] every answer forbids foreign scripts, frames and sniffing', async () => {
    for (const path of ['/', '/api/report', '/no-such-page', '/metrics', '/%zz']) {
      const { headers } = await ask(path);
      expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
    }
    const stream = await watch();
    await nextSnapshot(stream);
    expect(streams[0]?.headers['content-security-policy']).toContain("default-src 'none'");
  });

  test('[H11] on loopback, only names of this machine are answered', async () => {
    const port = new URL(server.url).port;
    for (const host of [`localhost:${port}`, '127.0.0.1', `[::1]:${port}`, 'LOCALHOST']) {
      expect((await ask('/api/report', { host })).status).toBe(200);
    }
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example']) {
      expect((await ask('/api/report', { host })).status).toBe(421);
    }
  });

  test('[H11] a server that others can reach says so, one on loopback says nothing', () => {
    const warn = vi.fn();
    for (const host of ['127.0.0.1', '127.0.0.53', 'localhost', '::1']) sayWhoCanReach(host, { warn });
    expect(warn).not.toHaveBeenCalled();
    for (const host of ['0.0.0.0', '::', '192.0.2.7', '127.0.0.1.evil.example']) sayWhoCanReach(host, { warn });
    expect(warn.mock.calls.map(([fields]) => fields.host)).toEqual([
      '0.0.0.0',
      '::',
      '192.0.2.7',
      '127.0.0.1.evil.example',
    ]);
  });

  test('an address that cannot be read is refused in words, without the insides of the server', async () => {
    const { status, body } = await ask('/%zz');
    expect([status, body]).toEqual([400, '{"error":"This is no address."}']);
  });

  test('[H12] only GET and HEAD', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect((await ask('/api/report', {}, method)).status).toBe(405);
    expect((await ask('/api/report', {}, 'HEAD')).status).toBe(200);
  });
});

describe('where it listens and what it serves', () => {
  test('[H13] a port in use is named, with what to do', async () => {
    const port = Number(new URL(server.url).port);
    await expect(openServer({ port, live, webFolder: folder, log })).rejects.toMatchObject({
      code: 'LT_PORT_IN_USE',
      message: `Port ${port} of 127.0.0.1 is in use by another program.`,
      next: `Stop that program, or choose another port: --port ${port + 1}`,
    });
  });

  test('[H14] the page is asked for each time, what has its digest in its name never again', async () => {
    const page = await ask('/');
    expect([page.status, page.headers['cache-control']]).toEqual([200, 'no-cache']);
    expect((await ask('/assets/page-1a2b.js')).headers['cache-control']).toContain('immutable');
    expect((await ask('/../server.test.ts')).status).toBe(404);
    await restart({ webFolder: join(folder, 'nothing') });
    expect((await ask('/')).body).toContain('npm run build:web');
  });

  test('[H15] photos that the election holds are served, and no file, also none that it names', async () => {
    await writeFile(join(folder, 'web', 'a.png'), 'PNG');
    const names = ['a.png', '../a.png', 'data:text/html,<b>', 'data:image/svg+xml,%3Csvg/%3E', 'data:image/png,%'];
    const candidates: Candidate[] = names.map((photo, at) => ({ id: `c${at}`, name: 'x', photo }));
    const contests = [{ id: 'president', title: 'x', method: 'plurality' as const, candidates }];
    await restart({}, exampleElection({ contests }));

    const answers = await Promise.all(names.map((_, at) => ask(`/photos/president/c${at}`)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 200, 404]);
    expect([answers[3]?.body, answers[3]?.headers['content-type']]).toEqual(['<svg/>', 'image/svg+xml']);
    expect(answers[3]?.headers['content-security-policy']).toContain('sandbox');
    expect((await ask('/photos/president/..%2Fa.png')).status).toBe(404);
  });
});

async function viewers(): Promise<number> {
  return Number(/livetally_viewers (\d+)/.exec((await ask('/metrics')).body)?.[1]);
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
