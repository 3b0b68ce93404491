import { Gauge, Registry } from 'prom-client';
import type { Health } from '../app/health.ts';
import { OUTCOMES } from '../election/ballot.ts';
import type { Live } from '../stages/4-publish/live.ts';
import type { Viewers } from './viewers.ts';

/** What is measured, read when somebody asks for it. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

/** What every process has, and what its stages have put into `health` by the time they are asked. */
export function createMetrics(health: Health, registry: Registry = new Registry()): Metrics {
  addGauge(registry, 'livetally_ready', '1 when all is well, else 0.', () => (health.reasons.length === 0 ? 1 : 0));
  addGauge(registry, 'process_resident_memory_bytes', 'Resident memory size.', () => process.memoryUsage.rss());
  addGauge(registry, 'process_heap_bytes', 'JavaScript heap in use.', () => process.memoryUsage().heapUsed);
  return {
    contentType: registry.contentType,
    text() {
      for (const { name, help } of health.gauges) {
        if (registry.getSingleMetric(name) !== undefined) continue;
        // By name: a stage that began again has put another one in its place.
        addGauge(registry, name, help, () => health.gauges.find((gauge) => gauge.name === name)?.read() ?? 0);
      }
      return registry.metrics();
    },
  };
}

/** Of the page. Holds nothing by candidate: results have their own rules of disclosure. */
export function createPageMetrics(health: Health, live: Live, viewers: Viewers): Metrics {
  const registry = new Registry();
  const lines: Gauge<'outcome'> = new Gauge({
    name: 'livetally_ballot_lines',
    help: 'Ballot lines read, by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
    collect: () => {
      for (const outcome of OUTCOMES) lines.set({ outcome }, live.snapshot.outcomes[outcome]);
    },
  });
  addGauge(registry, 'livetally_eligible_voters', 'Voters with a voting code.', () => live.snapshot.eligible);
  addGauge(registry, 'livetally_ballot_lines_per_second', 'Over ten seconds.', () => live.snapshot.rates.perSecond);
  addGauge(registry, 'livetally_viewers', 'Open event streams.', () => viewers.count);
  return createMetrics(health, registry);
}

function addGauge(registry: Registry, name: string, help: string, read: () => number): void {
  const made: Gauge = new Gauge({ name, help, registers: [registry], collect: () => made.set(read()) });
}
