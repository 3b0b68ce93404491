import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Logger } from '../ports/effects.ts';

/** Nothing from elsewhere, no inline script or style, in nobody's frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** On every answer the headers above; GET and HEAD only, unless it takes something; on loopback only names of this machine. */
export function guard(app: FastifyInstance, host: string, takes: boolean): void {
  const local = isLoopback(host);
  app.addHook('onRequest', async (request, reply) => {
    setSecurityHeaders(reply.raw);
    if (local && !isLoopback(hostName(request.headers.host ?? ''))) {
      await reply.code(421).send({ error: 'This server answers to localhost and 127.0.0.1 only.' });
    } else if (!takes && request.method !== 'GET' && request.method !== 'HEAD') {
      await reply.code(405).header('allow', 'GET, HEAD').send({ error: 'This server is for reading: GET and HEAD.' });
    }
  });
}

/** On the raw response, so that event streams, which leave fastify, have them too. */
export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
}

/** Says it aloud when the page can be reached from outside: nobody is asked who they are. */
export function sayWhoCanReach(host: string, log: Pick<Logger, 'warn'>): void {
  if (isLoopback(host)) return;
  log.warn({ host }, 'The page can be reached from outside: whoever reaches this machine can read it, unencrypted.');
}

/**
 * A page elsewhere whose name is made to point at 127.0.0.1 (DNS rebinding) reaches a loopback server through the
 * visitor's browser; the Host header still tells its name.
 */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

function hostName(header: string): string {
  return header.toLowerCase().replace(/:\d{1,5}$/, '');
}
