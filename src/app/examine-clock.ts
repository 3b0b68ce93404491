import type { Database } from '../ports/database.ts';
import type { Finding } from './finding.ts';

/** What NTP keeps to with ease; certificates and what people read on the page bear no more. */
const MOST_SKEW_MS = 5000;

/** Whether this machine's clock agrees with the database server's. Nothing that is counted goes by a clock. */
export async function examineClock(database: Pick<Database, 'query'>, now: () => number = Date.now): Promise<Finding> {
  const before = now();
  const [row] = await database.query<{ ms: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
  );
  const after = now();
  const skewMs = (before + after) / 2 - (row?.ms ?? NaN);
  const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
  if (Math.abs(skewMs) <= MOST_SKEW_MS) return { state: 'good', what: 'clock', says: 'as that of the database server' };
  return {
    state: 'bad',
    what: 'clock',
    says: `${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} that of the database server`,
    next: 'Set both by NTP: certificates and the times on the page go by them; no count does.',
  };
}

/** Reports are made by another process, perhaps on another machine: none can be of the future. */
export function examineReportTime(at: string, now: number = Date.now()): Finding[] {
  const aheadMs = Date.parse(at) - now;
  if (aheadMs <= MOST_SKEW_MS) return [];
  const says = `the newest report is of ${(aheadMs / 1000).toFixed(1)} s in the future`;
  return [{ state: 'bad', what: 'clock', says, next: 'Set the clocks of this machine and of the tally by NTP.' }];
}
