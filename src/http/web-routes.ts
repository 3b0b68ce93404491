import { existsSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** The built page. Its scripts and styles have their digest in their names; the page itself is asked for each time. */
export async function webRoutes(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/', (_request, reply) =>
      reply.code(503).type('text/plain').send('The page is not built. In a clone: npm run build:web\n'),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: resolve(folder),
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      const named = path.includes(`${sep}assets${sep}`);
      reply.header('cache-control', named ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
