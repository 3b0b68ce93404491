import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { electionSchema } from '../src/election/election-schema.ts';

/** Where editors find it; election files name it in their first line. */
export const SCHEMA_FILE: string = fileURLToPath(new URL('../docs/election.schema.json', import.meta.url));

/**
 * The form of election files as JSON Schema, for completion and red lines while typing. Draft 7, which every YAML editor
 * knows. What needs more than one value (ids twice, gaps in ages) only `livetally` itself says.
 */
export function electionJsonSchema(): string {
  const schema = z.toJSONSchema(electionSchema, { target: 'draft-7', io: 'input' });
  const titled = { title: 'livetally election file', ...schema };
  return `${JSON.stringify(titled, undefined, 2)}\n`;
}

// `node infra/election-schema.ts` writes it; a test holds the committed file to it.
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(SCHEMA_FILE, electionJsonSchema());
