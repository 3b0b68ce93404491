import type { FastifyInstance } from 'fastify';
import type { Health } from '../app/health.ts';
import type { Metrics } from './metrics.ts';

/** For whatever watches over the process: it lives, it is ready or why not, what it measures. */
export function healthRoutes(app: FastifyInstance, health: Pick<Health, 'reasons'>, metrics: Metrics): void {
  let closing = false;
  app.addHook('preClose', () => {
    closing = true;
  });
  app.get('/livez', () => ({ live: true }));
  app.get('/readyz', (_request, reply) => {
    const reasons = closing ? [{ what: 'process', reason: 'It is stopping.' }, ...health.reasons] : health.reasons;
    const ready = reasons.length === 0;
    return reply.code(ready ? 200 : 503).send({ ready, reasons });
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}
