import type { ListCount } from '../election/methods/method.ts';
import type { PackBallots } from './pack.ts';

/**
 * Makes ballots of the margins of several contests in one place and cohort.
 *
 * Official tables say how many ballots hold a choice, contest by contest, and never which choices stood on one
 * ballot together. So the choices of each contest are laid out in a row, in the order given, and the rows side by
 * side; what stands beside one another is a ballot. **The pairing is invented**: only the margins are real, and only
 * they are checked.
 *
 *     first    spd spd spd cdu cdu          2 × spd spd, 1 × spd cdu,
 *     second   spd spd cdu cdu       →      1 × cdu cdu, 1 × cdu and no second contest
 *
 * The longest row says how many ballots there are; on the rest of them the shorter contest is absent.
 */
export function pairContests(margins: readonly (readonly ListCount[])[]): PackBallots[] {
  const walkers = margins.map((margin) => createWalker(margin));
  const paired: PackBallots[] = [];
  for (;;) {
    const count = Math.min(...walkers.map((walker) => walker.left()));
    if (count === Infinity) return paired;
    paired.push({ choices: walkers.map((walker) => walker.names()), count });
    for (const walker of walkers) walker.move(count);
  }
}

interface Walker {
  /** How many ballots hold the present list; without end once the row is over. */
  left(): number;
  names(): readonly string[] | undefined;
  move(ballots: number): void;
}

function createWalker(margin: readonly ListCount[]): Walker {
  const lists = margin.filter(([, ballots]) => ballots > 0);
  let at = 0;
  let left = lists[0]?.[1] ?? Infinity;
  return {
    left: () => left,
    names: () => lists[at]?.[0],
    move(ballots) {
      left -= ballots;
      if (left > 0) return;
      at += 1;
      left = lists[at]?.[1] ?? Infinity;
    },
  };
}
