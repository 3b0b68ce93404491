import type { Snapshot, Texts } from '../src/stages/4-publish/view.ts';

/** Plain requests to the server that this page came from. Each rejects when there is no good answer. */
export interface Requests {
  report(): Promise<Snapshot>;
  /** The texts with this id. Those known already are not asked for again. */
  texts(id: string): Promise<{ readonly texts: Texts; readonly skewMs: number }>;
}

const REQUEST_MS = 4000;

export function createRequests(fetch: (address: string, init: RequestInit) => Promise<Response>): Requests {
  let known: { readonly id: string; readonly texts: Texts; readonly skewMs: number } | undefined;

  async function request(address: string): Promise<Response> {
    const answer = await fetch(address, { cache: 'no-cache', signal: AbortSignal.timeout(REQUEST_MS) });
    if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
    return answer;
  }

  /** Rarely the texts that come are already newer than those asked for; the next snapshot will name them. */
  async function loadTexts(): Promise<NonNullable<typeof known>> {
    const answer = await request('api/election');
    const id = answer.headers.get('etag')?.replaceAll('"', '') ?? '';
    const saidMs = Date.parse(answer.headers.get('date') ?? '');
    const skewMs = Number.isNaN(saidMs) ? 0 : Date.now() - saidMs;
    return { id, texts: await answer.json(), skewMs };
  }

  return {
    report: async () => (await request('api/report')).json(),
    texts: async (id) => (known?.id === id ? known : (known = await loadTexts())),
  };
}
