import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

/** For whatever watches over the process. */
export function healthRoutes(app: FastifyInstance, metrics: Registry): void {
  let closing = false;
  app.addHook('preClose', () => {
    closing = true;
  });
  app.get('/livez', () => ({ live: true }));
  app.get('/readyz', (_request, reply) => reply.code(closing ? 503 : 200).send({ ready: !closing }));
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
}
