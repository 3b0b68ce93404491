import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSparkCluster, SPARK_ENVIRONMENT } from './spark-environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'livetally-spark-environment-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const CA = file('ca.pem', '-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n');
const TOKEN = file('token', 'from-the-file\n');
const BESIDES = { SPARK_CHECKPOINTS: 'hdfs://name/livetally', KAFKA_BOOTSTRAP_SERVERS: 'one:9092' };

function connectOf(remote: string, more: NodeJS.ProcessEnv = {}): unknown {
  return readSparkCluster({ ...BESIDES, SPARK_REMOTE: remote, ...more })?.connect;
}

describe('which Spark cluster counts', () => {
  it('[C5] is none unless one is named; a variable that is set to nothing is not set', () => {
    expect(readSparkCluster({})).toBeUndefined();
    expect(readSparkCluster({ ...BESIDES, SPARK_CONNECT_TOKEN: 'hush-hush' })).toBeUndefined();
    const blank = Object.fromEntries(Object.keys(SPARK_ENVIRONMENT).map((name) => [name, '']));
    expect(readSparkCluster({ ...blank, ...BESIDES })).toBeUndefined();
    expect(readSparkCluster({ ...blank, ...BESIDES, SPARK_REMOTE: 'sc://spark' })).toEqual({
      connect: { host: 'spark', port: 15_002, tls: false, user: 'livetally' },
      checkpoints: 'hdfs://name/livetally',
      kafkaBootstrapServers: 'one:9092',
    });
  });

  it('[C5] is named in Spark’s own form, by a name or an address of either kind', () => {
    const base = { port: 15_002, tls: false, user: 'livetally' };
    expect(connectOf('sc://spark-1.example:443')).toEqual({ ...base, host: 'spark-1.example', port: 443 });
    expect(connectOf('sc://10.0.0.1/')).toEqual({ ...base, host: '10.0.0.1' });
    expect(connectOf('sc://[::1]:1/;')).toEqual({ ...base, host: '::1', port: 1 });
    expect(connectOf('sc://spark:443/;use_ssl=true;user_id=count.1')).toMatchObject({ tls: true, user: 'count.1' });
    expect(connectOf('sc://spark/;user_id=me;use_ssl=false;')).toMatchObject({ tls: false, user: 'me' });
  });

  it('[C22] takes the token from its variable or its file, and the authority from a file', () => {
    const more = { SPARK_CONNECT_TOKEN_FILE: TOKEN, SPARK_CA_FILE: CA };
    expect(connectOf('sc://spark/;use_ssl=true', more)).toMatchObject({
      token: 'from-the-file',
      ca: readFileSync(CA, 'utf8'),
    });
    expect(connectOf('sc://spark/;use_ssl=true', { SPARK_CONNECT_TOKEN: 'a+b/c=' })).toMatchObject({ token: 'a+b/c=' });
  });

  it.each(['localhost', '127.0.0.1', '127.1.2.3', '[::1]'])('[C22] sends a token to %s as it is', (host) => {
    expect(connectOf(`sc://${host}`, { SPARK_CONNECT_TOKEN: 'hush-hush' })).toMatchObject({ token: 'hush-hush' });
  });

  it.each(['spark', '10.0.0.1', '128.0.0.1', '127.0.0.1.example', 'localhost.example', '[::2]'])(
    '[C22] sends no token to %s without encryption, unless that is said to be meant',
    (host) => {
      const token = { SPARK_CONNECT_TOKEN: 'hush-hush' };
      expect(() => connectOf(`sc://${host}`, token)).toThrow('unencrypted');
      expect(connectOf(`sc://${host}/;use_ssl=false`, token)).toMatchObject({ tls: false, token: 'hush-hush' });
    },
  );

  it('[C5] has other addresses for the brokers where the cluster sees them otherwise', () => {
    const more = { SPARK_REMOTE: 'sc://spark', SPARK_KAFKA_BOOTSTRAP_SERVERS: 'kafka:19092, [::1]:9092' };
    const { kafkaBootstrapServers } = readSparkCluster({ ...BESIDES, ...more })!;
    expect(kafkaBootstrapServers).toBe('kafka:19092,[::1]:9092');
  });

  it.each([
    ['file:///srv/livetally/', 'file:///srv/livetally'],
    ['file:/srv/livetally', 'file:/srv/livetally'],
    ['s3a://bucket/a/b//', 's3a://bucket/a/b'],
    ['abfss://box@account.example/a', 'abfss://box@account.example/a'],
  ])('[C5] keeps checkpoints in %s', (url, checkpoints) => {
    expect(readSparkCluster({ ...BESIDES, SPARK_REMOTE: 'sc://spark', SPARK_CHECKPOINTS: url })).toMatchObject({
      checkpoints,
    });
  });

  it.each([
    ['SPARK_REMOTE', { SPARK_REMOTE: 'spark:15002' }],
    ['SPARK_REMOTE', { SPARK_REMOTE: 'http://spark:15002' }],
    ['SPARK_REMOTE', { SPARK_REMOTE: 'sc://spark:0' }],
    ['SPARK_REMOTE', { SPARK_REMOTE: 'sc://spark:65536' }],
    ['SPARK_REMOTE', { SPARK_REMOTE: 'sc://::1:15002' }],
    ['SPARK_REMOTE', { SPARK_REMOTE: 'sc://user:hush-hush@spark:15002' }],
    ['SPARK_REMOTE', { SPARK_REMOTE: 'sc://spark/path' }],
    ['SPARK_REMOTE', { SPARK_REMOTE: 'sc://spark;use_ssl=true' }],
    ['SPARK_REMOTE', { SPARK_REMOTE: 'sc://spark/;use_ssl=hush-hush' }],
    ['SPARK_REMOTE', { SPARK_REMOTE: 'sc://spark/;user_id=' }],
    ['SPARK_REMOTE', { SPARK_REMOTE: 'sc://spark/;hush-hush=1' }],
    ['SPARK_REMOTE', { SPARK_REMOTE: 'sc://spark/;session_id=hush-hush' }],
    ['SPARK_CONNECT_TOKEN', { SPARK_REMOTE: 'sc://spark/;use_ssl=true;token=hush-hush' }],
    ['SPARK_CONNECT_TOKEN', { SPARK_CONNECT_TOKEN: 'hush-hush' }],
    ['SPARK_CONNECT_TOKEN', { SPARK_REMOTE: 'sc://localhost', SPARK_CONNECT_TOKEN: 'hush-hush\nX: y' }],
    ['SPARK_CONNECT_TOKEN', { SPARK_CONNECT_TOKEN: 'hush-hush', SPARK_CONNECT_TOKEN_FILE: TOKEN }],
    ['SPARK_CONNECT_TOKEN_FILE', { SPARK_CONNECT_TOKEN_FILE: join(folder, 'nowhere') }],
    ['SPARK_CA_FILE', { SPARK_CA_FILE: CA }],
    ['SPARK_CA_FILE', { SPARK_REMOTE: 'sc://spark/;use_ssl=true', SPARK_CA_FILE: TOKEN }],
    ['SPARK_CA_FILE', { SPARK_REMOTE: 'sc://spark/;use_ssl=true', SPARK_CA_FILE: join(folder, 'nowhere') }],
    ['SPARK_CHECKPOINTS', { SPARK_CHECKPOINTS: '' }],
    ['SPARK_CHECKPOINTS', { SPARK_CHECKPOINTS: '/srv/livetally' }],
    ['SPARK_CHECKPOINTS', { SPARK_CHECKPOINTS: 'C:/livetally' }],
    ['SPARK_CHECKPOINTS', { SPARK_CHECKPOINTS: 'file:' }],
    ['KAFKA_BOOTSTRAP_SERVERS', { KAFKA_BOOTSTRAP_SERVERS: '' }],
    ['SPARK_KAFKA_BOOTSTRAP_SERVERS', { SPARK_KAFKA_BOOTSTRAP_SERVERS: 'kafka' }],
  ])('[C4] is refused by the name of %s, without a secret: %o', (variable, environment) => {
    let error: unknown;
    try {
      readSparkCluster({ ...BESIDES, SPARK_REMOTE: 'sc://spark', ...environment });
    } catch (cause) {
      error = cause;
    }
    expect(error).toMatchObject({
      code: 'LT_USAGE',
      message: expect.stringContaining(variable) as string,
      next: expect.stringMatching(/\w/) as string,
    });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/hush-hush|from-the-file|BEGIN/);
  });
});

it('[C15] docs/spark.md explains every variable as the code does', () => {
  const docs = readFileSync(new URL('../../docs/spark.md', import.meta.url), 'utf8');
  const rows = Object.entries(SPARK_ENVIRONMENT).map(([name, help]) => `| \`${name}\` | ${help} |`);
  expect(docs).toContain(`\n${rows.join('\n')}\n`);
});
