import { APPEND_BYTES, type Mismatch, type TopicSpec } from '../../ports/log.ts';

/** Twice what an append holds: many small records take as much again. */
const MESSAGE_BYTES = 2 * APPEND_BYTES;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A topic as the brokers describe it. */
export interface FoundTopic {
  readonly partitions: number;
  /** Copies of the partition that has the fewest. */
  readonly replicas: number;
  /** By name; those that nobody has set have the broker's default. */
  readonly settings: ReadonlyMap<string, string>;
}

/** What a new topic is created with. */
export function settingsOf(spec: TopicSpec, replicas: number): Record<string, string> {
  return {
    ...keepingSettings(spec),
    ...durableSettings(replicas),
    'max.message.bytes': String(MESSAGE_BYTES),
    ...(spec.compacted === true ? COMPACTING : {}),
  };
}

/** What is superseded goes within the hour, and a report is found soon: the log that is read stays short. */
const COMPACTING = {
  'min.cleanable.dirty.ratio': '0.1',
  'segment.bytes': String(64 * 1024 * 1024),
  'max.compaction.lag.ms': String(60 * 60 * 1000),
};

function keepingSettings({ retention, compacted }: TopicSpec): Record<string, string> {
  if (compacted === true) return { 'cleanup.policy': 'compact' };
  return {
    'cleanup.policy': 'delete',
    'retention.ms': retention === 'forever' ? '-1' : String(retention.days * DAY_MS),
    'retention.bytes': '-1',
  };
}

/**
 * Brokers acknowledge from memory. One alone has to write to its disk first, or a power cut takes what it has
 * acknowledged; of several, two must have a record.
 */
function durableSettings(replicas: number): Record<string, string> {
  return replicas === 1 ? { 'flush.messages': '1' } : { 'min.insync.replicas': '2' };
}

/** Settings that `mismatches` looks at. */
export const SETTINGS_LOOKED_AT: readonly string[] = [
  'cleanup.policy',
  'retention.ms',
  'retention.bytes',
  'flush.messages',
  'min.insync.replicas',
  'unclean.leader.election.enable',
  'max.message.bytes',
];

/** In what a topic differs from what was asked for. `replication` is how many copies it should have at least. */
export function mismatches(spec: TopicSpec, found: FoundTopic | undefined, replication: number): Mismatch[] {
  const { name: topic } = spec;
  if (found === undefined) {
    return [{ topic, kind: 'missing', says: `There is no topic ${topic}.`, next: LOOK_AT_CLUSTER }];
  }
  return [
    ...partitionMismatch(spec, found),
    ...settingsMismatch(spec, found, 'retention', keepingMismatch(spec, found.settings)),
    ...settingsMismatch(spec, found, 'durability', durabilityMismatch(found)),
    ...replicationMismatch(spec, found, replication),
    ...settingsMismatch(spec, found, 'size', sizeMismatch(found.settings)),
  ];
}

const LOOK_AT_CLUSTER = 'Use the cluster, and the election id, that the election was defined with.';

function partitionMismatch({ name: topic, partitions }: TopicSpec, found: FoundTopic): Mismatch[] {
  const says = `The topic ${topic} has ${found.partitions} partitions, not ${partitions}.`;
  if (found.partitions < partitions) return [{ topic, kind: 'fewer', says, next: LOOK_AT_CLUSTER }];
  if (found.partitions === partitions) return [];
  const next = `Nobody reads the others, and Kafka takes none away: see that nothing writes into them. ${LOOK_AT_CLUSTER}`;
  return [{ topic, kind: 'surplus', says, next }];
}

/** A name, and the value it should have. */
type Wanted = Readonly<Record<string, string>>;

function keepingMismatch(spec: TopicSpec, settings: FoundTopic['settings']): Wanted {
  const wanted = { ...keepingSettings(spec) };
  const isBoth = sorted(settings.get('cleanup.policy')) === 'compact,delete';
  // Compacted and kept for ever at once is no more than compacted.
  if (spec.compacted === true && isBoth) {
    return different({ 'retention.ms': '-1', 'retention.bytes': '-1' }, settings);
  }
  return different(wanted, settings);
}

function durabilityMismatch({ replicas, settings }: FoundTopic): Wanted {
  const wanted: Record<string, string> = { 'unclean.leader.election.enable': 'false' };
  if (replicas === 1) return different(durableSettings(1), settings);
  if (Number(settings.get('min.insync.replicas')) < 2) Object.assign(wanted, durableSettings(replicas));
  return different(wanted, settings);
}

function sizeMismatch(settings: FoundTopic['settings']): Wanted {
  const isEnough = Number(settings.get('max.message.bytes')) >= MESSAGE_BYTES;
  return isEnough ? {} : { 'max.message.bytes': String(MESSAGE_BYTES) };
}

function different(wanted: Wanted, settings: FoundTopic['settings']): Wanted {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => settings.get(name) !== value));
}

function settingsMismatch(
  { name: topic }: TopicSpec,
  { settings }: FoundTopic,
  kind: Mismatch['kind'],
  wanted: Wanted,
): Mismatch[] {
  const names = Object.keys(wanted);
  if (names.length === 0) return [];
  const has = names.map((name) => `${name}=${settings.get(name) ?? ''}`).join(' ');
  const should = names.map((name) => `${name}=${wanted[name]}`);
  return [
    {
      topic,
      kind,
      says: `The topic ${topic} has ${has}, not ${should.join(' ')}.`,
      next: `Set it with Kafka's own tool: kafka-configs.sh --alter --topic ${topic} --add-config ${should.join(',')}`,
    },
  ];
}

function replicationMismatch({ name: topic }: TopicSpec, { replicas }: FoundTopic, replication: number): Mismatch[] {
  if (replicas >= replication) return [];
  const says = `The topic ${topic} has ${replicas} ${replicas === 1 ? 'copy' : 'copies'}, and KAFKA_REPLICATION asks for ${replication}.`;
  return [{ topic, kind: 'durability', says, next: 'Add copies with kafka-reassign-partitions.sh.' }];
}

function sorted(list = ''): string {
  return list.split(',').toSorted().join(',');
}
