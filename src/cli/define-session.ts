import { openDefinedSession, type Session } from '../app/session.ts';
import type { CommandContext } from './command.ts';

/** The session of a command that defines its election if need be. Throws LT_ELECTION_FROZEN, LT_DATA_LOCKED. */
export function defineSession(
  command: string,
  { values, terminal }: CommandContext<'data' | 'election' | 'electionId' | 'partitions'>,
): Promise<Session> {
  const { data = '', election: electionFile, electionId, partitions } = values;
  return openDefinedSession({
    data,
    command,
    keeps: command,
    electionFile,
    electionId,
    partitions,
    logger: terminal.log,
  });
}
