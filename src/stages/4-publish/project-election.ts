import { createHash } from 'node:crypto';
import type { Election, Place } from '../../election/election.ts';
import { cohortIds } from '../../election/space.ts';
import type { DatabaseSession } from '../../ports/database.ts';
import type { Life } from '../../topics/life.ts';

/**
 * Writes what the events say so far. The definition's own rows never go: what decides the count is frozen. An archive
 * goes when it was counted otherwise.
 */
export async function writeElection(session: DatabaseSession, life: Life): Promise<void> {
  const { election } = life;
  await session.query(UPSERT_ELECTION, [
    election.id,
    election.title,
    election.description ?? null,
    life.hash,
    life.partitions,
    stateOf(life),
    election.results,
    election.k,
    life.roll.total,
    countingOf(life),
  ]);
  await session.query('DELETE FROM archives WHERE election = $1 AND counting <> $2', [election.id, countingOf(life)]);
}

/** SHA-256 of what the events say that can change the count after the close. */
export function countingOf({ roll, closed, excludedRanges, excludedSerials }: Life): string {
  const said = {
    eligible: roll.total,
    closed,
    excludedRanges,
    excludedSerials: [...excludedSerials].sort((one, other) => one - other),
  };
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}

/** Writes contests, candidates, places and cohorts, or their new texts. */
export async function writeDefinition(session: DatabaseSession, election: Election): Promise<void> {
  const contests = election.contests.map((contest, ordinal) => ({ ...contest, ordinal }));
  const candidates = election.contests.flatMap((contest) =>
    contest.candidates.map((candidate, ordinal) => ({ ...candidate, contest: contest.id, ordinal })),
  );
  for (const [sql, rows] of [
    [UPSERT_CONTESTS, contests],
    [UPSERT_CANDIDATES, candidates],
    [UPSERT_PLACES, placeRows(election.places, null).map((place, ordinal) => ({ ...place, ordinal }))],
    [UPSERT_COHORTS, cohortRows(election)],
  ] as const) {
    await session.query(sql, [election.id, JSON.stringify(rows)]);
  }
}

function stateOf(life: Life): 'defined' | 'open' | 'closed' {
  if (life.closed !== undefined) return 'closed';
  return life.opened ? 'open' : 'defined';
}

interface PlaceRow {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
  readonly leaf: boolean;
}

function placeRows(places: readonly Place[], parent: string | null): PlaceRow[] {
  return places.flatMap(({ id, name, places }) => [
    { id, name, parent, leaf: places === undefined },
    ...placeRows(places ?? [], id),
  ]);
}

function cohortRows(election: Election): object[] {
  return cohortIds(election.cohorts).map((id, ordinal) => {
    const values = id.split('|');
    const attributes = Object.fromEntries(election.cohorts.map((attribute, at) => [attribute.id, values[at]]));
    return { id, ordinal, attributes };
  });
}

const UPSERT_ELECTION = `
  INSERT INTO elections (id, title, description, definition, partitions, state, results, k, eligible, counting)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  ON CONFLICT (id) DO UPDATE SET
    title = excluded.title, description = excluded.description, state = excluded.state,
    eligible = excluded.eligible, counting = excluded.counting`;

const UPSERT_CONTESTS = `
  INSERT INTO contests (election, id, ordinal, title, method, choose)
  SELECT $1, * FROM jsonb_to_recordset($2::text::jsonb)
    AS fresh(id text, ordinal integer, title text, method text, choose integer)
  ON CONFLICT (election, id) DO UPDATE SET ordinal = excluded.ordinal, title = excluded.title`;

const UPSERT_CANDIDATES = `
  INSERT INTO candidates (election, contest, id, ordinal, name, party, colour, biography, platform, photo)
  SELECT $1, * FROM jsonb_to_recordset($2::text::jsonb)
    AS fresh(contest text, id text, ordinal integer, name text, party text, colour text, biography text,
             platform text[], photo text)
  ON CONFLICT (election, contest, id) DO UPDATE SET
    ordinal = excluded.ordinal, name = excluded.name, party = excluded.party, colour = excluded.colour,
    biography = excluded.biography, platform = excluded.platform, photo = excluded.photo`;

const UPSERT_PLACES = `
  INSERT INTO places (election, id, ordinal, name, parent, leaf)
  SELECT $1, * FROM jsonb_to_recordset($2::text::jsonb)
    AS fresh(id text, ordinal integer, name text, parent text, leaf boolean)
  ON CONFLICT (election, id) DO UPDATE SET ordinal = excluded.ordinal, name = excluded.name`;

const UPSERT_COHORTS = `
  INSERT INTO cohorts (election, id, ordinal, attributes)
  SELECT $1, * FROM jsonb_to_recordset($2::text::jsonb) AS fresh(id text, ordinal integer, attributes jsonb)
  ON CONFLICT (election, id) DO UPDATE SET ordinal = excluded.ordinal, attributes = excluded.attributes`;
