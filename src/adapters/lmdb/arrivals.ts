/** Wakes the readers that wait for a topic. */
export interface Arrivals {
  announce(topic: string): void;
  /** Resolves at the next announcement, after `timeoutMs`, or when the signal aborts. */
  wait(topic: string, timeoutMs: number, signal: AbortSignal | undefined): Promise<void>;
  /** Wakes everyone. */
  announceAll(): void;
}

export function createArrivals(): Arrivals {
  const waiting = new Map<string, Set<() => void>>();

  function announce(topic: string): void {
    for (const wake of waiting.get(topic) ?? []) wake();
  }

  function wait(topic: string, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wakers = waiting.get(topic) ?? new Set();
    waiting.set(topic, wakers.add(wake));
    const timer = setTimeout(wake, timeoutMs);
    signal?.addEventListener('abort', wake);
    if (signal?.aborted === true) wake();

    function wake(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      wakers.delete(wake);
      resolve();
    }
    return promise;
  }

  return {
    announce,
    wait,
    announceAll(): void {
      for (const topic of waiting.keys()) announce(topic);
    },
  };
}
