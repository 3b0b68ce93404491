import { canonicalJson } from '../election/canonical-json.ts';
import type { Election } from '../election/election.ts';
import { freeze, frozenDifferences, type Frozen } from '../election/freeze.ts';
import { LivetallyError } from '../error.ts';
import type { Logger } from '../ports/effects.ts';
import type { Log } from '../ports/log.ts';
import { encodeEvent, type Event } from '../topics/events.ts';
import { topicName } from '../topics/topics.ts';
import { createLifeReader, type LifeReader } from './life-reader.ts';
import { topicSpecs } from './topic-specs.ts';
import { requireTopics } from './topics-fit.ts';

/**
 * Makes the log hold this election: creates its topics, defines it if nothing is defined, describes it anew if its texts
 * have changed. Resolves with a reader that has read everything. Safe to call again after a crash anywhere in it, and
 * by several at once: the first definition counts.
 *
 * Throws LT_ELECTION_FROZEN when the election differs from the defined one in what decides the count or its
 * disclosure, LT_LOG_MISMATCH when the log has other partitions, or has lost what it held.
 */
export async function defineElection(
  log: Log,
  election: Election,
  partitions: number,
  logger: Logger = SILENT,
): Promise<LifeReader> {
  const reader = createLifeReader(log, election.id);
  await reader.catchUp();
  await createTopics(log, reader, election.id, partitions);
  const event = reader.position === 0 ? defined(election, partitions) : described(election, reader);
  if (event !== undefined) {
    await log.append(topicName(election.id, 'events'), 0, [{ value: encodeEvent(event) }]);
    await reader.catchUp();
    requireSame(election, partitions, reader);
  }
  await requireTopics(log, reader.life, logger);
  return reader;
}

const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Only what was never there, or can be made again from the rest: an empty topic in the place of a lost one hides the loss. */
async function createTopics(log: Log, reader: LifeReader, electionId: string, partitions: number): Promise<void> {
  const specs = topicSpecs(electionId, partitions);
  const ballots = topicName(electionId, 'ballots');
  const found = await log.inspect(specs);
  const missing = specs.filter(({ name }) => found.some(({ topic, kind }) => topic === name && kind === 'missing'));
  if (reader.position > 0) {
    requirePartitions(reader, partitions);
    if (reader.life.ballotsId !== undefined && missing.some(({ name }) => name === ballots)) throw lost(ballots);
  } else if (!missing.some(({ name }) => name === ballots) && (await log.end(ballots, 0)) > 0) {
    throw lost(topicName(electionId, 'events'));
  }
  if (missing.length > 0) await log.ensureTopics(missing);
}

function requirePartitions({ life }: LifeReader, partitions: number): void {
  if (life.partitions === partitions) return;
  const { id } = life.election;
  throw new LivetallyError(
    'LT_LOG_MISMATCH',
    `The election ${id} has ${life.partitions} partitions, not ${partitions}.`,
    {
      next: 'Leave --partitions away: they are fixed when an election is defined.',
    },
  );
}

/** Of two definitions at once only the first counts. */
function requireSame(election: Election, partitions: number, reader: LifeReader): void {
  requirePartitions(reader, partitions);
  described(election, reader);
}

function lost(topic: string): LivetallyError {
  return new LivetallyError(
    'LT_LOG_MISMATCH',
    `The topic ${topic} was deleted, and others of its election still stand.`,
    {
      next: 'Restore it, or hold the election again under another id: it cannot be counted without it.',
    },
  );
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
