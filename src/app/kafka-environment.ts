import { LivetallyError } from '../error.ts';
import { SASL_MECHANISMS, type KafkaSasl, type KafkaSettings, type KafkaTls } from '../ports/kafka-settings.ts';
import { readNamedFile } from './named-file.ts';
import { readSecret } from './secret.ts';

type Name =
  | 'KAFKA_BOOTSTRAP_SERVERS'
  | 'KAFKA_SECURITY_PROTOCOL'
  | 'KAFKA_SASL_MECHANISM'
  | 'KAFKA_SASL_USERNAME'
  | 'KAFKA_SASL_PASSWORD'
  | 'KAFKA_SASL_PASSWORD_FILE'
  | 'KAFKA_TLS_CA_FILE'
  | 'KAFKA_TLS_CERT_FILE'
  | 'KAFKA_TLS_KEY_FILE'
  | 'KAFKA_CLIENT_ID'
  | 'KAFKA_REPLICATION';

/** Every variable that says how Kafka is reached, and what it means: docs/kafka.md is held to it. */
export const KAFKA_ENVIRONMENT: Readonly<Record<Name, string>> = {
  KAFKA_BOOTSTRAP_SERVERS:
    'addresses to begin with, `host:port,host:port`; setting it switches from the embedded log to Kafka',
  KAFKA_SECURITY_PROTOCOL:
    '`PLAINTEXT` (the default), `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`, as the listener of the brokers has it',
  KAFKA_SASL_MECHANISM: '`PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512` (the default), with a `SASL_` protocol',
  KAFKA_SASL_USERNAME: 'the user',
  KAFKA_SASL_PASSWORD: 'the password',
  KAFKA_SASL_PASSWORD_FILE: 'or the file that holds it',
  KAFKA_TLS_CA_FILE:
    'PEM file of the authority that signed the certificates of the brokers; without it those that Node knows',
  KAFKA_TLS_CERT_FILE: 'PEM file of our certificate, where the brokers want one',
  KAFKA_TLS_KEY_FILE: 'PEM file of its key, not encrypted',
  KAFKA_CLIENT_ID: 'how the logs and quotas of the brokers name us; default `livetally`',
  KAFKA_REPLICATION: 'copies of each topic that is created; default 3 where there are that many brokers, else 1',
};

/** A variable that is set to nothing is not set. */
type Read = (name: Name) => string | undefined;

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const;
type Protocol = (typeof PROTOCOLS)[number];

/**
 * How Kafka is reached; undefined unless KAFKA_BOOTSTRAP_SERVERS is set. Throws LT_USAGE, which names the variable and
 * never a secret.
 */
export function readKafkaSettings(environment: NodeJS.ProcessEnv): KafkaSettings | undefined {
  const read: Read = (name) => environment[name] || undefined;
  const servers = read('KAFKA_BOOTSTRAP_SERVERS');
  if (servers === undefined) return undefined;
  const protocol = oneOf(read, 'KAFKA_SECURITY_PROTOCOL', PROTOCOLS) ?? 'PLAINTEXT';
  const tls = readTls(read, protocol);
  const sasl = readSasl(read, protocol, environment);
  const replication = readReplication(read);
  return {
    bootstrapServers: readServers(servers),
    clientId: readClientId(read),
    ...(tls === undefined ? {} : { tls }),
    ...(sasl === undefined ? {} : { sasl }),
    ...(replication === undefined ? {} : { replication }),
  };
}

/** A name, an IPv4 address, or an IPv6 address in brackets. */
const ADDRESS = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/;

function readServers(text: string): string[] {
  const servers = addressesOf(text);
  if (servers === undefined) throw unfit('KAFKA_BOOTSTRAP_SERVERS', ADDRESSES);
  return servers;
}

/** What a list of brokers is that `addressesOf` takes. */
export const ADDRESSES = 'must be addresses such as broker1:9092,broker2:9092';

/** Undefined when one of them is no address. */
export function addressesOf(text: string): string[] | undefined {
  const servers = text.split(',').map((server) => server.trim());
  return servers.every(isAddress) ? servers : undefined;
}

/** `host:port`. */
export function isAddress(text: string): boolean {
  const port = Number(ADDRESS.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
}

function readClientId(read: Read): string {
  const id = read('KAFKA_CLIENT_ID') ?? 'livetally';
  if (!/^[\w.-]{1,100}$/.test(id))
    throw unfit('KAFKA_CLIENT_ID', 'must be letters, digits, dots, dashes and underscores');
  return id;
}

function readReplication(read: Read): number | undefined {
  const text = read('KAFKA_REPLICATION');
  if (text === undefined) return undefined;
  if (!/^[1-9]\d?$/.test(text)) throw unfit('KAFKA_REPLICATION', 'must be a whole number from 1 to 99');
  return Number(text);
}

function readTls(read: Read, protocol: Protocol): KafkaTls | undefined {
  if (!protocol.endsWith('SSL')) {
    refuse(read, ['KAFKA_TLS_CA_FILE', 'KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'], protocol);
    return undefined;
  }
  const [ca, certificate, key] = [
    readPem(read, 'KAFKA_TLS_CA_FILE', 'CERTIFICATE'),
    readPem(read, 'KAFKA_TLS_CERT_FILE', 'CERTIFICATE'),
    readPem(read, 'KAFKA_TLS_KEY_FILE', 'PRIVATE KEY'),
  ];
  if (certificate !== undefined && key === undefined) throw missing('KAFKA_TLS_KEY_FILE', 'KAFKA_TLS_CERT_FILE');
  if (key !== undefined && certificate === undefined) throw missing('KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE');
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined || key === undefined ? {} : { certificate, key }),
  };
}

function readPem(read: Read, name: Name, kind: string): string | undefined {
  const file = read(name);
  if (file === undefined) return undefined;
  const text = readNamedFile(file, name);
  if (!text.includes(`${kind}-----`)) throw unfit(name, `must name a PEM file with a ${kind.toLowerCase()}`);
  return text;
}

function readSasl(read: Read, protocol: Protocol, environment: NodeJS.ProcessEnv): KafkaSasl | undefined {
  if (!protocol.startsWith('SASL_')) {
    const names = [
      'KAFKA_SASL_MECHANISM',
      'KAFKA_SASL_USERNAME',
      'KAFKA_SASL_PASSWORD',
      'KAFKA_SASL_PASSWORD_FILE',
    ] as const;
    refuse(read, names, protocol);
    return undefined;
  }
  const mechanism = oneOf(read, 'KAFKA_SASL_MECHANISM', SASL_MECHANISMS) ?? 'SCRAM-SHA-512';
  const username = read('KAFKA_SASL_USERNAME');
  const password = readSecret('KAFKA_SASL_PASSWORD', environment);
  if (username === undefined) throw missing('KAFKA_SASL_USERNAME', `KAFKA_SECURITY_PROTOCOL=${protocol}`);
  if (password === undefined) throw missing('KAFKA_SASL_PASSWORD', `KAFKA_SECURITY_PROTOCOL=${protocol}`);
  return { mechanism, username, password };
}

/** What would silently have no effect: a password that is never asked for, a connection that is not encrypted. */
function refuse(read: Read, names: readonly Name[], protocol: Protocol): void {
  const set = names.find((name) => read(name) !== undefined);
  if (set === undefined) return;
  throw new LivetallyError(
    'LT_USAGE',
    `${set} is set, but KAFKA_SECURITY_PROTOCOL is ${protocol}, which does not use it.`,
    {
      next: 'Set KAFKA_SECURITY_PROTOCOL to SASL_SSL, SSL or SASL_PLAINTEXT, or unset the other.',
    },
  );
}

function oneOf<Value extends string>(read: Read, name: Name, values: readonly Value[]): Value | undefined {
  const text = read(name);
  if (text === undefined) return undefined;
  const value = values.find((one) => one === text);
  if (value === undefined) throw unfit(name, `must be one of ${values.join(', ')}`);
  return value;
}

function unfit(name: Name, must: string): LivetallyError {
  return new LivetallyError('LT_USAGE', `${name} does not fit: it ${must}.`, { next: NEXT });
}

function missing(name: Name, besides: string): LivetallyError {
  return new LivetallyError('LT_USAGE', `${name} is not set, and ${besides} needs it.`, { next: NEXT });
}

const NEXT = 'docs/kafka.md explains every variable.';
