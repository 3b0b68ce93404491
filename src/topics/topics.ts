/** The four topics of an election. What each holds is in the file of its name. */
export const TOPICS = ['events', 'voters', 'ballots', 'results'] as const;
export type Topic = (typeof TOPICS)[number];

export function topicName(election: string, topic: Topic): string {
  return `livetally.${election}.${topic}`;
}

/** Partitions of `ballots` unless told otherwise; fixed when the election is defined, since a ballot's follows from its serial. */
export const DEFAULT_PARTITIONS = 4;

/** Partitions of `voters`: registrations are read in the order in which they were made. `events` and `results` have one each too. */
export const VOTERS_PARTITIONS = 1;
