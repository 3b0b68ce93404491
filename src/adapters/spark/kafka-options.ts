import type { KafkaSettings } from '../../ports/kafka-settings.ts';
import type { KafkaOptions } from './count-plan.ts';

/** How the cluster reaches the brokers, as its Kafka client takes it. `servers`: where they are for the cluster. */
export function kafkaOptions({ tls, sasl }: KafkaSettings, servers: string): KafkaOptions {
  const protocol = `${sasl === undefined ? '' : 'SASL_'}${tls === undefined ? 'PLAINTEXT' : 'SSL'}`;
  return {
    'kafka.bootstrap.servers': servers,
    'kafka.security.protocol': protocol,
    ...(sasl === undefined ? {} : { 'kafka.sasl.mechanism': sasl.mechanism, 'kafka.sasl.jaas.config': jaasOf(sasl) }),
    ...(tls?.ca === undefined ? {} : pem('truststore', { certificates: tls.ca })),
    ...(tls?.certificate === undefined || tls.key === undefined
      ? {}
      : pem('keystore', { 'certificate.chain': tls.certificate, key: tls.key })),
  };
}

function pem(store: string, parts: Readonly<Record<string, string>>): Record<string, string> {
  const options = Object.entries(parts).map(([part, text]) => [`kafka.ssl.${store}.${part}`, text]);
  return { [`kafka.ssl.${store}.type`]: 'PEM', ...Object.fromEntries(options) };
}

function jaasOf({ mechanism, username, password }: NonNullable<KafkaSettings['sasl']>): string {
  const login = mechanism === 'PLAIN' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule';
  return `org.apache.kafka.common.security.${login} required username=${quoted(username)} password=${quoted(password)};`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
