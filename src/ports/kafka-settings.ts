/** How to reach a Kafka cluster, as the environment says it (src/app/kafka-environment.ts). */
export interface KafkaSettings {
  /** `host:port` of brokers to begin with; the others are learned from them. At least one. */
  readonly bootstrapServers: readonly string[];
  /** The name under which the brokers' logs and quotas know us. */
  readonly clientId: string;
  /** Without it nothing is encrypted. */
  readonly tls?: KafkaTls;
  /** Without it nobody says who we are, unless a certificate does. */
  readonly sasl?: KafkaSasl;
  /** Copies of a new topic; without it 3 where there are that many brokers, else 1. */
  readonly replication?: number;
}

/** PEM texts. */
export interface KafkaTls {
  /** Who signs the brokers' certificates; without it the authorities that Node knows. */
  readonly ca?: string;
  /** Our own certificate and its key, where the brokers ask for one. */
  readonly certificate?: string;
  readonly key?: string;
}

export const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

export interface KafkaSasl {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}
