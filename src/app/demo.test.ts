import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { electionJsonSchema, SCHEMA_FILE } from '../../infra/election-schema.ts';
import { ballotSpace, leaves } from '../election/space.ts';
import { DEMO_FILE, loadElection } from './load-election.ts';

interface SchemaObject {
  readonly properties: Readonly<Record<string, { readonly description?: string }>>;
  readonly additionalProperties?: boolean;
}

const PORTRAITS = fileURLToPath(new URL('../../demo/portraits/', import.meta.url));

it('[F16] the demo has the 51 places of the 2020 census, all of their people, and 21 cohorts', async () => {
  const election = await loadElection(DEMO_FILE);
  const states = leaves(election.places);
  expect(states).toHaveLength(51);
  expect(states.reduce((sum, { population = 0 }) => sum + population, 0)).toBe(331_449_281);
  const { cohorts } = ballotSpace(election);
  expect(cohorts).toHaveLength(21);
  expect(cohorts).toEqual(expect.arrayContaining(['25-34|f', '65+|m', 'x|x']));
  for (const { values } of election.cohorts) {
    expect(values.reduce((sum, { share = 0 }) => sum + share, 0)).toBeCloseTo(100);
  }
});

it('[F16] its candidates differ in colour and portrait, and each says who they are', async () => {
  const { candidates } = (await loadElection(DEMO_FILE)).contests[0]!;
  for (const key of ['colour', 'photo', 'party', 'name'] as const) {
    expect(new Set(candidates.map((candidate) => candidate[key])).size).toBe(candidates.length);
  }
  for (const { biography, platform } of candidates) {
    expect(biography!.length).toBeGreaterThan(150);
    expect(platform!.length).toBeGreaterThanOrEqual(3);
  }
});

it('[F16] portraits are small drawings that fetch nothing and run nothing', async () => {
  for (const name of await readdir(PORTRAITS)) {
    const svg = await readFile(PORTRAITS + name, 'utf8');
    expect(svg.length).toBeLessThan(4096);
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|href|<script|<image|<foreignObject|\son\w+=|url\((?!#)/i,
    );
  }
});

it('[F14] the published JSON Schema is that of the code; `node infra/election-schema.ts` writes it', async () => {
  expect(await readFile(SCHEMA_FILE, 'utf8')).toBe(electionJsonSchema());
});

it('[F14] the JSON Schema explains every key, and lets nothing unknown through', async () => {
  const objects: SchemaObject[] = [];
  JSON.parse(await readFile(SCHEMA_FILE, 'utf8'), (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'properties' in value) objects.push(value as SchemaObject);
    return value;
  });
  expect(objects.length).toBeGreaterThanOrEqual(7);
  for (const { properties, additionalProperties } of objects) {
    expect(additionalProperties).toBe(false);
    for (const [key, { description }] of Object.entries(properties))
      expect([key, description]).toEqual([key, expect.any(String)]);
  }
});
