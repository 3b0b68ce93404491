import { makeReport } from '../election/make-report.ts';
import type { Report } from '../election/report.ts';
import { emptyRoll, issue, unitIndex } from '../election/roll.ts';
import { EXTENT_SIZE } from '../election/ids.ts';
import { ballotSpace, type BallotSpace } from '../election/space.ts';
import { add, ballotKey, cellKey, emptyTally, TOTAL, type Tally } from '../election/tally.ts';
import { ballotsOf, type Pack, type PackBallots, type PackUnit } from './pack.ts';

/** The report that the pack's ballots must give, counted from the pack itself, without casting one of them. */
export function packReport(pack: Pack): Report {
  const space = ballotSpace(pack.election);
  const tally = emptyTally();
  const roll = emptyRoll(space);
  for (const unit of pack.units) {
    const ballots = ballotsOf(unit);
    tally.lines += ballots;
    tally.outcomes.counted += ballots;
    tally.spent += ballots;
    issue(roll, [roll.extents * EXTENT_SIZE, unit.eligible, unit.place, unit.cohort]);
    for (const [key, value] of rowsOf(space, unit)) countUnit(tally, pack, unit, key, value);
  }
  const context = { election: pack.election, hash: '', roll, opened: true, closed: [] };
  return makeReport(tally, context, '', 0, true);
}

/** The rows of the report that the ballots of a unit are counted in. */
function rowsOf(space: BallotSpace, unit: PackUnit): (readonly [breakdown: string, value: string])[] {
  const at = unitIndex(space, unit.place, unit.cohort)!;
  const broken = space.breakdowns.map(({ key, values, valueOfUnit }) => [key, values[valueOfUnit[at]!]!] as const);
  return [[TOTAL, TOTAL], ...broken];
}

function countUnit(tally: Tally, pack: Pack, unit: PackUnit, breakdown: string, value: string): void {
  for (const ballots of unit.ballots) {
    if (breakdown !== TOTAL) add(tally.ballots, ballotKey(breakdown, value), ballots.count);
    pack.election.contests.forEach((contest, at) => {
      add(tally.cells, cellKey(contest.id, breakdown, value, listText(ballots, at)), ballots.count);
    });
  }
}

function listText(ballots: PackBallots, contest: number): string {
  return (ballots.choices[contest] ?? []).join(',');
}
