import { sqlState, type Database, type DatabaseSession, type DatabaseValue } from '../../ports/database.ts';
import type { Logger } from '../../ports/effects.ts';
import type { LogRecord } from '../../ports/log.ts';
import { decodeRegistration, type Registration } from '../../topics/voters.ts';
import { advance, type TopicPosition } from './topic-position.ts';

/** What became of a batch of registrations. Those that were in the database already are in neither number. */
export interface WrittenVoters {
  readonly written: number;
  /** Left out, since SQL cannot hold them: a date of birth that is none, a registration number that another has. */
  readonly refused: number;
}

const COLUMNS = [
  'election',
  'registration_number',
  'source',
  'source_index',
  'place',
  'cohort',
  'name',
  'date_of_birth',
  'gender',
  'nationality',
  'street',
  'city',
  'state',
  'country',
  'postcode',
  'email',
  'phone',
  'mobile',
  'picture',
  'registered_age',
] as const;

/** Writes `records`, which the log holds from `from` up to `to`. Undefined: another process did. */
export async function writeVoters(
  database: Database,
  from: TopicPosition,
  records: readonly LogRecord[],
  to: number,
  logger: Logger,
): Promise<WrittenVoters | undefined> {
  const rows = records.map((record) => voterRow(from.election, decodeRegistration(record.value)));
  try {
    return await database.transaction(async (session) => {
      if (!(await advance(session, from, to))) return undefined;
      await session.copy('voters', COLUMNS, rows);
      return { written: rows.length, refused: 0 };
    });
  } catch (error) {
    if (!isOfTheData(error)) throw error;
  }
  return database.transaction(async (session) => {
    if (!(await advance(session, from, to))) return undefined;
    return writeOneByOne(session, rows, (at, state) =>
      logger.warn({ offset: records[at]!.offset, state }, 'A registration does not fit the database and is left out.'),
    );
  });
}

/** A batch that does not go in whole: something in it is there already, or does not fit. */
async function writeOneByOne(
  session: DatabaseSession,
  rows: readonly (readonly DatabaseValue[])[],
  onRefused: (at: number, state: string | undefined) => void,
): Promise<WrittenVoters> {
  let written = 0;
  let refused = 0;
  for (const [at, row] of rows.entries()) {
    await session.query('SAVEPOINT one');
    try {
      written += (await session.query(INSERT_ONE, row)).length;
    } catch (error) {
      if (!isOfTheData(error)) throw error;
      await session.query('ROLLBACK TO SAVEPOINT one');
      onRefused(at, sqlState(error));
      refused++;
    }
    await session.query('RELEASE SAVEPOINT one');
  }
  return { written, refused };
}

/** The same person again is passed over; another person with the same registration number is refused. */
const INSERT_ONE = `
  INSERT INTO voters (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((_, at) => `$${at + 1}`).join(', ')})
  ON CONFLICT (election, source, source_index) DO NOTHING RETURNING source_index`;

/** SQLSTATE classes of values that do not fit (22), rules that they break (23), and sizes (54). */
function isOfTheData(error: unknown): boolean {
  return /^(?:22|23|54)/.test(sqlState(error) ?? '');
}

function voterRow(election: string, voter: Registration): DatabaseValue[] {
  const { address } = voter;
  return [
    election,
    voter.registrationNumber,
    voter.source,
    voter.index,
    voter.place,
    voter.cohort,
    voter.name,
    voter.dateOfBirth ?? null,
    voter.gender ?? null,
    voter.nationality ?? null,
    address?.street ?? null,
    address?.city ?? null,
    address?.state ?? null,
    address?.country ?? null,
    address?.postcode ?? null,
    voter.email ?? null,
    voter.phone ?? null,
    voter.mobile ?? null,
    voter.picture ?? null,
    voter.registeredAge ?? null,
  ];
}
