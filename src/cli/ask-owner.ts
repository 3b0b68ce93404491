import { LivetallyError } from '../error.ts';

const PATIENCE_MS = 5000;

/** Asks the livetally that has the data folder, over HTTP on this machine. */
export async function askOwner(url: string, path: string): Promise<object> {
  try {
    const response = await fetch(new URL(path, url), { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return (await response.json()) as object;
  } catch (cause) {
    throw new LivetallyError('LT_DATA_LOCKED', `The livetally at ${url} has the data folder and does not answer.`, {
      next: 'Wait for it, or stop it and run this again.',
      cause,
    });
  }
}
