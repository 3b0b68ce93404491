import { LivetallyError } from '../error.ts';
import type { Logger } from '../ports/effects.ts';
import type { Log, Mismatch } from '../ports/log.ts';
import type { Life } from '../topics/life.ts';
import { topicName } from '../topics/topics.ts';
import { topicSpecs } from './topic-specs.ts';

/** Those that endanger no count: partitions beyond ours are never read, and the rest is about records to come. */
const BEARABLE: ReadonlySet<Mismatch['kind']> = new Set(['surplus', 'durability', 'size']);

/** How the topics of an election differ from what its events say of them; nothing when all is well. */
export async function topicProblems(log: Log, { election, partitions, ballotsId }: Life): Promise<Mismatch[]> {
  const found = await log.inspect(topicSpecs(election.id, partitions));
  const ballots = topicName(election.id, 'ballots');
  const isThere = !found.some(({ topic, kind }) => topic === ballots && kind === 'missing');
  if (ballotsId === undefined || !isThere || (await log.topicId(ballots)) === ballotsId) return [...found];
  return [...found, replaced(ballots)];
}

/** Refuses topics that this election cannot be counted from, and says what else is wrong. Throws LT_LOG_MISMATCH. */
export async function requireTopics(log: Log, life: Life, logger: Logger): Promise<void> {
  const problems = await topicProblems(log, life);
  const refused = problems.find(({ kind }) => !BEARABLE.has(kind));
  if (refused !== undefined) throw new LivetallyError('LT_LOG_MISMATCH', refused.says, { next: refused.next });
  for (const { topic, kind, says, next } of problems) logger.warn({ topic, kind, next }, says);
}

export function replaced(ballots: string): Mismatch {
  return {
    topic: ballots,
    kind: 'replaced',
    says: `The topic ${ballots} was deleted and made anew after the polls were opened: the ballots cast before are gone.`,
    next: 'Count what is left of the old one elsewhere, if it can be restored, or hold the election again under another id.',
  };
}
