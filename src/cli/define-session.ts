import { openDefinedSession, type Session } from '../app/session.ts';
import type { CommandContext } from './command.ts';

/** The data folder of a command that defines its election if need be. Throws LT_ELECTION_FROZEN, LT_DATA_LOCKED. */
export function defineSession(
  command: string,
  { values, terminal }: CommandContext<'data' | 'election' | 'partitions'>,
): Promise<Session> {
  const { data = '', election: electionFile, partitions } = values;
  return openDefinedSession({ data, electionFile, partitions, command, logger: terminal.log });
}
