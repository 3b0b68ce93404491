/** Whether the cluster answers at the moment, as far as somebody has asked. */
export interface Contact {
  /** A broker gave an answer, whatever it says. */
  answered(): void;
  failed(why: string): void;
  /** Why nobody gets an answer; undefined as long as that may be a broker that moves or restarts. */
  trouble(): string | undefined;
}

/** With several brokers one is always away for a moment, and another one answers meanwhile. */
const BEARABLE_MS = 1500;

export function createContact(now: () => number = () => performance.now()): Contact {
  let failingSinceMs: number | undefined;
  let reason = '';
  return {
    answered() {
      failingSinceMs = undefined;
    },
    failed(why) {
      failingSinceMs ??= now();
      reason = why;
    },
    trouble() {
      return failingSinceMs !== undefined && now() - failingSinceMs >= BEARABLE_MS ? reason : undefined;
    },
  };
}
