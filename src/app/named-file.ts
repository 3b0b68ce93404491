import { readFileSync } from 'node:fs';
import { LivetallyError } from '../error.ts';

/** The text of a file that the environment names; `by` says where. Throws LT_USAGE. */
export function readNamedFile(file: string, by: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LivetallyError('LT_USAGE', `The file ${file}, which ${by} names, cannot be read.`, {
      next: 'Check the path, and that the user livetally runs as may read it.',
      cause,
    });
  }
}
