import { expect, it } from 'vitest';
import { embeddedLog } from '../../test/real-systems.ts';
import { smallElection } from '../../test/small-election.ts';
import { encodeEvent } from '../topics/events.ts';
import { topicName } from '../topics/topics.ts';
import { defineElection } from './define.ts';
import { createLifeReader } from './life-reader.ts';

it('[L4] reads each event once, also when several ask at the same time, and for different limits', async () => {
  const election = smallElection();
  await using under = await embeddedLog();
  const { log } = under;
  await defineElection(log, election, 1);
  for (let at = 1; at < 4; at++) {
    const runs = [[(at - 1) * 10, 10, 'n1', '18-64|f']] as const;
    const value = encodeEvent({ type: 'issued', at, source: 'test', upTo: at * 10, runs });
    await log.append(topicName(election.id, 'events'), 0, [{ value }]);
  }
  const value = encodeEvent({ type: 'excluded', ranges: [{ partition: 0, from: 0, to: 1 }], serials: [], why: 'test' });
  await log.append(topicName(election.id, 'events'), 0, [{ value }]);
  const reader = createLifeReader(log, election.id);
  await reader.catchUp(1);
  await Promise.all([reader.catchUp(), reader.catchUp(3), reader.catchUp(2), reader.catchUp()]);
  expect(reader.position).toBe(5);
  expect(reader.life).toMatchObject({ roll: { total: 30 }, excludedRanges: [{ from: 0, to: 1 }] });
  expect(await reader.catchUp()).toBe(0);
});
