import type { Log } from '../../ports/log.ts';
import type { Issue, Life } from '../../topics/life.ts';
import { topicName } from '../../topics/topics.ts';
import { decodeRegistration, type Registration } from '../../topics/voters.ts';

/** An issue of which some or all people are not in `voters`. */
export interface UnfinishedIssue extends Issue {
  /** The first who is missing; all after it are missing too. */
  readonly missingFrom: number;
}

/**
 * What a register that died left to do, oldest first. Registrations are appended in the order of issues and of
 * people, one append after the other, so the last one tells how far it came. A register writes the registrations of one
 * issue while it appends the next, so that no more than two can be cut off.
 *
 * Whoever acts on it gives `readOn`, which brings `life` to the end of the events: another register may be at work, and
 * only what is read after a registration has its issue for certain.
 */
export async function findUnfinished(
  log: Log,
  life: Life,
  readOn: () => Promise<unknown> = async () => undefined,
): Promise<UnfinishedIssue[]> {
  const last = await lastRegistration(log, life.election.id);
  if (last === 'erased') return [];
  await readOn();
  const unfinished: UnfinishedIssue[] = [];
  for (const issue of life.issues.toReversed()) {
    const reached = last?.source === issue.source ? last.index + 1 : 0;
    if (reached >= issue.upTo) break;
    unfinished.unshift({ ...issue, missingFrom: Math.max(issue.from, reached) });
    if (reached > issue.from) break;
  }
  return unfinished;
}

/** The log may let go of registrations after some days; then all of them were there, or somebody gave up on them. */
async function lastRegistration(log: Log, electionId: string): Promise<Registration | 'erased' | undefined> {
  const topic = topicName(electionId, 'voters');
  const end = await log.end(topic, 0);
  if (end === 0) return undefined;
  const [fetched] = await log.fetch(topic, [end - 1]);
  const record = fetched?.records.at(-1);
  return record === undefined ? 'erased' : decodeRegistration(record.value);
}
