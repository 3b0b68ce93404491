import { canonicalJson } from '../election/canonical-json.ts';
import type { Election } from '../election/election.ts';
import { freeze, frozenDifferences, type Frozen } from '../election/freeze.ts';
import { LivetallyError } from '../error.ts';
import type { Log, TopicSpec } from '../ports/log.ts';
import { encodeEvent, type Event } from '../topics/events.ts';
import { topicName, VOTERS_PARTITIONS } from '../topics/topics.ts';
import { createLifeReader, type LifeReader } from './life-reader.ts';

/** Personal data is kept no longer than it takes to issue, to vote in the demo, and to load the database. */
const VOTERS_DAYS = 30;

/**
 * Makes the log hold this election: creates its topics, defines it if nothing is defined, describes it anew if its texts
 * have changed. Resolves with a reader that has read everything. Safe to call again after a crash anywhere in it.
 *
 * Throws LT_ELECTION_FROZEN when the election differs from the defined one in what decides the count or its
 * disclosure, LT_LOG_MISMATCH when the log has other partitions.
 */
export async function defineElection(log: Log, election: Election, partitions: number): Promise<LifeReader> {
  await log.ensureTopics(topicSpecs(election.id, partitions));
  const reader = createLifeReader(log, election.id);
  await reader.catchUp();
  const event = reader.position === 0 ? defined(election, partitions) : described(election, reader);
  if (event === undefined) return reader;
  await log.append(topicName(election.id, 'events'), 0, [{ value: encodeEvent(event) }]);
  await reader.catchUp();
  return reader;
}

export function topicSpecs(electionId: string, partitions: number): TopicSpec[] {
  return [
    { name: topicName(electionId, 'events'), partitions: 1, retention: 'forever' },
    { name: topicName(electionId, 'voters'), partitions: VOTERS_PARTITIONS, retention: { days: VOTERS_DAYS } },
    { name: topicName(electionId, 'ballots'), partitions, retention: 'forever' },
    { name: topicName(electionId, 'results'), partitions: 1, retention: 'forever', compacted: true },
  ];
}

function defined(election: Election, partitions: number): Event {
  return { type: 'defined', election, hash: freeze(election).hash, partitions };
}

function described(election: Election, { life }: LifeReader): Event | undefined {
  const before = freeze(life.election);
  const after = freeze(election);
  if (before.hash !== after.hash) throw frozenError(election.id, before, after);
  const isSame = canonicalJson(life.election) === canonicalJson(election);
  return isSame ? undefined : { type: 'described', election };
}

const DIFFERENCES_NAMED = 5;

function frozenError(electionId: string, before: Frozen, after: Frozen): LivetallyError {
  const differences = frozenDifferences(before, after);
  const more = differences.length - DIFFERENCES_NAMED;
  const lines = differences.slice(0, DIFFERENCES_NAMED).map((difference) => `  ${difference}`);
  if (more > 0) lines.push(`  … and ${more} more`);
  return new LivetallyError(
    'LT_ELECTION_FROZEN',
    `The election ${electionId} is defined already, and what decides its count can no longer change:\n${lines.join('\n')}`,
    { next: 'Put the values back; or, for a new election, give the file another id, or use another data folder.' },
  );
}
