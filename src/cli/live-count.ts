import type { Snapshot } from '../stages/4-publish/view.ts';
import { figure } from './figures-text.ts';
import type { Terminal } from './terminal.ts';

/** The running count in one line: rewritten in place on a terminal, else a line now and then while it moves. */
export interface LiveCount {
  readonly show: (snapshot: Snapshot) => void;
  close(): void;
}

const PLAIN_EVERY_MS = 10_000;

export function openLiveCount(
  { line, say }: Pick<Terminal, 'line' | 'say'>,
  now: () => number = () => performance.now(),
): LiveCount {
  let shownAt = now();
  return {
    show(snapshot) {
      const text = liveText(snapshot);
      if (line !== undefined) line.show(text);
      else if (now() - shownAt >= PLAIN_EVERY_MS) {
        shownAt = now();
        say(text);
      }
    },
    close: () => line?.clear(),
  };
}

function liveText({ eligible, outcomes, rates }: Snapshot): string {
  return `${figure(eligible)} registered, ${figure(outcomes.counted)} counted, ${figure(rates.perSecond)} ballots a second`;
}
