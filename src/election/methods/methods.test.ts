import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contest } from '../election.ts';
import type { ListCount } from './method.ts';
import { METHODS } from './methods.ts';

const candidates = ['ann', 'bob', 'cy'].map((id) => ({ id, name: id }));
const mayor: Contest = { id: 'mayor', title: 'Mayor', method: 'plurality', candidates };
const parks: Contest = { id: 'parks', title: 'Parks', method: 'approval', choose: 2, candidates };

const names = fc.array(fc.constantFrom('ann', 'bob', 'cy', 'zed'), { maxLength: 4 });
const lists: fc.Arbitrary<ListCount[]> = fc.array(fc.tuple(names, fc.nat(1000)));
const sum = (numbers: readonly number[]): number => numbers.reduce((total, some) => total + some, 0);

describe('plurality', () => {
  it('[T5] counts one name; none is blank, more are an overvote, a stranger is rejected', () => {
    const counted = METHODS.plurality.count(mayor, [
      [['ann'], 5],
      [['bob'], 3],
      [[], 2],
      [['ann', 'bob'], 1],
      [['ann', 'ann'], 1],
      [['zed'], 4],
    ]);
    expect(counted).toEqual({ valid: 8, blank: 2, rejected: { overvote: 2, 'unknown-name': 4 }, votes: [5, 3, 0] });
  });

  it('[T5] valid is the sum of the candidates', () => {
    fc.assert(
      fc.property(lists, (some) => {
        const { valid, votes } = METHODS.plurality.count(mayor, some);
        expect(sum(votes)).toBe(valid);
      }),
    );
  });
});

describe('approval', () => {
  it('[T5] counts each name once, up to as many as may be chosen', () => {
    const counted = METHODS.approval.count(parks, [
      [['ann', 'cy'], 5],
      [['bob'], 3],
      [[], 2],
      [['ann', 'bob', 'cy'], 1],
      [['ann', 'ann'], 7],
    ]);
    expect(counted).toEqual({ valid: 8, blank: 2, rejected: { overvote: 1, 'name-twice': 7 }, votes: [5, 3, 5] });
  });
});

describe.each([mayor, parks])('every method: $method', (contest) => {
  it('[T5] judges every list valid, blank or rejected, and adds up', () => {
    fc.assert(
      fc.property(lists, (some) => {
        const { valid, blank, rejected } = METHODS[contest.method].count(contest, some);
        expect(valid + blank + sum(Object.values(rejected))).toBe(sum(some.map(([, ballots]) => ballots)));
      }),
    );
  });

  it('[T5] a count of two tallies is the sum of their counts', () => {
    fc.assert(
      fc.property(lists, lists, (one, other) => {
        const method = METHODS[contest.method];
        const [first, second, both] = [one, other, [...one, ...other]].map((some) => method.count(contest, some));
        expect(both!.votes).toEqual(first!.votes.map((votes, at) => votes + second!.votes[at]!));
        expect(both!.valid).toBe(first!.valid + second!.valid);
      }),
    );
  });
});
