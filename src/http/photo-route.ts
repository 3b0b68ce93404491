import { open, realpath } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Live } from '../stages/4-publish/live.ts';

interface Photo {
  readonly type: string;
  readonly bytes: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};
const MAX_PHOTO_BYTES = 2 * 1024 * 1024;

/** An SVG opened by itself could run scripts: not here. */
const PHOTO_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** The photos that the election names, and no other file. */
export function photoRoute(app: FastifyInstance, live: Live, folder: string | undefined): void {
  app.get<{ Params: { contest: string; candidate: string } }>('/photos/:contest/:candidate', async (request, reply) => {
    const contest = live.election.contests.find(({ id }) => id === request.params.contest);
    const name = contest?.candidates.find(({ id }) => id === request.params.candidate)?.photo;
    const photo = name === undefined ? undefined : await readPhoto(name, folder);
    if (photo === undefined) return reply.callNotFound();
    reply.raw.setHeader('content-security-policy', PHOTO_POLICY);
    return reply.type(photo.type).header('cache-control', 'max-age=300').send(photo.bytes);
  });
}

/** Undefined for whatever is no photo, missing or not to be read: a face is drawn in its place. */
async function readPhoto(name: string, folder: string | undefined): Promise<Photo | undefined> {
  try {
    if (name.startsWith('data:')) return fromDataUrl(name);
    return folder === undefined ? undefined : await fromFile(folder, name);
  } catch {
    return undefined;
  }
}

function fromDataUrl(url: string): Photo | undefined {
  const [, type, base64, data] = /^data:(image\/[a-z+]+)[^,]*?(;base64)?,(.*)$/s.exec(url) ?? [];
  if (type === undefined || data === undefined || !Object.values(TYPES).includes(type)) return undefined;
  if (base64 !== undefined) return { type, bytes: Buffer.from(data, 'base64') };
  return { type, bytes: Buffer.from(decodeURIComponent(data)) };
}

async function fromFile(folder: string, name: string): Promise<Photo | undefined> {
  const type = TYPES[extname(name).toLowerCase()];
  if (type === undefined) return undefined;
  // After links are followed it must still lie in the folder.
  const path = await realpath(resolve(folder, name));
  if (!path.startsWith((await realpath(folder)) + sep)) return undefined;
  await using file = await open(path);
  if ((await file.stat()).size > MAX_PHOTO_BYTES) return undefined;
  return { type, bytes: await file.readFile() };
}
