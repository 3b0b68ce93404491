/** The package's one public entry: the pure parts that other programs may want. */
export { parseElection } from './election/definition.ts';
export type { Candidate, Contest, Election, Place } from './election/election.ts';
export type { ContestCount, Method } from './election/methods/method.ts';
export { METHODS } from './election/methods/methods.ts';
export type { Report } from './election/report.ts';
export { LivetallyError, type ErrorCode } from './error.ts';
export { ballotLine, GRAMMAR, matchLine } from './topics/ballots.ts';
