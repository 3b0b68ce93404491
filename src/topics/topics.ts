/** The four topics of an election. What each holds is in the file of its name. */
export const TOPICS = ['events', 'voters', 'ballots', 'results'] as const;
export type Topic = (typeof TOPICS)[number];

export function topicName(election: string, topic: Topic): string {
  return `livetally.${election}.${topic}`;
}

/** Partitions of `ballots` unless told otherwise; fixed when the election is defined, since a ballot's follows from its serial. */
export const DEFAULT_PARTITIONS = 4;
