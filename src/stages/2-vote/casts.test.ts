import { expect, it } from 'vitest';
import { smallElection } from '../../../test/small-election.ts';
import { unitIndex, type IssuedRun } from '../../election/roll.ts';
import { ballotSpace } from '../../election/space.ts';
import { createCaster } from './casts.ts';

const election = smallElection({ simulation: { turnout: 1, repeats: 0.5, malformed: 0.2, lean: 0.5 } });
const RUNS: IssuedRun[] = [
  [1024, 400, 'n2', '65+|m'],
  [0, 600, 's1', '18-64|f'],
];
const space = ballotSpace(election);
const registered = new Map(RUNS.map(([, count, place, cohort]) => [unitIndex(space, place, cohort)!, count]));

it('[V21] a repeat comes after its ballot, and both within the issue', () => {
  const casts = createCaster(election, 1, 1).castsOf({ runs: RUNS, registered });
  const cast = new Set<number>();
  let repeats = 0;
  for (const { kind, serial } of casts) {
    if (kind === 'ballot') cast.add(serial);
    else if (kind !== 'malformed') {
      expect(cast).toContain(serial);
      repeats++;
    }
  }
  expect(cast.size).toBe(1000);
  expect(repeats).toBeGreaterThan(400);
});

it('[V20] what a voter does does not depend on who else is in the issue', () => {
  const caster = createCaster(election, 1, 0.6);
  const whole = caster.castsOf({ runs: RUNS, registered });
  const parts = RUNS.flatMap((run) => caster.castsOf({ runs: [run], registered }));
  const lines = (casts: typeof whole): string[] => casts.map((cast) => caster.lineOf(cast)).sort();
  expect(lines(parts)).toEqual(lines(whole));
});

it('[V27] when fewer have registered than were issued serials, those who vote are spread over the serials', () => {
  const few = new Map([[unitIndex(space, 's1', '18-64|f')!, 60]]);
  const casts = createCaster(election, 1, 1).castsOf({ runs: RUNS, registered: few });
  const serials = casts.filter(({ kind }) => kind === 'ballot').map(({ serial }) => serial);
  expect(serials).toHaveLength(60);
  expect(serials.filter((serial) => serial < 300).length).toBeGreaterThan(15);
  expect(serials.filter((serial) => serial >= 300 && serial < 600).length).toBeGreaterThan(15);
});
