import { LivetallyError } from '../error.ts';
import { readNamedFile } from './named-file.ts';

/**
 * A secret of the environment: `NAME`, or what the file that `NAME_FILE` names holds, without the line feed at its end. Undefined when neither is
 * set; a variable that is set to nothing is not set. Throws LT_USAGE. Messages name the variable, never what it holds.
 */
export function readSecret(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const text = environment[name] || undefined;
  const file = environment[`${name}_FILE`] || undefined;
  if (text !== undefined && file !== undefined) {
    throw new LivetallyError('LT_USAGE', `${name} and ${name}_FILE are both set.`, { next: 'Unset one of them.' });
  }
  if (file === undefined) return text;
  return readNamedFile(file, `${name}_FILE`).replace(/\r?\n$/, '');
}
