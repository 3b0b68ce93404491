import { Gauge, Registry } from 'prom-client';
import { OUTCOMES } from '../election/ballot.ts';
import type { Live } from '../stages/4-publish/live.ts';
import type { Viewers } from './viewers.ts';

/** Read when asked for. Holds nothing by candidate: results have their own rules of disclosure. */
export function createMetrics(live: Live, viewers: Viewers): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, read: () => number): void => {
    const made: Gauge = new Gauge({ name, help, registers: [registry], collect: () => made.set(read()) });
  };
  const lines: Gauge<'outcome'> = new Gauge({
    name: 'livetally_ballot_lines',
    help: 'Ballot lines read, by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
    collect: () => {
      for (const outcome of OUTCOMES) lines.set({ outcome }, live.snapshot.outcomes[outcome]);
    },
  });
  gauge('livetally_eligible_voters', 'Voters with a voting code.', () => live.snapshot.eligible);
  gauge('livetally_ballot_lines_per_second', 'Over the last ten seconds.', () => live.snapshot.rates.perSecond);
  gauge('livetally_viewers', 'Open event streams.', () => viewers.count);
  gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', () => process.memoryUsage.rss());
  gauge('process_heap_bytes', 'JavaScript heap in use.', () => process.memoryUsage().heapUsed);
  return registry;
}
