import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Admin } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKafkaLog } from '../../src/adapters/kafka/kafka-log.ts';
import type { Report } from '../../src/election/report.ts';
import type { Log, LogRecord } from '../../src/ports/log.ts';
import { linesOf } from '../../src/topics/ballots.ts';
import { TOPICS, topicName } from '../../src/topics/topics.ts';
import { recordsOf, runElection } from '../run-election.ts';
import { smallElection } from '../small-election.ts';
import { commands, ROOT } from '../topics-doc.ts';

/** Brokers to read from with tools that are not ours. */
const BROKERS = [
  ['Kafka', process.env['LIVETALLY_TEST_KAFKA'] || undefined],
  ['Kafka with ZooKeeper', process.env['LIVETALLY_TEST_KAFKA_ZOOKEEPER'] || undefined],
] as const;
const PARTITIONS = 2;
/** Enough ballots for several records, with every kind of line that does not count. */
const ELECTION = { simulation: { turnout: 0.9, repeats: 0.1, malformed: 0.1, lean: 0.3 }, k: 1 };

const missing = ['kcat', 'python3'].filter((tool) => !isOnPath(tool));
const isCi = process.env['CI'] === 'true';
if (missing.length > 0 && BROKERS.some(([, server]) => server !== undefined)) {
  console.warn(`${missing.join(' and ')} missing: nobody reads the topics of Kafka but livetally itself.`);
}

it.runIf(isCi)('[O4] CI has the tools of docs/topics.md', () => {
  expect(missing).toEqual([]);
});

describe.skipIf(missing.length > 0 || BROKERS.every(([, server]) => server === undefined))('docs/topics.md', () => {
  // the commands stand there as for somebody in a clone; what they make must not be made in this one
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'livetally-readers-'));
    await symlink(join(ROOT, 'docs'), join(folder, 'docs'));
    for (const command of commands('With Python').slice(0, -1)) await runIn(folder, command, {});
  });
  afterAll(() => rm(folder, { recursive: true }));

  describe.each(BROKERS)('%s', (_, server) => {
    describe.skipIf(server === undefined)('read by others', () => readers(server!, () => folder));
  });
});

function readers(server: string, folder: () => string): void {
  const election = smallElection({ id: `test-${randomBytes(6).toString('hex')}`, ...ELECTION });
  let log: Log;
  let report: Report;

  beforeAll(async () => {
    log = await openKafkaLog({ bootstrapServers: [server], clientId: 'livetally-test' });
    ({ report } = await runElection(log, election, PARTITIONS));
  });
  afterAll(async () => {
    await log.close();
    const admin = new Admin({ clientId: 'livetally-test', bootstrapBrokers: [server] });
    await admin.deleteTopics({ topics: TOPICS.map((topic) => topicName(election.id, topic)) });
    await admin.close();
  });

  function run(command: string, contest = 'mayor'): Promise<string> {
    const told = { KAFKA_BOOTSTRAP_SERVERS: server, ELECTION: election.id, CONTEST: contest };
    return runIn(folder(), command, told);
  }

  it('[O4] kcat reads the lines, headers and results that livetally wrote', async () => {
    const [one, all, count, headers, promised, summary, contest] = commands('With kcat');
    const { counts } = report;
    const records = await recordsOf(log, election.id, 'ballots', PARTITIONS);
    const first = records.slice(
      0,
      records.findIndex(({ offset }, at) => at > 0 && offset === 0),
    );

    expect(counts.lines).toBeGreaterThan(counts.outcomes.counted);
    expect(await run(one!)).toBe(textOf(first));
    expect(sorted(await run(all!))).toEqual(sorted(textOf(records)));
    expect(Number(await run(count!))).toBe(counts.lines);
    const stated = records.map(({ value }) => `content-type=application/x-ndjson,lines=${linesOf(value).length}`);
    expect(sorted(await run(headers!)).map((line) => line.split(' ')[2])).toEqual(
      expect.arrayContaining(stated.sort()),
    );
    expect(Number(await run(promised!))).toBe(counts.lines);
    expect(JSON.parse(await run(summary!))).toMatchObject({ hash: report.hash, position: report.position });
    for (const expected of counts.contests) {
      expect(JSON.parse(await run(contest!, expected.id))).toMatchObject({ contest: expected });
    }
  });

  it('[O4] ten lines of Python count the votes that livetally counts', async () => {
    const { outcomes, invalid, contests } = report.counts;
    expect({ ...outcomes, ...invalid }).toMatchObject({ late: 0, excluded: 0, partition: 0 });
    expect(Math.min(outcomes.repeat, invalid.form, invalid.unissued, invalid.unit)).toBeGreaterThan(0);

    const count = commands('With Python').at(-1)!;
    const read = await Promise.all(contests.map(({ id }) => run(count, id)));
    const expected = contests.map(({ votes }, at) =>
      Object.fromEntries(votes.map((number, index) => [election.contests[at]!.candidates[index]!.id, number])),
    );
    expect(read.map((text) => JSON.parse(text) as unknown)).toEqual(expected);
  });
}

async function runIn(folder: string, command: string, told: Readonly<Record<string, string>>): Promise<string> {
  const options = { cwd: folder, env: { ...process.env, ...told } };
  const { stdout } = await promisify(execFile)('bash', ['-o', 'pipefail', '-c', command], options);
  return stdout;
}

function textOf(records: readonly LogRecord[]): string {
  return Buffer.concat(records.map(({ value }) => value)).toString();
}

function sorted(text: string): string[] {
  return text.trimEnd().split('\n').sort();
}

function isOnPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
