import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TopicSpec } from '../../ports/log.ts';
import { mismatches, settingsOf, SETTINGS_LOOKED_AT, type FoundTopic } from './topic-settings.ts';

const FOREVER: TopicSpec = { name: 'events', partitions: 1, retention: 'forever' };
const DAYS: TopicSpec = { name: 'voters', partitions: 1, retention: { days: 30 } };
const COMPACTED: TopicSpec = { name: 'results', partitions: 1, retention: 'forever', compacted: true };

/** What brokers have when nobody says otherwise. */
const DEFAULTS = {
  'cleanup.policy': 'delete',
  'retention.ms': '604800000',
  'retention.bytes': '-1',
  'flush.messages': '9223372036854775807',
  'min.insync.replicas': '1',
  'unclean.leader.election.enable': 'false',
  'max.message.bytes': '1048588',
};

function found(settings: Record<string, string>, more: Partial<FoundTopic> = {}): FoundTopic {
  return { partitions: 1, replicas: 1, settings: new Map(Object.entries({ ...DEFAULTS, ...settings })), ...more };
}

function kinds(spec: TopicSpec, topic: FoundTopic | undefined, replication = 1): string[] {
  return mismatches(spec, topic, replication).map(({ kind }) => kind);
}

describe('the settings of a topic', () => {
  it('[L7] are those that it was created with, on one broker and on several', () => {
    for (const spec of [FOREVER, DAYS, COMPACTED]) {
      for (const replicas of [1, 2, 3]) {
        expect(kinds(spec, found(settingsOf(spec, replicas), { replicas }), replicas)).toEqual([]);
      }
    }
  });

  it('[L1] make one broker write to its disk, and of several two have a record, before they acknowledge', () => {
    for (const spec of [FOREVER, DAYS, COMPACTED]) {
      expect(settingsOf(spec, 1)).toMatchObject({ 'flush.messages': '1' });
      expect(settingsOf(spec, 3)).toMatchObject({ 'min.insync.replicas': '2' });
      expect(settingsOf(spec, 3)).not.toHaveProperty('flush.messages');
    }
  });

  it('[L7] differ in all ways from those of a topic that somebody made without a thought', () => {
    expect(kinds(FOREVER, found({}))).toEqual(['retention', 'durability', 'size']);
    expect(kinds(FOREVER, found({}, { replicas: 3 }))).toEqual(['retention', 'durability', 'size']);
    expect(kinds(COMPACTED, found({}))).toEqual(['retention', 'durability', 'size']);
    expect(kinds(FOREVER, undefined)).toEqual(['missing']);
  });

  it.each([
    [FOREVER, { 'retention.ms': '3600000' }, 'retention.ms=3600000, not retention.ms=-1'],
    [FOREVER, { 'retention.bytes': '1' }, 'retention.bytes=1, not retention.bytes=-1'],
    [FOREVER, { 'cleanup.policy': 'delete,compact' }, 'cleanup.policy=delete,compact, not cleanup.policy=delete'],
    [DAYS, { 'retention.ms': '-1' }, 'retention.ms=-1, not retention.ms=2592000000'],
    [DAYS, { 'retention.ms': '60000' }, 'retention.ms=60000, not retention.ms=2592000000'],
    [COMPACTED, { 'cleanup.policy': 'delete' }, 'cleanup.policy=delete, not cleanup.policy=compact'],
    [COMPACTED, { 'cleanup.policy': 'compact,delete', 'retention.ms': '1' }, 'retention.ms=1, not retention.ms=-1'],
  ])('[L7] %o with %o is kept otherwise', (spec, changed, says) => {
    const all = mismatches(spec, found({ ...settingsOf(spec, 1), ...changed }), 1);
    expect(all).toMatchObject([{ topic: spec.name, kind: 'retention' }]);
    expect(all[0]?.says).toContain(says);
    expect(all[0]?.next).toContain(`--topic ${spec.name} --add-config ${says.split(', not ')[1]}`);
  });

  it('[L7] may compact and delete at once, as long as nothing is deleted for its age', () => {
    const both = { ...settingsOf(COMPACTED, 1), 'cleanup.policy': 'delete,compact', 'retention.ms': '-1' };
    expect(kinds(COMPACTED, found(both))).toEqual([]);
  });

  it('[L7] are durable only where two copies must exist and no stale one may lead', () => {
    const right = settingsOf(FOREVER, 3);
    expect(kinds(FOREVER, found({ ...right, 'min.insync.replicas': '1' }, { replicas: 3 }))).toEqual(['durability']);
    expect(kinds(FOREVER, found({ ...right, 'min.insync.replicas': '3' }, { replicas: 3 }))).toEqual([]);
    const unclean = { ...right, 'unclean.leader.election.enable': 'true' };
    expect(kinds(FOREVER, found(unclean, { replicas: 3 }))).toEqual(['durability']);
    expect(kinds(FOREVER, found(right, { replicas: 2 }), 3)).toEqual(['durability']);
    expect(kinds(FOREVER, found(right, { replicas: 1 }), 1)).toEqual(['durability']);
  });

  it('[L7] name partitions that are missing and those that nobody reads', () => {
    const spec = { ...FOREVER, partitions: 4 };
    const settings = settingsOf(spec, 1);
    expect(kinds(spec, found(settings, { partitions: 3 }))).toEqual(['fewer']);
    expect(kinds(spec, found(settings, { partitions: 4 }))).toEqual([]);
    expect(kinds(spec, found(settings, { partitions: 5 }))).toEqual(['surplus']);
  });

  it('[L7] are all asked for', () => {
    const compacting = /^(?:min\.cleanable|segment|max\.compaction)/;
    const set = [FOREVER, DAYS, COMPACTED].flatMap((spec) =>
      [1, 3].flatMap((replicas) => Object.keys(settingsOf(spec, replicas))),
    );
    const judged = new Set(set.filter((name) => !compacting.test(name)));
    expect([...SETTINGS_LOOKED_AT]).toEqual(expect.arrayContaining([...judged]));
  });
});

it('[C15] docs/kafka.md lists the settings that topics are made with', () => {
  const docs = readFileSync(new URL('../../../docs/kafka.md', import.meta.url), 'utf8');
  for (const spec of [FOREVER, COMPACTED]) {
    for (const replicas of [1, 3]) {
      for (const [name, value] of Object.entries(settingsOf(spec, replicas)))
        expect(docs).toContain(`\`${name}=${value}\``);
    }
  }
});
