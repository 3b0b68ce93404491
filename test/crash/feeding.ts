import { setTimeout as sleep } from 'node:timers/promises';
import { createDraws } from '../../src/stages/seeded-draws.ts';
import type { Feed } from './feed.ts';
import { feedLine } from './feed-lines.ts';
import type { IssuedSerials } from './issued-serials.ts';

/** Brings ballots all the time, several requests at once. */
export interface Feeding {
  /** Resolves when what is under way is acknowledged; nothing more comes until `go`. */
  rest(): Promise<void>;
  go(): void;
}

const FEEDS = 3;
const MOST_LINES = 40;
const PAUSE_MS = 250;
/** No two feeds have a line of the same number. */
const LINES_OF_A_FEED = 100_000_000;

export function startFeeding(
  feed: Feed,
  issued: IssuedSerials,
  seed: string,
  onFault: (fault: Error) => void,
): Feeding {
  const draws = createDraws(`feed/${seed}`);
  const underWay = new Set<Promise<void>>();
  let mayGo = Promise.withResolvers<void>();

  async function bring(from: number): Promise<void> {
    for (let index = from; ;) {
      await mayGo.promise;
      const lines = Array.from({ length: 1 + draws.below(MOST_LINES, index, 9) }, (_, at) =>
        feedLine(issued.all, draws, index + at),
      );
      index += lines.length;
      const sending = feed.send(lines);
      underWay.add(sending);
      await sending.finally(() => underWay.delete(sending));
      await sleep(PAUSE_MS);
    }
  }

  for (let number = 0; number < FEEDS; number++) bring(number * LINES_OF_A_FEED).catch(onFault);
  return {
    async rest() {
      mayGo = Promise.withResolvers();
      await Promise.all(underWay);
    },
    go: () => mayGo.resolve(),
  };
}
