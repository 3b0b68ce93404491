import type { FastifyInstance } from 'fastify';
import type { Live } from '../stages/4-publish/live.ts';

interface Photo {
  readonly type: string;
  readonly bytes: Buffer;
}

const TYPES: readonly string[] = ['image/jpeg', 'image/png', 'image/svg+xml', 'image/webp'];

/** An SVG opened by itself could run scripts: not here. */
const PHOTO_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** Photos travel inside the election, as data: URLs; no file is read. */
export function photoRoute(app: FastifyInstance, live: Live): void {
  app.get<{ Params: { contest: string; candidate: string } }>('/photos/:contest/:candidate', (request, reply) => {
    const contest = live.election.contests.find(({ id }) => id === request.params.contest);
    const url = contest?.candidates.find(({ id }) => id === request.params.candidate)?.photo;
    const photo = url === undefined ? undefined : readPhoto(url);
    if (photo === undefined) return reply.callNotFound();
    reply.raw.setHeader('content-security-policy', PHOTO_POLICY);
    return reply.type(photo.type).header('cache-control', 'max-age=300').send(photo.bytes);
  });
}

/** Undefined for whatever is no photo: a face is drawn in its place. */
function readPhoto(url: string): Photo | undefined {
  const [, type, base64, data] = /^data:(image\/[a-z+]+)[^,]*?(;base64)?,(.*)$/s.exec(url) ?? [];
  if (type === undefined || data === undefined || !TYPES.includes(type)) return undefined;
  if (base64 !== undefined) return { type, bytes: Buffer.from(data, 'base64') };
  try {
    return { type, bytes: Buffer.from(decodeURIComponent(data)) };
  } catch {
    return undefined;
  }
}
