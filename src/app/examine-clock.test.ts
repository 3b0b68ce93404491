import { expect, it } from 'vitest';
import type { Database } from '../ports/database.ts';
import { examineClock, examineReportTime } from './examine-clock.ts';

const SERVER_MS = Date.parse('2026-11-03T20:00:00Z');

/** A server whose clock stands still. */
const server: Pick<Database, 'query'> = {
  query: async <Row>() => [{ ms: SERVER_MS }] as Row[],
};

it('[C25] a clock that differs from that of the server is found, whichever way, and a little is borne', async () => {
  const skew = async (ms: number): Promise<string> => {
    const { state, says } = await examineClock(server, () => SERVER_MS + ms);
    return `${state}: ${says}`;
  };
  expect(await skew(0)).toBe('good: as that of the database server');
  expect(await skew(-4900)).toMatch(/^good/);
  expect(await skew(90_000)).toBe('bad: 90.0 s ahead of that of the database server');
  expect(await skew(-6000)).toBe('bad: 6.0 s behind that of the database server');
});

it('[C25] a report of the future is found', () => {
  expect(examineReportTime('2026-11-03T20:00:04Z', SERVER_MS)).toEqual([]);
  expect(examineReportTime('2026-11-03T19:00:00Z', SERVER_MS)).toEqual([]);
  expect(examineReportTime('2026-11-03T20:01:00Z', SERVER_MS)).toMatchObject([{ state: 'bad', what: 'clock' }]);
});
