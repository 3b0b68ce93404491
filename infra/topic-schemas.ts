import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ballotSchema } from '../src/topics/ballot-schema.ts';
import { eventSchema } from '../src/topics/events.ts';
import { resultSchema } from '../src/topics/results-schema.ts';
import { TOPICS, type Topic } from '../src/topics/topics.ts';
import { registrationSchema } from '../src/topics/voters.ts';

const SCHEMAS_FOLDER = new URL('../docs/schemas/', import.meta.url);

/** What a record of each topic holds; of `ballots`, what each of its lines does. */
const SCHEMAS: Readonly<Record<Topic, z.ZodType>> = {
  events: eventSchema,
  voters: registrationSchema,
  ballots: ballotSchema,
  results: resultSchema,
};

export function topicSchemaFile(topic: Topic): string {
  return fileURLToPath(new URL(`${topic}.schema.json`, SCHEMAS_FOLDER));
}

/** JSON Schema draft 7: the one that AsyncAPI is made of, and that every validator knows. As records are written, so with defaults filled in. */
export function topicJsonSchema(topic: Topic): string {
  const schema = z.toJSONSchema(SCHEMAS[topic], { target: 'draft-7', io: 'output' });
  const text = JSON.stringify({ title: `livetally ${topic}`, ...schema }, undefined, 2);
  // the one schema that refers to itself
  return `${text.replaceAll('__schema0', 'place')}\n`;
}

// `node infra/topic-schemas.ts` writes them; a test holds the committed files to the code.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(SCHEMAS_FOLDER, { recursive: true });
  for (const topic of TOPICS) writeFileSync(topicSchemaFile(topic), topicJsonSchema(topic));
}
