import { disclose } from '../../election/disclosure.ts';
import type { Election, Place } from '../../election/election.ts';
import type { Report } from '../../election/report.ts';
import type { PlaceText, Rates, Snapshot, Texts } from './view.ts';

export function textsOf(election: Election): Texts {
  return {
    id: election.id,
    title: election.title,
    description: election.description,
    contests: election.contests.map(({ id, title, method, candidates }) => ({
      id,
      title,
      method,
      candidates: candidates.map((candidate) => ({
        id: candidate.id,
        name: candidate.name,
        party: candidate.party,
        colour: candidate.colour,
        photo: candidate.photo === undefined ? undefined : `photos/${id}/${candidate.id}`,
      })),
    })),
    places: election.places.map(placeText),
    attributes: election.cohorts.map(({ id, name, values }) => ({
      id,
      name,
      values: values.map((value) => ({ id: value.id, name: value.name })),
    })),
    k: election.k,
  };
}

function placeText({ id, name, places }: Place): PlaceText {
  return places === undefined ? { id, name } : { id, name, places: places.map(placeText) };
}

export function snapshotOf(report: Report, election: Election, texts: string, rates: Rates): Snapshot {
  const { status, at, position, provisional, definition, hash, counts, equalities } = report;
  const { shows, contests, breakdowns, whole } = disclose(report, election);
  return {
    texts,
    status,
    shows,
    at,
    position,
    provisional,
    definition,
    hash: whole ? hash : undefined,
    eligible: counts.eligible,
    lines: counts.lines,
    outcomes: counts.outcomes,
    invalid: counts.invalid,
    equalities: equalities.length,
    contests,
    // Places crossed with cohorts can be a million numbers: too many to push each second, and no panel shows them.
    breakdowns: breakdowns.filter(({ key }) => key === 'place' || !key.split('/').includes('place')),
    rates: shows === 'hidden' ? { ...rates, history: { ...rates.history, contests: [] } } : rates,
  };
}
