import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallElection } from '../../../test/small-election.ts';
import { OUTCOMES, type Claim, type Outcome } from '../../election/ballot.ts';
import { decide, type FoldRules } from '../../election/decide.ts';
import type { IssuedRun } from '../../election/roll.ts';
import { applyEvent, type Life } from '../../topics/life.ts';
import { Counter } from './count.ts';

const election = smallElection();
const F = '18-64|f';
const M = '65+|m';

function lifeWith(partitions: number, runs: readonly IssuedRun[]): Life {
  const life = applyEvent(undefined, { type: 'defined', election, hash: 'h', partitions }, 0);
  const upTo = runs.reduce((people, [, count]) => people + count, 0);
  return applyEvent(life, { type: 'issued', at: 1, source: 'test', upTo, runs }, 1);
}

function lineOf({ serial, place, cohort }: Claim, choices = '{"mayor":["ann"],"parks":[]}'): Buffer {
  return Buffer.from(`{"serial":${serial},"place":"${place}","cohort":"${cohort}","choices":${choices}}\n`);
}

function outcomesOf(counter: Counter): Partial<Record<Outcome, number>> {
  return Object.fromEntries(OUTCOMES.map((outcome, at) => [outcome, counter.outcomes[at]]));
}

/** One line a record, by the counter and by decide.ts: the outcomes of each. */
function createTwins(life: Life, runs: readonly IssuedRun[]) {
  const counter = new Counter(life);
  const spent = new Set<number>();
  const plain: Record<Outcome, number> = { counted: 0, repeat: 0, invalid: 0, late: 0, excluded: 0 };
  const rules: FoldRules = {
    partitions: life.partitions,
    closed: undefined,
    excludedRanges: [],
    isExcluded: (serial) => life.excludedSerials.has(serial),
    unitOf(serial) {
      const run = runs.find(([first, count]) => first <= serial && serial < first + count);
      return run === undefined ? undefined : { place: run[2], cohort: run[3] };
    },
    isSpent: (serial) => spent.has(serial),
  };
  return {
    counter,
    plain,
    take: (partition: number, claim: Claim): void => {
      const { outcome } = decide(rules, partition, 0, claim);
      if (outcome === 'counted') spent.add(claim.serial);
      plain[outcome]++;
      counter.fold(partition, 0, lineOf(claim));
    },
  };
}

describe('counter', () => {
  it.each([1, 2, 1000])('[T2] [T4] judges serials at every edge as decide does, with %i partitions', (partitions) => {
    const runs: IssuedRun[] = [
      [0, 1024, 'n1', F],
      [2 ** 31 - 1024, 1024, 'n2', M],
      [2 ** 31, 1000, 's1', F],
      [2 ** 32 - 1024, 1024, 's2', M],
    ];
    const life = lifeWith(partitions, runs);
    applyEvent(life, { type: 'excluded', ranges: [], serials: [2 ** 31 + 1, 2 ** 32 - 2], why: 'test' }, 2);
    const { counter, plain, take } = createTwins(life, runs);
    const edge = fc.constantFrom(0, 1023, 1024, 2 ** 31 - 1025, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 999, 2 ** 32 - 1);
    const serial = fc
      .tuple(edge, fc.integer({ min: -3, max: 3 }))
      .map(([at, by]) => Math.min(Math.max(at + by, 0), 0xffff_ffff));
    const unit = fc.constantFrom(...runs).map(([, , place, cohort]) => ({ place, cohort }));
    fc.assert(
      fc.property(serial, unit, fc.boolean(), (serial, { place, cohort }, wrong) => {
        take((serial + (wrong ? 1 : 0)) % partitions, { serial, place, cohort });
        expect(outcomesOf(counter)).toEqual(plain);
      }),
      { numRuns: 2000 },
    );
    expect(plain.counted).toBeGreaterThan(10);
    expect(counter.tally().spent).toBe(plain.counted);
  });

  it('[T2] finds room for serials that are issued between two records', () => {
    const life = lifeWith(1, [[0, 1, 'n1', F]]);
    const counter = new Counter(life);
    let upTo = 1;
    for (let size = 1; size <= 4096; size *= 4) {
      const first = life.roll.extents * 1024;
      const claim = { serial: first + size * 1024 - 1, place: 'n2', cohort: M };
      counter.fold(0, 0, lineOf(claim));
      upTo += size * 1024;
      const runs: IssuedRun[] = [[first, size * 1024, 'n2', M]];
      applyEvent(life, { type: 'issued', at: upTo, source: 'test', upTo, runs }, upTo);
      counter.fold(0, 1, lineOf(claim));
      counter.fold(0, 2, lineOf(claim));
    }
    expect(counter.tally()).toMatchObject({ spent: 7, invalid: { unissued: 7 }, outcomes: { counted: 7, repeat: 7 } });
  });

  it('[T13] keeps no choice list of a line that does not count', () => {
    const runs: IssuedRun[] = [[0, 2, 'n1', F]];
    const counter = new Counter(lifeWith(1, runs));
    const before = counter.lists.size;
    const own = { serial: 0, place: 'n1', cohort: F };
    counter.fold(0, 0, lineOf(own, '{"mayor":["bob"]}'));
    for (let names = 1; names < 300; names++) {
      const choices = `{"mayor":[${Array.from({ length: names }, () => '"ann"').join(',')}]}`;
      counter.fold(0, names, lineOf(own, choices));
      counter.fold(0, names, lineOf({ ...own, serial: 5 }, choices));
    }
    expect(counter.lists.size).toBe(before + 1);
    expect(counter.tally().outcomes).toMatchObject({ counted: 1, repeat: 299, invalid: 299 });
  });

  it('[T8] gives each tally as objects of its own', () => {
    const counter = new Counter(lifeWith(1, [[0, 2, 'n1', F]]));
    const empty = counter.tally();
    counter.fold(0, 0, lineOf({ serial: 1, place: 'n1', cohort: F }));
    expect(empty).toMatchObject({ lines: 0, outcomes: { counted: 0 }, spent: 0 });
    expect(empty.cells.size + empty.ballots.size).toBe(0);
  });
});
