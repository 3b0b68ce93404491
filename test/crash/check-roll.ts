import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { VotingCodes } from '../../src/election/code.ts';
import type { PlainEvent, PlainVoter } from './plain-log.ts';

/** A register has no more issues than these under way when it is killed. */
const ISSUES_IN_FLIGHT = 2;

/** The people of the source, each once, in order; a serial for each, and for those whom the last kill cut off. */
export function checkRegistered(
  people: readonly PlainVoter[],
  issues: readonly PlainEvent[],
  owners: ReadonlyMap<number, string>,
  source: string,
): void {
  for (const [at, voter] of people.entries())
    assert.deepEqual([voter.source, voter.index], [source, at], `registration ${at}`);
  assert.equal(new Set(people.map((voter) => voter.registrationNumber)).size, people.length, 'registration numbers');
  assert.equal(owners.size, issues.at(-1)?.upTo ?? 0, 'serials issued = people they were issued to');
  const sizes = issues.map(({ runs }) => runs.reduce((sum, [, count]) => sum + count, 0));
  const inFlight = sizes.slice(-ISSUES_IN_FLIGHT).reduce((sum, some) => sum + some, 0);
  const waiting = owners.size - people.length;
  assert.ok(waiting >= 0 && waiting <= inFlight, `${owners.size} serials issued, ${people.length} people registered`);
}

/** Nobody was cut off: by place and cohort as many serials as people. */
export function checkAllRegistered(people: readonly PlainVoter[], owners: ReadonlyMap<number, string>): void {
  const registered = people.map(({ place, cohort }) => `${place} ${cohort}`).sort();
  assert.deepEqual([...owners.values()].sort(), registered, 'issued = registered');
}

/** Whoever is registered has one voting code, of the right place and cohort, that nobody else has. */
export function checkCodes(
  file: string,
  codes: VotingCodes,
  people: readonly PlainVoter[],
  owners: ReadonlyMap<number, string>,
): void {
  const serials = new Map<string, number>();
  const rows = readFileSync(file, 'utf8').split('\n').slice(1, -1);
  for (const row of rows) {
    const [number = '', code = ''] = row.split(',');
    const reading = codes.read(code);
    assert.ok('serial' in reading, `the code of ${number} cannot be read`);
    assert.ok(!serials.has(number), `${number} has two codes`);
    serials.set(number, reading.serial);
  }
  assert.equal(new Set(serials.values()).size, rows.length, 'a code is given once');
  for (const { registrationNumber, place, cohort } of people) {
    const owner = owners.get(serials.get(registrationNumber) ?? -1);
    assert.equal(owner, `${place} ${cohort}`, `whose code ${registrationNumber} has`);
  }
}
