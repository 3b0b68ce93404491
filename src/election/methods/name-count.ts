import type { Contest } from '../election.ts';
import type { ContestCount, ListCount, Method, RejectedReason, Verdict } from './method.ts';

const VALID: Verdict = { kind: 'valid' };
const BLANK: Verdict = { kind: 'blank' };

/** A method in which every name of a valid list is one vote; `most` is how many names a list may hold. */
export function nameCount(id: Method['id'], most: (contest: Contest) => number): Method {
  function judge(contest: Contest, names: readonly string[]): Verdict {
    if (names.length === 0) return BLANK;
    const known = new Set(contest.candidates.map((candidate) => candidate.id));
    if (!names.every((name) => known.has(name))) return { kind: 'rejected', why: 'unknown-name' };
    if (names.length > most(contest)) return { kind: 'rejected', why: 'overvote' };
    if (new Set(names).size < names.length) return { kind: 'rejected', why: 'name-twice' };
    return VALID;
  }

  function count(contest: Contest, lists: Iterable<ListCount>): ContestCount {
    const index = new Map(contest.candidates.map((candidate, at) => [candidate.id, at]));
    const votes = contest.candidates.map(() => 0);
    const rejected: Partial<Record<RejectedReason, number>> = {};
    let valid = 0;
    let blank = 0;
    for (const [names, ballots] of lists) {
      const verdict = judge(contest, names);
      switch (verdict.kind) {
        case 'valid':
          valid += ballots;
          for (const name of names) votes[index.get(name)!]! += ballots;
          break;
        case 'blank':
          blank += ballots;
          break;
        case 'rejected':
          rejected[verdict.why] = (rejected[verdict.why] ?? 0) + ballots;
          break;
        default:
          verdict satisfies never;
      }
    }
    return { valid, blank, rejected, votes };
  }

  return { id, judge, count };
}
