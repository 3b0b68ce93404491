import { LivetallyError } from '../../error.ts';
import type { SparkSession } from './connect/session.ts';

/** The first with raw texts in SQL, and statements over several frames. */
const OLDEST = 4;

/** Makes a session as the count needs it; resolves with Spark's version. Spark takes any key in silence, so they are read back. Throws LT_SPARK. */
export async function prepareSession(session: SparkSession, partitions: number): Promise<string> {
  const version = await session.version();
  if (!(Number.parseInt(version, 10) >= OLDEST)) throw tooOld(version);
  const settings = settingsFor(partitions);
  await session.setConf(settings);
  const found = await session.getConf(Object.keys(settings));
  for (const [name, value] of Object.entries(settings)) {
    if (found.get(name) !== value) throw notTaken(name, value);
  }
  return version;
}

function settingsFor(partitions: number): Record<string, string> {
  return {
    // As many reducers as partitions; a checkpoint keeps the number for life.
    'spark.sql.shuffle.partitions': String(Math.max(2, partitions)),
    // It may cut a partition's lines up between tasks, and then they are in no order.
    'spark.sql.adaptive.enabled': 'false',
    'spark.sql.session.timeZone': 'UTC',
    'spark.sql.streaming.stateStore.providerClass':
      'org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider',
    'spark.sql.streaming.stateStore.rocksdb.changelogCheckpointing.enabled': 'true',
  };
}

function tooOld(version: string): LivetallyError {
  return new LivetallyError('LT_SPARK', `The cluster runs Spark ${version}; the count needs ${OLDEST}.0 or newer.`, {
    next: 'Use a cluster with Spark 4.2, or count in this process: leave SPARK_REMOTE away.',
  });
}

function notTaken(name: string, value: string): LivetallyError {
  return new LivetallyError('LT_SPARK', `The cluster does not let ${name} be ${value}.`, {
    next: 'Take the setting out of the configuration of the Spark Connect server.',
  });
}
