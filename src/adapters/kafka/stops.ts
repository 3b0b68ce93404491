/** Signals of which each ends a wait. */
export type Stops = readonly AbortSignal[];

/**
 * What the work gives, or undefined as soon as a signal aborts; the work goes on then, and what becomes of it is
 * nobody's affair.
 */
export async function untilStopped<Result>(stops: Stops, work: () => Promise<Result>): Promise<Result | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Result | undefined>();
  const stop = (): void => resolve(undefined);
  for (const signal of stops) signal.addEventListener('abort', stop);
  if (stops.some((signal) => signal.aborted)) stop();
  work().then(resolve, reject);
  try {
    return await promise;
  } finally {
    for (const signal of stops) signal.removeEventListener('abort', stop);
  }
}

/** Waits so long, or until a signal aborts. */
export async function pause(ms: number, stops: Stops): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await untilStopped(stops, () => new Promise<void>((resolve) => (timer = setTimeout(resolve, ms))));
  clearTimeout(timer);
}
