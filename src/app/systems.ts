import { readKafkaSettings } from './kafka-environment.ts';
import { readPostgresSettings } from './postgres-environment.ts';

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
}

/** Throws LT_USAGE when a variable does not fit. */
export function readSystems(environment: NodeJS.ProcessEnv = process.env): Systems {
  const log = readKafkaSettings(environment) ?? 'embedded';
  return { log, database: readPostgresSettings(environment) ?? (log === 'embedded' ? 'embedded' : 'none') };
}
