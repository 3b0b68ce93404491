import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { LivetallyError } from '../error.ts';
import type { Intake, Receipt } from '../stages/2-vote/intake.ts';

/** How ballots come in over HTTP. */
export interface IntakeDoor {
  /** Undefined while there is none: the log is away, or nothing is defined yet. */
  readonly intake: () => Pick<Intake, 'accept'> | undefined;
  /** Whoever has it may bring ballots. */
  readonly token: string;
  /** A feed is told to come again when its ballots are not durable by then. */
  readonly patienceMs?: number;
}

/** The most bytes of one request. */
export const REQUEST_BYTES: number = 4 * 1024 * 1024;
/** Of all requests together, those given up on included until the log has answered for them. */
const MOST_BYTES_UNDER_WAY = 64 * 1024 * 1024;
const PATIENCE_MS = 5000;
const NDJSON = 'application/x-ndjson';
const AGAIN_AFTER_SECONDS = 2;

/**
 * `POST /ballots`: ballot lines as NDJSON. 200 when every line that is not refused is durable. 503 when that is not known
 * in time: they may be in the log or not, so the feed sends the same lines again, and what comes twice counts once.
 */
export function intakeRoutes(app: FastifyInstance, { intake, token, patienceMs = PATIENCE_MS }: IntakeDoor): void {
  let bytesUnderWay = 0;
  app.addContentTypeParser(NDJSON, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.post<{ Body: Buffer }>(
    '/ballots',
    {
      // Before the body is read: a stranger's megabytes are not.
      async onRequest({ headers }, reply) {
        const bytes = Number(headers['content-length'] ?? NaN);
        if (!isBearer(headers.authorization, token)) {
          await reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'A feed needs its token.' });
        } else if (headers['content-type']?.split(';')[0] !== NDJSON) {
          await reply.code(415).send({ error: `Ballot lines come as ${NDJSON}.` });
        } else if (Number.isNaN(bytes)) {
          await reply.code(411).send({ error: 'Say how long it is: content-length is missing.' });
        } else if (bytesUnderWay + bytes > MOST_BYTES_UNDER_WAY) {
          await later(reply, 'Too much is waiting for the log.');
        } else {
          bytesUnderWay += bytes;
          reply.raw.once('close', () => (bytesUnderWay -= bytes));
        }
      },
    },
    async ({ body }, reply) => {
      bytesUnderWay += body.length;
      const outcome = accept(intake(), body).finally(() => (bytesUnderWay -= body.length));
      outcome.catch(() => undefined); // when we gave up waiting, its end is nobody's
      const waiting = new AbortController();
      const patience = pause(patienceMs, TOO_LATE, { signal: waiting.signal }).catch(() => TOO_LATE);
      const first = await Promise.race([outcome, patience]).finally(() => waiting.abort());
      return 'error' in first ? later(reply, first.error) : first;
    },
  );
}

interface Failure {
  readonly error: string;
}

const TOO_LATE: Failure = { error: 'The log does not answer in time.' };

async function accept(intake: Pick<Intake, 'accept'> | undefined, body: Buffer): Promise<Receipt | Failure> {
  if (intake === undefined) return { error: 'The log cannot be reached, or nothing is defined yet.' };
  try {
    return await intake.accept(body);
  } catch (error) {
    if (!(error instanceof LivetallyError)) throw error;
    return { error: error.message };
  }
}

function later(reply: FastifyReply, error: string): FastifyReply {
  return reply
    .code(503)
    .header('retry-after', String(AGAIN_AFTER_SECONDS))
    .send({ error: `${error} Send the same lines again.` });
}

/** In a time that does not tell how much of the token is right, nor how long it is. */
function isBearer(header: string | undefined, token: string): boolean {
  const given = /^Bearer (.+)$/.exec(header ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
