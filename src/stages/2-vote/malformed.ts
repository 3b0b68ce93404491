import { MAX_SERIAL, type Serial } from '../../election/ids.ts';
import type { BallotSpace } from '../../election/space.ts';
import { ballotLine } from '../../topics/ballots.ts';
import type { Draws } from '../seeded-draws.ts';

export type MalformedLine = (serial: Serial, place: string, cohort: string) => string;

/** Serials of the last extent: issued only when four billion others are. */
const NEVER_ISSUED = 1024;

/**
 * Lines that a broken or hostile sender might send, and that the count must not count. None spends a serial: they
 * are no ballots, or not of the place that their serial has.
 */
export function createMalformed(
  space: BallotSpace,
  draws: Draws,
  kindField: number,
  detailField: number,
): MalformedLine {
  const kinds: MalformedLine[] = [
    (serial, place, cohort) => ballotLine(serial, place, cohort, []).replace('"place":', '"place:'),
    (serial, place, cohort) => {
      const line = ballotLine(serial, place, cohort, []);
      return line.slice(0, 1 + draws.below(line.length - 1, serial, detailField));
    },
    (serial, place, cohort) => `${ballotLine(serial, place, cohort, []).slice(0, -1)},"note":"first"}`,
    (serial, place, cohort) => {
      const never = MAX_SERIAL - draws.below(NEVER_ISSUED, serial, detailField);
      return ballotLine(never as Serial, place, cohort, []);
    },
  ];
  if (space.places.length > 1) {
    kinds.push((serial, place, cohort) => {
      const step = 1 + draws.below(space.places.length - 1, serial, detailField);
      const elsewhere = space.places[(space.placeIndex.get(place)! + step) % space.places.length]!;
      return ballotLine(serial, elsewhere, cohort, []);
    });
  }
  return (serial, place, cohort) => kinds[draws.below(kinds.length, serial, kindField)]!(serial, place, cohort);
}
