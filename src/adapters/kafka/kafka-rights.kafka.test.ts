import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AclOperations, AclPermissionTypes, Admin, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KafkaSettings } from '../../ports/kafka-settings.ts';
import { openKafkaLog } from './kafka-log.ts';

const address = process.env['LIVETALLY_TEST_KAFKA_SECURE'] ?? '';
const folder = process.env['LIVETALLY_TEST_KAFKA_SECURE_DIR'] ?? '';

/** What docs/kafka.md says a user needs on topics that begin with the prefix. */
const WRITER = ['CREATE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'READ', 'WRITE'] as const;
const READER = ['DESCRIBE', 'DESCRIBE_CONFIGS', 'READ'] as const;

describe.skipIf(address === '' || folder === '')('rights (needs LIVETALLY_TEST_KAFKA_SECURE, …_DIR)', () => {
  const secret = (name: string): string => readFileSync(join(folder, name), 'utf8').trim();
  const prefix = `rights-${randomUUID()}.`;
  const topic = { name: `${prefix}events`, partitions: 1, retention: 'forever' } as const;
  let admin: Admin;

  function settings(user: '' | 'guest-'): KafkaSettings {
    const sasl = {
      mechanism: 'PLAIN',
      username: secret(`${user}username`),
      password: secret(`${user}password`),
    } as const;
    return { bootstrapServers: [address], clientId: 'livetally-test', tls: { ca: secret('ca.pem') }, sasl };
  }

  beforeAll(() => {
    const { sasl, tls } = settings('');
    admin = new Admin({
      clientId: 'livetally-test',
      bootstrapBrokers: [address],
      sasl: { ...sasl! },
      tls: { ...tls! },
    });
  });

  afterAll(async () => {
    await admin.deleteAcls({ filters: [{ ...ofGuest(), operation: AclOperations.ANY }] });
    await admin.deleteTopics({ topics: [topic.name] });
    await admin.close();
  });

  function ofGuest(): {
    resourceType: typeof ResourceTypes.TOPIC;
    resourceName: string;
    resourcePatternType: typeof ResourcePatternTypes.PREFIXED;
    principal: string;
    host: string;
    permissionType: typeof AclPermissionTypes.ALLOW;
  } {
    return {
      resourceType: ResourceTypes.TOPIC,
      resourceName: prefix,
      resourcePatternType: ResourcePatternTypes.PREFIXED,
      principal: `User:${secret('guest-username')}`,
      host: '*',
      permissionType: AclPermissionTypes.ALLOW,
    };
  }

  async function allow(operations: readonly (keyof typeof AclOperations)[]): Promise<void> {
    await admin.createAcls({ creations: operations.map((name) => ({ ...ofGuest(), operation: AclOperations[name] })) });
  }

  it('[L8] those that docs/kafka.md lists are enough to do everything, or to read everything', async () => {
    const docs = readFileSync(new URL('../../../docs/kafka.md', import.meta.url), 'utf8');
    for (const right of WRITER) expect(docs).toContain(`\`${right}\``);

    await allow(WRITER);
    const log = await openKafkaLog(settings('guest-'));
    await expect.poll(() => log.ensureTopics([topic]).then(() => true, String)).toBe(true);
    expect(await log.append(topic.name, 0, [{ value: Buffer.from('a') }])).toBe(0);
    expect(await log.topics(prefix)).toEqual([topic.name]);

    await admin.deleteAcls({ filters: [{ ...ofGuest(), operation: AclOperations.ANY }] });
    await allow(READER);
    const refused = { code: 'LT_LOG_ACCESS' };
    await expect
      .poll(() => log.append(topic.name, 0, [{ value: Buffer.from('b') }]).catch((error: unknown) => error))
      .toMatchObject(refused);
    const end = await log.end(topic.name, 0);
    expect((await log.fetch(topic.name, [0]))[0]?.next).toBe(end);
    expect(await log.inspect([topic])).toEqual([]);
    expect(await log.topicId(topic.name)).not.toBe('');
    await log.close();
  });
});
