import type { Log, LogRecord } from '../../ports/log.ts';

/** Reads the one partition of a topic record by record, and may look at one without taking it. */
export interface TopicReader {
  /** The offset of the next record to be taken, or before it. */
  readonly position: number;
  /** Undefined: there is none, also after `waitMs`. */
  peek(waitMs: number, signal: AbortSignal): Promise<LogRecord | undefined>;
  /** Takes the record that `peek` showed. */
  take(): void;
}

export function createTopicReader(log: Log, topic: string, from: number): TopicReader {
  let position = from;
  let fetched: readonly LogRecord[] = [];
  let at = 0;
  return {
    get position(): number {
      return position;
    },
    async peek(waitMs, signal) {
      if (at >= fetched.length) {
        const [found] = await log.fetch(topic, [position], { waitMs, signal });
        fetched = found?.records ?? [];
        at = 0;
      }
      return fetched[at];
    },
    take() {
      position = fetched[at]!.offset + 1;
      at++;
    },
  };
}
