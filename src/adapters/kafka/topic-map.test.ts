import { describe, expect, it } from 'vitest';
import type { Cluster, ClusterMetadata } from './cluster.ts';
import { createTopicMap, type TopicMap } from './topic-map.ts';

const UNKNOWN = 3;

/** What the brokers answer about the topic `t`, one answer after another: its id, or that they do not know it. */
function answers(...ids: (string | undefined)[]): { map: TopicMap; asked: () => number } {
  let asked = 0;
  const metadata = async (): Promise<ClusterMetadata> => {
    const id = ids[Math.min(asked++, ids.length - 1)];
    const partitions = [0, 1].map((partitionIndex) => ({ partitionIndex, leaderId: 1, replicaNodes: [1] }));
    const topic = { name: 't', errorCode: id === undefined ? UNKNOWN : 0, topicId: id, partitions };
    return { controllerId: 1, brokers: 1, topics: [topic as never] };
  };
  return { map: createTopicMap({ metadata } as Partial<Cluster> as Cluster, []), asked: () => asked };
}

describe('the topics as the brokers know them', () => {
  it('[L4] asks twice before it believes that a topic is not there', async () => {
    expect(await answers(undefined, 'one').map.find('t', 0)).toMatchObject({ id: 'one', leaders: [1, 1] });
    expect(await answers(undefined).map.find('t', 0)).toBeUndefined();
  });

  it('[L5] knows a topic by its id, and one that was there does not turn into none', async () => {
    const anew = answers('one', 'two').map;
    expect(await anew.find('t', 0)).toMatchObject({ id: 'one' });
    anew.doubt('t');
    await expect(anew.find('t', 60_000)).rejects.toMatchObject({ code: 'LT_LOG_MISMATCH' });

    const gone = answers('one', undefined, undefined, 'one').map;
    await gone.find('t', 0);
    await expect(gone.find('t', 0)).rejects.toMatchObject({ kind: 'gone', passes: true });
    expect(await gone.find('t', 0)).toMatchObject({ id: 'one' });
  });

  it('[L5] remembers, asks once for all who want to know at the same time, and again for a partition that it lacks', async () => {
    const { map, asked } = answers('one');
    await Promise.all([map.find('t', 0), map.find('t', 0), map.find('t', 0)]);
    await map.find('t', 60_000);
    expect(asked()).toBe(1);
    await map.findWith('t', 1, 60_000);
    expect(asked()).toBe(1);
    await expect(map.findWith('t', 2, 60_000)).rejects.toMatchObject({ code: 'LT_LOG_MISMATCH' });
    expect(asked()).toBe(2);
  });
});
