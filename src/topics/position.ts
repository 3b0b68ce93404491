/** How far each partition has been read: the offset of the next record. A position covers `events` too. */
export interface Position {
  readonly events: number;
  /** By partition of `ballots`. */
  readonly ballots: readonly number[];
}

export function startPosition(partitions: number): Position {
  return { events: 0, ballots: Array.from({ length: partitions }, () => 0) };
}

/** Whether everything below `goal` is below the position too. */
export function covers(position: Position, goal: Position): boolean {
  return position.events >= goal.events && coversBallots(position, goal.ballots);
}

/** The same of `ballots` alone: `goal` is an offset of each partition. */
export function coversBallots({ ballots }: Pick<Position, 'ballots'>, goal: readonly number[]): boolean {
  return goal.every((offset, partition) => ballots[partition]! >= offset);
}

/** How many events and records of ballots are below it. */
export function recordCount({ events, ballots }: Position): number {
  return ballots.reduce((sum, offset) => sum + offset, events);
}

/** `events:12 0:301 1:298`, as people read it and `--to` takes it. */
export function formatPosition(position: Position): string {
  return [`events:${position.events}`, ...position.ballots.map((offset, partition) => `${partition}:${offset}`)].join(
    ' ',
  );
}

const PART = /^(events|\d+):(\d{1,15})$/;

/** The position that `formatPosition` wrote; undefined for any other text. */
export function parsePosition(text: string): Position | undefined {
  let events: number | undefined;
  const ballots: number[] = [];
  for (const part of text.trim().split(/[\s,]+/)) {
    const match = PART.exec(part);
    if (match === null) return undefined;
    if (match[1] === 'events') events = Number(match[2]);
    else if (Number(match[1]) === ballots.length) ballots.push(Number(match[2]));
    else return undefined;
  }
  return events === undefined || ballots.length === 0 ? undefined : { events, ballots };
}
