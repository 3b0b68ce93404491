import { LivetallyError } from '../../error.ts';
import type { Mismatch, TopicSpec } from '../../ports/log.ts';
import type { Cluster } from './cluster.ts';
import { pause, type Stops } from './stops.ts';
import { createMissing, describeTopics } from './topic-admin.ts';
import { mismatches } from './topic-settings.ts';

/** Makes topics and looks after them. Throws KafkaFailure. */
export interface TopicKeeping {
  create(specs: readonly TopicSpec[]): Promise<void>;
  inspect(specs: readonly TopicSpec[]): Promise<Mismatch[]>;
  names(prefix: string): Promise<string[]>;
  /** Whether no record of it may ever be gone: as it was asked for, or where nobody has asked in this process, as it is. */
  isForever(topic: string): Promise<boolean>;
}

/** A broker of the ZooKeeper days may say for a moment after its start that it has no topic: so it is asked twice. */
const ASK_TWICE_MS = 500;

export function createTopicKeeping(cluster: Cluster, replication: number | undefined, stops: Stops): TopicKeeping {
  const asked = new Map<string, TopicSpec>();

  async function twice<Result>(ask: () => Promise<Result>, isComplete: (result: Result) => boolean): Promise<Result> {
    const first = await ask();
    if (isComplete(first)) return first;
    await pause(ASK_TWICE_MS, stops);
    return ask();
  }

  return {
    async create(specs) {
      await createMissing(cluster, specs, replication);
    },

    async inspect(specs) {
      for (const spec of specs) asked.set(spec.name, spec);
      const names = specs.map(({ name }) => name);
      const found = await twice(
        () => describeTopics(cluster, names),
        ({ size }) => size === names.length,
      );
      return specs.flatMap((spec) => mismatches(spec, found.get(spec.name), replication ?? 1));
    },

    async names(prefix) {
      const { topics } = await twice(
        () => cluster.metadata(null),
        (metadata) => metadata.topics.length > 0,
      );
      const names = topics.flatMap(({ name, isInternal }) => (isInternal ? [] : (name ?? [])));
      return names.filter((name) => name.startsWith(prefix));
    },

    async isForever(topic) {
      const spec = asked.get(topic);
      if (spec !== undefined) return spec.retention === 'forever';
      const settings = (await describeTopics(cluster, [topic])).get(topic)?.settings;
      return settings?.get('cleanup.policy') !== 'delete' || settings.get('retention.ms') === '-1';
    },
  };
}

/** Throws LT_LOG_MISMATCH when there is any. */
export function refuseMismatches([first, ...others]: readonly Mismatch[]): void {
  if (first === undefined) return;
  const message = [first, ...others].map(({ says }) => says).join(' ');
  throw new LivetallyError('LT_LOG_MISMATCH', message, { next: first.next });
}
