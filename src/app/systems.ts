import { readKafkaSettings } from './kafka-environment.ts';
import { LivetallyError } from '../error.ts';
import type { SparkCluster } from '../ports/spark-settings.ts';
import { readPostgresSettings } from './postgres-environment.ts';
import { readSparkCluster } from './spark-environment.ts';

type KafkaSettings = NonNullable<ReturnType<typeof readKafkaSettings>>;
type PostgresSettings = NonNullable<ReturnType<typeof readPostgresSettings>>;

/** Which systems stand behind the ports: the environment alone says so. */
export interface Systems {
  readonly log: 'embedded' | KafkaSettings;
  /**
   * `none`: the log is on a broker, where processes share it, and no server is named. An embedded database is one
   * process's own, so the others could not look into it.
   */
  readonly database: 'embedded' | 'none' | PostgresSettings;
  /** What counts. A cluster reads the ballots by itself, so the log must be on a broker then. */
  readonly engine: 'in-process' | SparkCluster;
}

/** Throws LT_USAGE when a variable does not fit. */
export function readSystems(environment: NodeJS.ProcessEnv = process.env): Systems {
  const log = readKafkaSettings(environment) ?? 'embedded';
  const database = readPostgresSettings(environment) ?? (log === 'embedded' ? 'embedded' : 'none');
  const spark = readSparkCluster(environment);
  if (spark !== undefined && log === 'embedded') throw noBroker();
  return { log, database, engine: spark ?? 'in-process' };
}

function noBroker(): LivetallyError {
  return new LivetallyError(
    'LT_USAGE',
    'SPARK_REMOTE names a cluster, and the log is embedded, where no cluster can read it.',
    {
      next: 'Set KAFKA_BOOTSTRAP_SERVERS too, or count in this process: leave SPARK_REMOTE away.',
    },
  );
}
