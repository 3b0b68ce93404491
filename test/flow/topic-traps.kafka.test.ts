import { Producer, stringSerializers } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { topicName } from '../../src/topics/topics.ts';
import { withAdmin } from '../kafka-admin.ts';
import { brokersOrNone, deleteElection, freshId, need } from '../real-systems.ts';
import { smallElection } from '../small-election.ts';
import { inBackground, livetally, scratch, writeElection, type Ended } from './livetally.ts';

/** What somebody with rights on the broker can do to the topics behind our back: each is named, and no count changes. */
const isThere = need({ broker: true }, 'nobody tampered with topics');
const { path, remove } = scratch();
afterAll(remove);

interface Results {
  readonly hash: string;
}
interface Examined {
  readonly good: boolean;
  readonly findings: readonly { readonly state: string; readonly what: string; readonly says: string }[];
}

describe.skipIf(!isThere).each(brokersOrNone())('on $name', ({ address }) => {
  const id = freshId('trap');
  const env = { KAFKA_BOOTSTRAP_SERVERS: address, LIVETALLY_ELECTION_ID: id, LIVETALLY_DATA: path(`data-${id}`) };
  const ballots = topicName(id, 'ballots');
  let before: Results;

  function run(...args: readonly string[]): Promise<Ended> {
    return livetally(args, { env });
  }

  async function counted(...args: readonly string[]): Promise<Results> {
    const { code, out, err } = await run('tally', ...args, '--json');
    expect(code, err).toBe(0);
    return JSON.parse(out) as Results;
  }

  async function badFindings(): Promise<Examined['findings']> {
    const { findings } = JSON.parse((await run('doctor', '--port', '0', '--json')).out) as Examined;
    return findings.filter(({ state }) => state === 'bad');
  }

  beforeAll(async () => {
    const file = writeElection(path(`${id}.yaml`), smallElection({ id }));
    expect((await run('register', '--election', file, '--count', '1500', '--partitions', '2')).code).toBe(0);
    expect((await run('vote')).code).toBe(0);
    before = await counted();
    expect(await badFindings()).toEqual([]);
  });
  afterAll(() => deleteElection(address, id));

  it('[L7] a partition that is added while it counts is named at once, written to by whoever partitions by default, and counts nothing', async () => {
    const tally = inBackground(['tally', '--follow', '--health-port', '0'], { env });
    let said = '';
    tally.child.stderr!.on('data', (bytes: Buffer) => (said += bytes.toString()));
    await vi.waitFor(() => expect(said).toContain('Health: '), { timeout: 20_000 });
    await withAdmin(address, (admin) => admin.addPartitions(ballots, 3));
    await vi.waitFor(() => expect(said).toMatch(/error: .*ballots.*3 partitions/), { timeout: 30_000 });
    const health = /Health: (\S+)/.exec(said)![1]!;
    expect(await (await fetch(health)).json()).toMatchObject({ ready: false, reasons: [{ what: 'topics' }] });

    const stranger = new Producer({
      clientId: 'stranger',
      bootstrapBrokers: [address],
      serializers: stringSerializers,
      retries: 5,
    });
    const line = '{"serial":1,"place":"n1","cohort":"18-64|f","choices":{"mayor":["ann"]}}\n';
    const messages = Array.from({ length: 60 }, (_, at) => ({ topic: ballots, key: `voter-${at}`, value: line }));
    await stranger.send({ messages });
    await stranger.close();
    const { code } = await tally.stop();
    expect(code).toBe(0);

    const [finding] = await badFindings();
    expect(finding).toMatchObject({ what: ballots });
    expect(finding!.says).toMatch(/3 partitions/);
    // What the stranger wrote to our own partitions is there as lines; no serial counts twice, nothing else is new.
    const { code: recount, out } = await run('recount', '--json');
    expect(recount, out).toBe(0);
    const { outcomes } = JSON.parse((await run('tally', '--json')).out) as { outcomes: Record<string, number> };
    const { outcomes: old } = before as unknown as { outcomes: Record<string, number> };
    expect(outcomes['counted']! - old['counted']!).toBeLessThanOrEqual(1);
    before = await counted();
  });

  it('[L7] a retention that is changed is named and refused, and all goes on once it is mended', async () => {
    await withAdmin(address, (admin) => admin.set(ballots, { 'retention.ms': '3600000' }));
    for (const command of [['vote'], ['tally'], ['recount']]) {
      const { code, err } = await run(...command);
      expect({ command, code }).toEqual({ command, code: 7 });
      expect(err).toMatch(/ballots has retention\.ms=3600000, not retention\.ms=-1/);
    }
    expect((await badFindings()).map(({ says }) => says).join()).toContain('retention.ms=3600000');
    await withAdmin(address, (admin) => admin.set(ballots, { 'retention.ms': '-1' }));
    expect((await counted()).hash).toBe(before.hash);
  });

  it('[L5] a topic that is deleted and made anew is refused by everyone, and nothing lower is published', async () => {
    await withAdmin(address, async (admin) => {
      await admin.deleteTopics([ballots]);
      await vi.waitFor(
        () => admin.createTopic(ballots, 2, { 'retention.ms': '-1', 'retention.bytes': '-1', 'flush.messages': '1' }),
        { timeout: 20_000, interval: 500 },
      );
    });
    for (const command of [['vote'], ['tally'], ['tally', '--rebuild'], ['recount'], ['register', '--count', '1600']]) {
      const { code, err } = await run(...command);
      expect({ command, code }).toEqual({ command, code: 7 });
      expect(err).toMatch(/ballots was deleted and made anew/);
    }
    expect((await badFindings()).map(({ says }) => says).join()).toContain('deleted and made anew');
  });

  it('[L5] a topic that is gone is not made anew in silence', async () => {
    await withAdmin(address, (admin) => admin.deleteTopics([ballots]));
    await vi.waitFor(
      async () => {
        const { code, err } = await run('register', '--count', '1600');
        expect(code).toBe(7);
        expect(err).toMatch(/ballots was deleted/);
      },
      { timeout: 20_000 },
    );
  });
});
