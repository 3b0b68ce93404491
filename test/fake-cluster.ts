import { createHash } from 'node:crypto';
import type { Tally } from '../src/election/tally.ts';
import { ballotEnds } from '../src/lifecycle/ballot-ends.ts';
import type { Cluster, CountJob } from '../src/ports/cluster.ts';
import type { Log } from '../src/ports/log.ts';
import { recount } from '../src/stages/3-tally/recount.ts';
import type { Position } from '../src/topics/position.ts';
import { talliesTopic, type TallyRecord } from '../src/topics/tallies.ts';
import { topicName } from '../src/topics/topics.ts';

const NOTHING = {
  batch: undefined,
  batchMs: undefined,
  recordsPerSecond: undefined,
  stateRows: undefined,
  stateBytes: undefined,
};

export interface FakeCluster extends Cluster {
  /** Names of runs, in the order in which they began and ended. */
  readonly began: string[];
  readonly ended: string[];
}

/** A cluster without machines: it counts with the recount, and each look at a run makes it count a batch. */
export function fakeCluster(log: Log): FakeCluster {
  const began: string[] = [];
  const ended: string[] = [];

  async function runOf({ rules, topicIds }: CountJob): Promise<string> {
    const { excludedRanges, excludedSerials } = rules;
    return digest(JSON.stringify([topicIds, excludedRanges, [...excludedSerials]]));
  }

  async function* count({ rules }: CountJob, to: Position): AsyncGenerator<TallyRecord> {
    for (const partition of to.ballots.keys()) {
      const { tally } = await recount(log, rules.election.id, { to, partitions: [partition] });
      yield* recordsOf(partition, to.ballots[partition]!, tally);
    }
  }

  return {
    began,
    ended,
    runOf,
    count,
    explain: async () => 'no plan',
    progress: async () => undefined,
    check: async () => 'no machines',
    async follow(job) {
      const id = await runOf(job);
      began.push(id);
      const electionId = job.rules.election.id;
      return {
        id,
        async look() {
          const ballots = await ballotEnds(log, electionId, job.rules.partitions);
          const events = await log.end(topicName(electionId, 'events'), 0);
          const records: TallyRecord[] = [];
          for await (const record of count(job, { events, ballots })) records.push(record);
          await log.append(
            talliesTopic(electionId),
            0,
            records.map((record) => encode(id, record)),
          );
          return NOTHING;
        },
        stop: async () => void ended.push(id),
      };
    },
    close: async () => undefined,
  };
}

function recordsOf(partition: number, position: number, tally: Tally): TallyRecord[] {
  const { lines, strays, spent, outcomes, invalid, ballots, cells } = tally;
  const { counted, repeat, late, excluded } = outcomes;
  const ledger = { position, lines, strays, spent, counted, repeat, late, excluded, ...invalid };
  const turnout = [...ballots].map(([key, number]): TallyRecord => {
    const [breakdown = ''] = key.split(' ');
    return { run: '', partition, contest: undefined, breakdown, key, ballots: number };
  });
  const choices = [...cells].map(([key, number]): TallyRecord => {
    const [contest, breakdown = ''] = key.split(' ');
    return { run: '', partition, contest, breakdown, key, ballots: number };
  });
  return [...choices, ...turnout, { run: '', partition, ledger }];
}

function encode(run: string, record: TallyRecord): { key: string; value: Uint8Array } {
  if ('ledger' in record) {
    return { key: [run, record.partition, '', '*', '*', ''].join('\t'), value: json(record.ledger) };
  }
  const parts = record.key.split(' ');
  const [contest, breakdown, value, list] = record.contest === undefined ? ['', ...parts, ''] : parts;
  return {
    key: [run, record.partition, contest, breakdown, value, list].join('\t'),
    value: json({ n: record.ballots }),
  };
}

function json(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
