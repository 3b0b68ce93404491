/** Works until its signal is aborted, or until it has nothing left to do. */
export type Task = (signal: AbortSignal) => Promise<void>;

/** Runs tasks side by side. When one fails the others are stopped, all end in order, and the first failure is thrown. */
export async function runTogether(tasks: readonly Task[], signal: AbortSignal): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const failures: unknown[] = [];
  await Promise.all(
    tasks.map(async (task) => {
      try {
        await task(either);
      } catch (error) {
        failures.push(error);
        failure.abort();
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
}
