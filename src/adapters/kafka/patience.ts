import { giveUp, KafkaFailure } from './failures.ts';
import { pause, type Stops } from './stops.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;
/** A broker that dies ends a connection once or twice; one that wants encryption or a password does it every time. */
const HANG_UPS = 6;

/** How long to wait after so many failures in a row. */
export function pauseMs(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}

interface Insistence {
  readonly patienceMs: number;
  /** End it with the last failure. */
  readonly stops: Stops;
  /** Nothing has ever worked: a broker that only hangs up is not waited for. */
  readonly isOpening?: boolean;
}

/**
 * Does it again while it fails in a way that passes, for so long. Throws the last failure as what the log promises
 * (failures.ts).
 */
export async function insist<Result>(
  { patienceMs, stops, isOpening = false }: Insistence,
  work: (leftMs: number) => Promise<Result>,
): Promise<Result> {
  const deadlineMs = performance.now() + patienceMs;
  let hangUps = 0;
  for (let failures = 1; ; failures++) {
    try {
      return await work(deadlineMs - performance.now());
    } catch (failure) {
      if (!(failure instanceof KafkaFailure && failure.passes)) throw giveUp(failure);
      hangUps = failure.kind === 'hung up' ? hangUps + 1 : 0;
      if (isOpening && hangUps === HANG_UPS) throw giveUp(unwelcome(failure));
      const isOver = stops.some((signal) => signal.aborted) || performance.now() + pauseMs(failures) > deadlineMs;
      if (isOver) throw giveUp(failure);
    }
    await pause(pauseMs(failures), stops);
  }
}

function unwelcome({ message, cause }: KafkaFailure): KafkaFailure {
  const next =
    'Check KAFKA_SECURITY_PROTOCOL: a broker ends a connection that has not the encryption, or no password, as it wants. One older than Kafka 3.1 does so too.';
  return new KafkaFailure('access', message, { next, cause });
}
