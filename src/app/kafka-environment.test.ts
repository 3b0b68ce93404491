import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { KAFKA_ENVIRONMENT, readKafkaSettings } from './kafka-environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'livetally-kafka-environment-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const CA = file('ca.pem', '-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n');
const CERT = file('cert.pem', '-----BEGIN CERTIFICATE-----\ncert\n-----END CERTIFICATE-----\n');
const KEY = file('key.pem', '-----BEGIN PRIVATE KEY-----\nkey\n-----END PRIVATE KEY-----\n');
const PASSWORD = file('password', 'from the file\n');

const SERVERS = { KAFKA_BOOTSTRAP_SERVERS: 'one:9092' };
const SASL = {
  ...SERVERS,
  KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
  KAFKA_SASL_USERNAME: 'user',
  KAFKA_SASL_PASSWORD: 'hush-hush',
};

describe('how Kafka is reached', () => {
  it('[C5] is nothing unless brokers are named; a variable that is set to nothing is not set', () => {
    expect(readKafkaSettings({})).toBeUndefined();
    expect(readKafkaSettings({ KAFKA_BOOTSTRAP_SERVERS: '' })).toBeUndefined();
    const blank = Object.fromEntries(Object.keys(KAFKA_ENVIRONMENT).map((name) => [name, '']));
    expect(readKafkaSettings({ ...blank, ...SERVERS })).toEqual({
      bootstrapServers: ['one:9092'],
      clientId: 'livetally',
    });
  });

  it('[C5] takes names, addresses of both kinds, a client id and the number of copies', () => {
    const servers = 'broker-1.example:9092, 127.0.0.1:29092,[::1]:65535';
    expect(
      readKafkaSettings({ KAFKA_BOOTSTRAP_SERVERS: servers, KAFKA_CLIENT_ID: 'count.1', KAFKA_REPLICATION: '2' }),
    ).toEqual({
      bootstrapServers: ['broker-1.example:9092', '127.0.0.1:29092', '[::1]:65535'],
      clientId: 'count.1',
      replication: 2,
    });
  });

  it('[C5] reads certificates and passwords from their files', () => {
    const { KAFKA_SASL_PASSWORD: _, ...rest } = SASL;
    const tls = { KAFKA_TLS_CA_FILE: CA, KAFKA_TLS_CERT_FILE: CERT, KAFKA_TLS_KEY_FILE: KEY };
    expect(
      readKafkaSettings({ ...rest, ...tls, KAFKA_SASL_PASSWORD_FILE: PASSWORD, KAFKA_SASL_MECHANISM: 'PLAIN' }),
    ).toMatchObject({
      tls: { ca: readFileSync(CA, 'utf8'), certificate: readFileSync(CERT, 'utf8'), key: readFileSync(KEY, 'utf8') },
      sasl: { mechanism: 'PLAIN', username: 'user', password: 'from the file' },
    });
    expect(readKafkaSettings(SASL)).toMatchObject({
      tls: {},
      sasl: { mechanism: 'SCRAM-SHA-512', password: 'hush-hush' },
    });
    expect(readKafkaSettings({ ...SERVERS, KAFKA_SECURITY_PROTOCOL: 'SSL' })).toMatchObject({ tls: {} });
    expect(readKafkaSettings({ ...SASL, KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT' })?.tls).toBeUndefined();
  });

  it.each([
    ['KAFKA_BOOTSTRAP_SERVERS', { KAFKA_BOOTSTRAP_SERVERS: 'one' }],
    ['KAFKA_BOOTSTRAP_SERVERS', { KAFKA_BOOTSTRAP_SERVERS: 'one:9092,,two:9092' }],
    ['KAFKA_BOOTSTRAP_SERVERS', { KAFKA_BOOTSTRAP_SERVERS: 'one:0' }],
    ['KAFKA_BOOTSTRAP_SERVERS', { KAFKA_BOOTSTRAP_SERVERS: 'one:65536' }],
    ['KAFKA_BOOTSTRAP_SERVERS', { KAFKA_BOOTSTRAP_SERVERS: 'user:hush-hush@one:9092' }],
    ['KAFKA_BOOTSTRAP_SERVERS', { KAFKA_BOOTSTRAP_SERVERS: '::1:9092' }],
    ['KAFKA_CLIENT_ID', { ...SERVERS, KAFKA_CLIENT_ID: 'with space' }],
    ['KAFKA_REPLICATION', { ...SERVERS, KAFKA_REPLICATION: '0' }],
    ['KAFKA_REPLICATION', { ...SERVERS, KAFKA_REPLICATION: '1.5' }],
    ['KAFKA_SECURITY_PROTOCOL', { ...SERVERS, KAFKA_SECURITY_PROTOCOL: 'TLS' }],
    ['KAFKA_SASL_MECHANISM', { ...SASL, KAFKA_SASL_MECHANISM: 'hush-hush' }],
    ['KAFKA_SASL_USERNAME', { ...SASL, KAFKA_SASL_USERNAME: '' }],
    ['KAFKA_SASL_PASSWORD', { ...SASL, KAFKA_SASL_PASSWORD: '' }],
    ['KAFKA_SASL_PASSWORD_FILE', { ...SASL, KAFKA_SASL_PASSWORD_FILE: PASSWORD }],
    ['KAFKA_SASL_PASSWORD', { ...SERVERS, KAFKA_SASL_PASSWORD: 'hush-hush' }],
    ['KAFKA_SASL_USERNAME', { ...SASL, KAFKA_SECURITY_PROTOCOL: 'SSL' }],
    ['KAFKA_TLS_CA_FILE', { ...SERVERS, KAFKA_TLS_CA_FILE: CA }],
    ['KAFKA_TLS_CA_FILE', { ...SASL, KAFKA_TLS_CA_FILE: KEY }],
    ['KAFKA_TLS_CA_FILE', { ...SASL, KAFKA_TLS_CA_FILE: join(folder, 'nowhere') }],
    ['KAFKA_TLS_KEY_FILE', { ...SASL, KAFKA_TLS_CERT_FILE: CERT }],
    ['KAFKA_TLS_CERT_FILE', { ...SASL, KAFKA_TLS_KEY_FILE: KEY }],
  ])('[C4] is refused by the name of %s, without a secret: %o', (variable, environment) => {
    let error: unknown;
    try {
      readKafkaSettings(environment);
    } catch (cause) {
      error = cause;
    }
    expect(error).toMatchObject({ code: 'LT_USAGE', message: expect.stringContaining(variable) as string });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/hush-hush|from the file|BEGIN/);
  });
});

it('[C15] docs/kafka.md explains every variable as the code does', () => {
  const docs = readFileSync(new URL('../../docs/kafka.md', import.meta.url), 'utf8');
  const rows = Object.entries(KAFKA_ENVIRONMENT).map(([name, help]) => `| \`${name}\` | ${help} |`);
  expect(docs).toContain(`\n${rows.join('\n')}\n`);
});
