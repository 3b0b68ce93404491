/** The four topics of an election. What each holds is in the file of its name. */
export const TOPICS = ['events', 'voters', 'ballots', 'results'] as const;
export type Topic = (typeof TOPICS)[number];

/** With what the names of all topics begin. */
export const TOPIC_PREFIX = 'livetally.';

export function topicName(election: string, topic: Topic): string {
  return `${TOPIC_PREFIX}${election}.${topic}`;
}

/** The election whose topic of this kind it is; undefined for any other name. */
export function electionOf(name: string, topic: Topic): string | undefined {
  if (!name.startsWith(TOPIC_PREFIX) || !name.endsWith(`.${topic}`)) return undefined;
  return name.slice(TOPIC_PREFIX.length, -topic.length - 1) || undefined;
}

/** Partitions of `ballots` unless told otherwise; fixed when the election is defined, since a ballot's follows from its serial. */
export const DEFAULT_PARTITIONS = 4;

/** Partitions of `voters`: registrations are read in the order in which they were made. `events` and `results` have one each too. */
export const VOTERS_PARTITIONS = 1;
