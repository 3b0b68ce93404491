import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { brokersOrNone, deleteElection, freshId, need, ownDatabase } from '../real-systems.ts';
import { smallElection } from '../small-election.ts';
import { inBackground, livetally, scratch, startLivetally, writeElection, type Running } from './livetally.ts';

/** Every stage a process of its own, as people run them: found by the environment alone, started in any order. */
const isThere = need({ broker: true, database: true }, 'no stage ran as a process of its own on real systems');
const PEOPLE = 3000;
const PATIENCE = { timeout: 60_000, interval: 250 };
const { path, remove } = scratch();

afterAll(remove);

type Background = ReturnType<typeof inBackground>;

interface Results {
  readonly hash: string;
  readonly lines: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

describe.skipIf(!isThere).each(brokersOrNone())('on $name', ({ address }) => {
  const id = freshId('flow');
  const env: Record<string, string> = { KAFKA_BOOTSTRAP_SERVERS: address, LIVETALLY_ELECTION_ID: id };
  const healthUrls = new Map<string, string>();
  const stages: Background[] = [];
  let election: string;
  let alone: Results;
  let page: Running;
  let drop: () => Promise<void>;

  /** Its health is on a free port, which it says. */
  function stage(...args: readonly string[]): Background {
    const started = inBackground([...args, '--follow', '--health-port', '0'], { env });
    started.child.stderr!.on('data', (bytes: Buffer) => {
      const url = /Health: (http:\S+)\/readyz/.exec(bytes.toString())?.[1];
      if (url !== undefined) healthUrls.set(args.join(' '), url);
    });
    stages.push(started);
    return started;
  }

  async function ask(name: string, route: string): Promise<{ status: number; text: string }> {
    const answer = await fetch(`${healthUrls.get(name)}${route}`);
    return { status: answer.status, text: await answer.text() };
  }

  async function json<Value>(...args: readonly string[]): Promise<Value> {
    const { code, out, err } = await livetally([...args, '--json'], { env });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out) as Value;
  }

  beforeAll(async () => {
    const own = await ownDatabase();
    drop = own.drop;
    env['DATABASE_URL'] = own.url;
    env['LIVETALLY_DATA'] = path(`data-${id}`);
    election = writeElection(path(`${id}.yaml`), smallElection({ id }));
    const embedded = ['--data', path(`embedded-${id}`)];
    await livetally(['register', ...embedded, '--election', election, '--count', `${PEOPLE}`, '--no-database']);
    await livetally(['vote', ...embedded]);
    alone = JSON.parse((await livetally(['tally', ...embedded, '--json'])).out) as Results;
  });

  afterAll(async () => {
    for (const { child } of [...stages, ...(page === undefined ? [] : [page])]) child.kill('SIGKILL');
    await drop?.();
    await deleteElection(address, id);
  });

  it('[C23] stages wait for the election, and say so, whatever is started first', async () => {
    for (const args of [['tally'], ['vote', '--part', '2/2'], ['project'], ['vote', '--part', '1/2']]) stage(...args);
    await vi.waitFor(() => expect(healthUrls.size).toBe(4), PATIENCE);
    for (const name of healthUrls.keys()) {
      await vi.waitFor(async () => {
        const { status, text } = await ask(name, '/readyz');
        expect(status).toBe(503);
        expect(text).toContain('not defined yet');
      }, PATIENCE);
      expect((await ask(name, '/livez')).status).toBe(200);
    }
  });

  it('[C24] registered, voted, counted and projected by separate processes, it is what one process comes to', async () => {
    const registered = ['register', '--election', election, '--count', `${PEOPLE}`];
    expect(await json(...registered)).toMatchObject({ onRoll: PEOPLE });
    page = await startLivetally(['dashboard', '--port', '0', '--json'], { env });
    const { url } = JSON.parse(page.firstLine) as { url: string };
    await vi.waitFor(async () => {
      const report = (await (await fetch(`${url}/api/report`)).json()) as Results;
      expect(report.outcomes).toEqual(alone.outcomes);
    }, PATIENCE);
    for (const name of healthUrls.keys()) expect((await ask(name, '/readyz')).status).toBe(200);
    expect((await ask('tally', '/metrics')).text).toMatch(new RegExp(`^livetally_tallied_lines ${alone.lines}$`, 'm'));
    expect(await json('recount')).toMatchObject({ equal: true, recount: alone.hash, published: alone.hash });
  });

  it('[C9] status shows how far each stage is, and doctor finds nothing wrong', async () => {
    await vi.waitFor(async () => {
      const { lags } = await json<{ lags: { stage: string; behind: number | null }[] }>('status');
      expect(lags.map(({ stage, behind }) => [stage, behind])).toEqual([
        ['register', 0],
        ['vote', 0],
        ['tally', 0],
        ['database', 0],
      ]);
    }, PATIENCE);
    const { good, findings } = await json<{ good: boolean; findings: object[] }>('doctor', '--port', '0');
    expect({ good, findings }).toMatchObject({ good: true });
    expect(JSON.stringify(findings)).toContain(`Kafka at ${address} answers`);
  });

  it('[P23] the database of the server holds the newest report and everybody', async () => {
    const client = new pg.Client({ connectionString: env['DATABASE_URL'] });
    await client.connect();
    const { rows } = await client.query(
      `SELECT (SELECT counted FROM reports WHERE election = $1)::int AS counted,
              (SELECT count(*) FROM voters WHERE election = $1)::int AS voters`,
      [id],
    );
    await client.end();
    expect(rows).toEqual([{ counted: alone.outcomes['counted'], voters: PEOPLE }]);
  });

  it('[C8] SIGTERM drains every one of them: each ends well', async () => {
    await sleep(100);
    for (const { child } of [...stages, page]) child.kill('SIGTERM');
    const ends = await Promise.all(stages.map(({ end }) => end));
    expect(ends.map(({ code, err }) => (code === 0 ? 0 : err))).toEqual([0, 0, 0, 0]);
    expect((await page.stop()).code).toBe(0);
  });
});
