import { LivetallyError } from '../error.ts';
import type { SparkCluster, SparkSettings } from '../ports/spark-settings.ts';
import { ADDRESSES, addressesOf, isAddress } from './kafka-environment.ts';
import { readNamedFile } from './named-file.ts';
import { readSecret } from './secret.ts';

type Name =
  | 'SPARK_REMOTE'
  | 'SPARK_CONNECT_TOKEN'
  | 'SPARK_CONNECT_TOKEN_FILE'
  | 'SPARK_CA_FILE'
  | 'SPARK_CHECKPOINTS'
  | 'SPARK_KAFKA_BOOTSTRAP_SERVERS';

/** Every variable that says which Spark cluster counts, and what it means: docs/spark.md is held to it. */
export const SPARK_ENVIRONMENT: Readonly<Record<Name, string>> = {
  SPARK_REMOTE:
    'the Spark Connect server, `sc://host:15002`; setting it switches from the count in this process to one on the cluster. After `/;` can follow `use_ssl=true` and `user_id=NAME` (default `livetally`), with a `;` between them',
  SPARK_CONNECT_TOKEN: 'the token that the server was started with',
  SPARK_CONNECT_TOKEN_FILE: 'or the file that holds it',
  SPARK_CA_FILE:
    'with `use_ssl=true`: PEM file of the authority that signed the certificate of the server; without it those that Node knows',
  SPARK_CHECKPOINTS:
    'URL of the folder where the cluster keeps how far it has counted, such as `hdfs://name/livetally`: all its machines read and write it. Needed',
  SPARK_KAFKA_BOOTSTRAP_SERVERS:
    'addresses of brokers as the machines of the cluster reach them; default those of `KAFKA_BOOTSTRAP_SERVERS`',
};

/** A variable that is set to nothing is not set. */
type Read = (name: Name | 'KAFKA_BOOTSTRAP_SERVERS') => string | undefined;

/**
 * The Spark cluster that is to count; undefined unless SPARK_REMOTE is set. Throws LT_USAGE, which names the variable and
 * never what it holds.
 */
export function readSparkCluster(environment: NodeJS.ProcessEnv): SparkCluster | undefined {
  const read: Read = (name) => environment[name] || undefined;
  const remote = read('SPARK_REMOTE');
  if (remote === undefined) return undefined;
  return {
    connect: readConnect(remote, read, environment),
    checkpoints: readCheckpoints(read),
    kafkaBootstrapServers: readKafkaServers(read),
  };
}

function readConnect(remote: string, read: Read, environment: NodeJS.ProcessEnv): SparkSettings {
  const { host, port, parameters } = parseRemote(remote);
  const tls = parameters.use_ssl === 'true';
  const token = readToken(environment);
  // Whoever writes use_ssl=false knows it.
  if (token !== undefined && parameters.use_ssl === undefined && !isLoopback(host)) {
    throw new LivetallyError('LT_USAGE', 'SPARK_CONNECT_TOKEN would cross the network unencrypted.', {
      next: 'Add /;use_ssl=true to SPARK_REMOTE. Where nobody else is on that network, /;use_ssl=false says that it is meant.',
    });
  }
  const ca = readCa(read, tls);
  return {
    host,
    port,
    tls,
    user: parameters.user_id ?? 'livetally',
    ...(ca === undefined ? {} : { ca }),
    ...(token === undefined ? {} : { token }),
  };
}

/** Spark's own form, with a host as in a URL and parameters after `/;`. */
const REMOTE = /^sc:\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?(?:\/(?:;(.*))?)?$/;
const DEFAULT_PORT = '15002';

const PARAMETERS = ['use_ssl', 'user_id'] as const;
type Parameters = { readonly [Parameter in (typeof PARAMETERS)[number]]?: string };

interface Remote {
  readonly host: string;
  readonly port: number;
  readonly parameters: Parameters;
}

function parseRemote(remote: string): Remote {
  const [form, host = '', port = DEFAULT_PORT, parameters = ''] = REMOTE.exec(remote) ?? [];
  if (form === undefined || !isAddress(`${host}:${port}`)) {
    throw unfit('SPARK_REMOTE', 'must be the address of a Spark Connect server, such as sc://host:15002');
  }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port), parameters: parseParameters(parameters) };
}

function parseParameters(text: string): Parameters {
  const pairs = text.split(';').filter((pair) => pair !== '');
  const parameters = Object.fromEntries(pairs.map(parseParameter)) as Parameters;
  const { use_ssl: useSsl, user_id: user } = parameters;
  if (useSsl !== undefined && useSsl !== 'true' && useSsl !== 'false') {
    throw unfit('SPARK_REMOTE', 'has use_ssl=true or use_ssl=false');
  }
  if (user !== undefined && !/^[\w.@-]{1,100}$/.test(user)) {
    throw unfit('SPARK_REMOTE', 'has a user_id of letters, digits, dots, dashes and underscores');
  }
  return parameters;
}

function parseParameter(pair: string): [name: string, value: string] {
  const [name = '', ...value] = pair.split('=');
  if (name === 'token') {
    throw unfit('SPARK_REMOTE', 'must not hold the token: put it into SPARK_CONNECT_TOKEN, or a file');
  }
  if (!PARAMETERS.some((known) => known === name)) {
    throw unfit('SPARK_REMOTE', `must have no parameters but ${PARAMETERS.join(' and ')}`);
  }
  return [name, value.join('=')];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function readToken(environment: NodeJS.ProcessEnv): string | undefined {
  const token = readSecret('SPARK_CONNECT_TOKEN', environment);
  // It goes into a header, which takes nothing else.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw unfit('SPARK_CONNECT_TOKEN', 'must be of printable ASCII characters, without spaces');
  }
  return token;
}

function readCa(read: Read, tls: boolean): string | undefined {
  const file = read('SPARK_CA_FILE');
  if (file === undefined) return undefined;
  if (!tls) {
    throw new LivetallyError('LT_USAGE', 'SPARK_CA_FILE is set, but the connection is not encrypted.', {
      next: 'Add /;use_ssl=true to SPARK_REMOTE, or unset SPARK_CA_FILE.',
    });
  }
  const text = readNamedFile(file, 'SPARK_CA_FILE');
  if (!text.includes('CERTIFICATE-----')) throw unfit('SPARK_CA_FILE', 'must name a PEM file with a certificate');
  return text;
}

function readCheckpoints(read: Read): string {
  const url = read('SPARK_CHECKPOINTS');
  if (url === undefined) throw missing('SPARK_CHECKPOINTS');
  // One letter would be a drive of Windows.
  if (!/^[a-z][a-z0-9+.-]+:\/\S+$/.test(url)) {
    throw unfit('SPARK_CHECKPOINTS', 'must be a URL, such as file:///srv/checkpoints or hdfs://name/checkpoints');
  }
  return url.replace(/\/+$/, '');
}

function readKafkaServers(read: Read): string {
  const name = read('SPARK_KAFKA_BOOTSTRAP_SERVERS') ? 'SPARK_KAFKA_BOOTSTRAP_SERVERS' : 'KAFKA_BOOTSTRAP_SERVERS';
  const text = read(name);
  if (text === undefined) throw missing('KAFKA_BOOTSTRAP_SERVERS');
  const servers = addressesOf(text);
  if (servers === undefined) throw unfit(name, ADDRESSES);
  return servers.join(',');
}

function unfit(name: string, must: string): LivetallyError {
  return new LivetallyError('LT_USAGE', `${name} does not fit: it ${must}.`, { next: NEXT });
}

function missing(name: string): LivetallyError {
  return new LivetallyError('LT_USAGE', `${name} is not set, and SPARK_REMOTE needs it.`, { next: NEXT });
}

const NEXT = 'docs/spark.md explains every variable. To count in this process, unset SPARK_REMOTE.';
