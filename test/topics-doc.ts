import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT: string = join(import.meta.dirname, '..');
export const TOPICS_DOC: string = readFileSync(join(ROOT, 'docs/topics.md'), 'utf8');

/** The code blocks of one language under a heading, as they stand. */
export function blocks(heading: string, language: string): string[] {
  const chapter = TOPICS_DOC.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
  return [...chapter.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , text]) => text!);
}

/** The shell commands under a heading, one a line, but for the one that says where Kafka is. */
export function commands(heading: string): string[] {
  return blocks(heading, 'sh')
    .flatMap((text) => text.trimEnd().split('\n'))
    .filter((line) => !line.startsWith('export '));
}
