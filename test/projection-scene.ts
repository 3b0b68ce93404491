import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbLog } from '../src/adapters/lmdb/lmdb-log.ts';
import type { Election } from '../src/election/election.ts';
import { EXTENT_SIZE, type Serial } from '../src/election/ids.ts';
import { makeReport } from '../src/election/make-report.ts';
import type { Report } from '../src/election/report.ts';
import type { IssuedRun } from '../src/election/roll.ts';
import { ballotSpace } from '../src/election/space.ts';
import { defineElection } from '../src/lifecycle/define.ts';
import { openElection } from '../src/lifecycle/open.ts';
import type { LifeReader } from '../src/lifecycle/life-reader.ts';
import type { Database } from '../src/ports/database.ts';
import type { Log } from '../src/ports/log.ts';
import { allocate, countUnits } from '../src/stages/1-register/issue.ts';
import { recount } from '../src/stages/3-tally/recount.ts';
import { ballotLine, partitionOf } from '../src/topics/ballots.ts';
import { encodeEvent } from '../src/topics/events.ts';
import { formatPosition } from '../src/topics/position.ts';
import { encodeReport } from '../src/topics/results.ts';
import { topicName, type Topic } from '../src/topics/topics.ts';
import { encodeRegistration, type Registration } from '../src/topics/voters.ts';

const PARTITIONS = 2;

/** A log of its own with one election in it, and the means to move it on. */
export interface Scene {
  readonly log: Log;
  readonly folder: string;
  readonly election: Election;
  readonly reader: LifeReader;
  /** Registers and issues to so many more people, spread over all places and cohorts. */
  register(people: number): Promise<Registration[]>;
  /** Registrations as they are, without an issue. */
  append(registrations: readonly Registration[]): Promise<void>;
  /** Casts a ballot for so many of those who have none yet. */
  vote(ballots: number): Promise<void>;
  /** Counts what there is and puts the report into `results`. */
  report(at?: string): Promise<Report>;
  drop(): Promise<void>;
}

export async function openScene(election: Election): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'livetally-scene-'));
  const log = await openLmdbLog(folder);
  const reader = await defineElection(log, election, PARTITIONS);
  await openElection(log, reader);
  const topic = (name: Topic): string => topicName(election.id, name);
  const unused: [serial: number, place: string, cohort: string][] = [];
  let registered = 0;

  async function append(registrations: readonly Registration[]): Promise<void> {
    const records = registrations.map((registration) => ({ value: encodeRegistration(registration) }));
    await log.append(topic('voters'), 0, records);
  }

  async function issueTo(people: readonly Registration[]): Promise<IssuedRun[]> {
    await reader.catchUp();
    const { roll } = reader.life;
    const runs = allocate(roll, countUnits(people.map((person) => person.index % roll.eligible.length)));
    const event = { type: 'issued', at: reader.position, source: 'scene', upTo: registered, runs } as const;
    await log.append(topic('events'), 0, [{ value: encodeEvent(event) }]);
    await reader.catchUp();
    return runs;
  }

  return {
    log,
    folder,
    election,
    reader,
    append,
    async register(people) {
      const registrations = Array.from({ length: people }, (_, at) => person(registered + at, election));
      registered += people;
      await append(registrations);
      for (const [first, count, place, cohort] of await issueTo(registrations)) {
        for (let serial = first; serial < first + count; serial++) unused.push([serial, place, cohort]);
      }
      // One of each extent in turn, so that few ballots reach every place and cohort.
      unused.sort(([one], [other]) => (one % EXTENT_SIZE) - (other % EXTENT_SIZE));
      return registrations;
    },
    async vote(ballots) {
      for (const [serial, place, cohort] of unused.splice(0, ballots)) {
        const choices = election.contests.map(({ id, candidates }) => {
          return [id, serial % 7 === 0 ? [] : [candidates[serial % candidates.length]!.id]] as const;
        });
        const line = `${ballotLine(serial as Serial, place, cohort, choices)}\n`;
        await log.append(topic('ballots'), partitionOf(serial, PARTITIONS), [{ value: Buffer.from(line) }]);
      }
    },
    async report(at = '2026-11-03T20:00:00.000Z') {
      const { tally, position } = await recount(log, election.id);
      const report = makeReport(tally, reader.life, formatPosition(position), Date.parse(at), true);
      await log.append(topic('results'), 0, encodeReport(report));
      return report;
    },
    async drop() {
      await log.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The whole profile, with text that copying could spoil; every third has nothing that is not required. */
export function person(index: number, election: Election): Registration {
  const space = ballotSpace(election);
  const unit = index % (space.places.length * space.cohorts.length);
  const required = {
    source: 'scene',
    index,
    place: space.places[Math.floor(unit / space.cohorts.length)]!,
    cohort: space.cohorts[unit % space.cohorts.length]!,
    registrationNumber: `R-${index}`,
    name: `Zoë \\N ${index}\tO'Brien\n“🗳”`,
  };
  if (index % 3 === 0) return required;
  return {
    ...required,
    dateOfBirth: `19${String(10 + (index % 90))}-02-28`,
    gender: 'not stated',
    nationality: 'DE',
    address: { street: `${index} High St`, city: 'Ulm', state: 'BW', country: 'Germany', postcode: '01234' },
    email: `p${index}@example.org`,
    phone: '+49 731 0',
    mobile: '+49 170 0',
    picture: 'portraits/1.svg',
    registeredAge: index % 120,
  };
}

/** Every row that the database has of an election, and how far it is. */
export async function allRows(database: Database, election: string): Promise<Record<string, object[]>> {
  const tables: Record<string, object[]> = {};
  for (const table of TABLES) {
    const key = table === 'elections' ? 'id' : 'election';
    const rows = await database.query<{ row: object }>(
      `SELECT to_jsonb(t) AS row FROM ${table} AS t WHERE ${key} = $1 ORDER BY to_jsonb(t)::text`,
      [election],
    );
    tables[table] = rows.map(({ row }) => row);
  }
  return tables;
}

const TABLES = [
  'elections',
  'contests',
  'candidates',
  'places',
  'cohorts',
  'voters',
  'reports',
  'turnout',
  'contest_counts',
  'results',
  'projections',
];
