import { AuthenticationError, MultipleErrors, NetworkError, ProtocolError, UserError } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { connectionFailure } from './access.ts';
import { giveUp, KafkaFailure, protocolFailure, reasonOf } from './failures.ts';
import { createStuckPartitions } from './stuck-partitions.ts';

function nodeError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

describe('why a broker did not do it', () => {
  it('[L8] is one line, however deep and often the client says it', () => {
    const refused = (): NetworkError =>
      new NetworkError('Connection to a:1 failed.', { cause: nodeError('ECONNREFUSED', 'connect ECONNREFUSED a:1') });
    const nested = new MultipleErrors('metadata failed 50 times.', [
      ...Array.from({ length: 50 }, refused),
      new MultipleErrors('Cannot connect to any broker.', [refused(), new ProtocolError('LEADER_NOT_AVAILABLE')]),
    ]);
    const reason = reasonOf(nested);
    expect(reason).toMatch(/^connect ECONNREFUSED a:1; [^\n]+$/);
    expect(reasonOf(new Error(`two\n  lines ${'x'.repeat(1000)}`)).length).toBeLessThan(310);
    expect(reasonOf('no error at all')).toBe('no error at all');
  });

  it.each([
    ['LT_LOG_AWAY', true, new NetworkError('x', { cause: nodeError('ECONNREFUSED', 'connect ECONNREFUSED') })],
    ['LT_LOG_AWAY', true, new NetworkError('x', { cause: nodeError('ENOTFOUND', 'getaddrinfo ENOTFOUND broker') })],
    ['LT_LOG_AWAY', true, new NetworkError('Connection closed')],
    ['LT_LOG_AWAY', true, new AuthenticationError('x', { cause: new NetworkError('Connection closed') })],
    ['LT_LOG_ACCESS', false, new AuthenticationError('x', { cause: new ProtocolError('SASL_AUTHENTICATION_FAILED') })],
    ['LT_LOG_ACCESS', false, new AuthenticationError('x', { cause: new ProtocolError('UNSUPPORTED_SASL_MECHANISM') })],
    ['LT_LOG_ACCESS', false, new UserError('Broker requires TLS.')],
    ['LT_LOG_ACCESS', false, nodeError('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate')],
    ['LT_LOG_ACCESS', false, nodeError('CERT_HAS_EXPIRED', 'certificate has expired')],
    ['LT_LOG_ACCESS', false, nodeError('ERR_TLS_CERT_ALTNAME_INVALID', 'Hostname/IP does not match')],
    ['LT_LOG_ACCESS', false, nodeError('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate required')],
    ['LT_LOG_ACCESS', false, nodeError('ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number')],
  ])('[L8] becomes %s; it passes: %s; %o', (code, passes, error) => {
    const failure = connectionFailure('broker:9092', error);
    expect(failure.passes).toBe(passes);
    expect(giveUp(failure)).toMatchObject({
      code,
      message: expect.stringMatching(/^The Kafka broker at broker:9092 [^\n]+$/) as string,
    });
  });

  it.each([
    [6, 'LT_LOG_AWAY', true],
    [3, 'LT_LOG_MISMATCH', true],
    [19, 'LT_LOG_WRITE', true],
    [56, 'LT_LOG_WRITE', true],
    [10, 'LT_LOG_WRITE', false],
    [87, 'LT_LOG_WRITE', false],
    [29, 'LT_LOG_ACCESS', false],
    [31, 'LT_LOG_ACCESS', false],
    [-1, 'LT_LOG_AWAY', true],
    [9999, 'LT_LOG_WRITE', false],
  ])('[L6] [L8] the error code %i of the protocol becomes %s; it passes: %s', (number, code, passes) => {
    const failure = protocolFailure(number, 'the topic x', 'more\nwords');
    expect(failure.passes).toBe(passes);
    expect(giveUp(failure)).toMatchObject({ code, message: expect.stringContaining('more words') as string });
  });

  it('[L8] of partitions that cannot be asked is said, though others give records all the time', async () => {
    const stuck = createStuckPartitions(30);
    const failure = new KafkaFailure('away', 'gone');
    stuck.failed('t', 1, failure);
    await new Promise((resolve) => setTimeout(resolve, 40));
    stuck.asked('t', 1);
    stuck.failed('t', 1, failure);
    stuck.failed('t', 2, failure);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(() => stuck.failed('t', 1, failure)).toThrow('gone');
    stuck.failed('t', 1, failure); // it begins again
  });
});
