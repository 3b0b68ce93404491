import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readKafkaSettings } from '../../app/kafka-environment.ts';
import type { KafkaSettings } from '../../ports/kafka-settings.ts';
import { openKafkaLog } from './kafka-log.ts';

const address = process.env['LIVETALLY_TEST_KAFKA_SECURE'] ?? '';
const folder = process.env['LIVETALLY_TEST_KAFKA_SECURE_DIR'] ?? '';
const plain = process.env['LIVETALLY_TEST_KAFKA'] ?? '';

/** Opens, and closes when it worked. */
async function tryOpen(settings: KafkaSettings, openMs = 10_000): Promise<string> {
  const log = await openKafkaLog(settings, { openMs });
  await log.close();
  return 'opened';
}

describe.skipIf(address === '' || folder === '')(
  'a broker with TLS and passwords (needs LIVETALLY_TEST_KAFKA_SECURE, …_DIR)',
  () => {
    const secret = (name: string): string => readFileSync(join(folder, name), 'utf8').trim();
    const environment = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
      KAFKA_BOOTSTRAP_SERVERS: address,
      KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: secret('username'),
      KAFKA_SASL_PASSWORD_FILE: join(folder, 'password'),
      KAFKA_TLS_CA_FILE: join(folder, 'ca.pem'),
      ...more,
    });
    const settings = (more: Record<string, string> = {}): KafkaSettings => readKafkaSettings(environment(more))!;

    /** Which variable the refusal names. */
    async function expectRefusal(refused: KafkaSettings, variable: string): Promise<void> {
      const began = performance.now();
      const error: unknown = await tryOpen(refused).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: 'LT_LOG_ACCESS', next: expect.stringContaining(variable) as string });
      expect(String(error)).toContain(address === refused.bootstrapServers[0] ? address : refused.bootstrapServers[0]);
      expect(String(error)).not.toContain('\n');
      expect(inspect(error, { depth: 20 })).not.toContain(refused.sasl?.password ?? '-----BEGIN');
      expect(performance.now() - began).toBeLessThan(5_000);
    }

    it.each(['PLAIN', 'SCRAM-SHA-512'])('[L3] [L8] appends and reads with a password by %s', async (mechanism) => {
      const log = await openKafkaLog(settings({ KAFKA_SASL_MECHANISM: mechanism }));
      const topic = `t-${randomUUID()}`;
      await log.ensureTopics([{ name: topic, partitions: 1, retention: 'forever' }]);
      expect(await log.append(topic, 0, [{ value: Buffer.from('secret') }])).toBe(0);
      const [found] = await log.fetch(topic, [0]);
      expect(found?.records.map(({ value }) => Buffer.from(value).toString())).toEqual(['secret']);
      await log.close();
    });

    it('[L8] refuses a wrong password and an unknown user', async () => {
      for (const mechanism of ['PLAIN', 'SCRAM-SHA-512'] as const) {
        const { sasl, ...rest } = settings();
        const wrong = { ...sasl!, mechanism, password: 'wrong-and-long-enough' };
        await expectRefusal({ ...rest, sasl: wrong }, 'KAFKA_SASL_PASSWORD');
        await expectRefusal({ ...rest, sasl: { ...wrong, username: 'nobody' } }, 'KAFKA_SASL_USERNAME');
      }
    });

    it('[L8] refuses a way to log in that the broker does not have', async () => {
      await expectRefusal(settings({ KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256' }), 'KAFKA_SASL_MECHANISM');
    });

    it('[L8] names the authority that is not known, and the encryption that is missing', async () => {
      const { tls, ...unencrypted } = settings();
      expect(tls?.ca).toContain('CERTIFICATE');
      await expectRefusal({ ...unencrypted, tls: {} }, 'KAFKA_TLS_CA_FILE');
      await expectRefusal(unencrypted, 'KAFKA_SECURITY_PROTOCOL');
      const { sasl, ...withoutPassword } = settings();
      expect(sasl?.mechanism).toBe('SCRAM-SHA-512');
      await expectRefusal(withoutPassword, 'KAFKA_SECURITY_PROTOCOL');
    });

    it('[L8] says that a user may not do what it needs', async () => {
      const log = await openKafkaLog(
        settings({
          KAFKA_SASL_USERNAME: secret('guest-username'),
          KAFKA_SASL_PASSWORD_FILE: join(folder, 'guest-password'),
        }),
      );
      const refused = { code: 'LT_LOG_ACCESS', next: expect.stringContaining('docs/kafka.md') as string };
      const topic = `t-${randomUUID()}`;
      await expect(log.ensureTopics([{ name: topic, partitions: 1, retention: 'forever' }])).rejects.toMatchObject(
        refused,
      );
      await expect(log.append(topic, 0, [{ value: Buffer.from('a') }])).rejects.toMatchObject(refused);
      await expect(log.fetch(topic, [0])).rejects.toMatchObject(refused);
      await expect(log.inspect([{ name: topic, partitions: 1, retention: 'forever' }])).rejects.toMatchObject(refused);
      await log.close();
    });

    it.skipIf(plain === '')('[L8] refuses encryption and passwords where the broker has none', async () => {
      const { tls, sasl, ...rest } = { ...settings(), bootstrapServers: [plain] };
      await expectRefusal({ ...rest, tls: tls! }, 'KAFKA_SECURITY_PROTOCOL');
      await expectRefusal({ ...rest, sasl: sasl! }, 'KAFKA_SECURITY_PROTOCOL');
    });
  },
);
