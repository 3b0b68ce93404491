import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Live, Serialised } from '../stages/4-publish/live.ts';
import type { Viewers } from './viewers.ts';

/** The count as data: the texts, the newest snapshot, and a stream of them. */
export function liveRoutes(
  app: FastifyInstance,
  live: Live,
  viewers: Viewers,
  status: (() => object | Promise<object>) | undefined,
): void {
  app.get('/api/election', (request, reply) => sendSerialised(request, reply, live.texts));
  app.get('/api/report', (request, reply) => sendSerialised(request, reply, live.newest));

  app.get('/api/status', async () => {
    const { status: count, at, position, lines, rates } = live.snapshot;
    const { perSecond } = rates;
    return { election: live.election.id, status: count, at, position, lines, perSecond, ...(await status?.()) };
  });

  app.get<{ Querystring: { after?: string } }>('/api/live', { exposeHeadRoute: false }, (request, reply) => {
    // A browser tells where it stopped in the header; a page that opens a new stream, in the address.
    const after = request.headers['last-event-id'] ?? request.query.after;
    return openStream(reply, viewers, typeof after === 'string' ? after : undefined);
  });
}

/** One version for everyone; whoever has it already is told so. */
function sendSerialised(request: FastifyRequest, reply: FastifyReply, { id, bytes }: Serialised): FastifyReply {
  const tag = `"${id}"`;
  reply.header('etag', tag).header('cache-control', 'no-cache');
  if (request.headers['if-none-match']?.includes(tag) === true) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(bytes);
}

function openStream(reply: FastifyReply, viewers: Viewers, after: string | undefined): FastifyReply {
  const { raw } = reply;
  raw.setHeader('content-type', 'text/event-stream; charset=utf-8');
  raw.setHeader('cache-control', 'no-store');
  raw.setHeader('x-accel-buffering', 'no');
  if (!viewers.add(raw, after)) {
    raw.removeHeader('content-type');
    return reply
      .code(503)
      .header('retry-after', '10')
      .send({ error: 'Too many are watching; /api/report has the count.' });
  }
  return reply.hijack();
}
