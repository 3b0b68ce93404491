import { openVotingKey } from '../../src/app/voting-key.ts';
import { createVotingCodes } from '../../src/election/code.ts';
import type { Election } from '../../src/election/election.ts';
import type { Report } from '../../src/election/report.ts';
import type { Log } from '../../src/ports/log.ts';
import { checkAcknowledged, checkCount, checkNewestReport } from './check-ballots.ts';
import { checkAllRegistered, checkCodes, checkRegistered } from './check-roll.ts';
import { countPlainly, issuesOf, ownersOf, peopleOf, readPlainLog, type PlainVoter } from './plain-log.ts';

export interface LogChecks {
  readonly election: Election;
  readonly partitions: number;
  /** Of the people. */
  readonly source: string;
  /** All are registered. */
  readonly complete: boolean;
  readonly codesFile: string;
  /** Where the voting key lies. */
  readonly keyFolder: string;
  /** A folder of files, in them the lines that were answered for. */
  readonly acknowledged: string;
  readonly snapshotFile: string;
}

/** Figures of a log in which all is well. */
export interface LogFigures {
  readonly registered: number;
  /** Registrations of somebody who was registered already. */
  readonly registeredAgain: number;
  readonly voidIssues: number;
  readonly acknowledged: number;
  readonly lines: number;
  readonly counted: number;
  readonly repeat: number;
  readonly invalid: number;
  /** Of the count up to the end of the log. */
  readonly hash: string;
  /** Of the newest report. */
  readonly published: string | undefined;
}

export interface CheckedLog {
  readonly figures: LogFigures;
  readonly people: readonly PlainVoter[];
  /** Serials. */
  readonly issued: number;
  readonly newest: Report | undefined;
}

/** Holds a log against everything that must be true of it at any moment, while nobody appends to it. Throws what is not. */
export async function checkLog(log: Log, checks: LogChecks): Promise<CheckedLog> {
  const { election, partitions, source } = checks;
  const plain = await readPlainLog(log, election.id, partitions);
  const issues = issuesOf(plain.events);
  const owners = ownersOf(issues);
  const people = peopleOf(plain.voters);
  checkRegistered(people, issues, owners, source);
  if (checks.complete) checkAllRegistered(people, owners);
  if (people.length > 0) {
    const codes = createVotingCodes(election.id, await openVotingKey(checks.keyFolder, {}));
    checkCodes(checks.codesFile, codes, people, owners);
  }
  const acknowledged = checkAcknowledged(checks.acknowledged, plain);
  const count = countPlainly(plain, owners);
  const { hash } = await checkCount(log, election, checks.snapshotFile, count);
  const newest = await checkNewestReport(log, election);
  const { lines, counted, repeat, invalid } = count;
  const figures = {
    registered: people.length,
    registeredAgain: plain.voters.length - people.length,
    voidIssues: plain.events.filter(({ type }) => type === 'issued').length - issues.length,
    acknowledged,
    lines,
    counted,
    repeat,
    invalid,
    hash,
    published: newest?.hash,
  };
  return { figures, people, issued: owners.size, newest };
}
