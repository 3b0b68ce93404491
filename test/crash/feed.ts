import assert from 'node:assert/strict';
import { openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Who brings ballot lines to the intake over HTTP, and sends them again until they are answered for. */
export interface Feed {
  readonly figures: FeedFigures;
  /** Resolves when all that was not refused is acknowledged, and written down. */
  send(lines: readonly string[]): Promise<void>;
}

export interface FeedFigures {
  acknowledged: number;
  refused: number;
  /** Requests that were not sent as the intake was not ready, that were answered with 503, or that got no answer. */
  held: number;
  unavailable: number;
  lost: number;
  /** Of the 503: because too much was waiting. */
  tooMuch: number;
}

export interface FeedOptions {
  readonly url: string;
  readonly token: string;
  /** What is answered for is in it as soon as it is. */
  readonly acknowledgedFile: string;
}

interface Receipt {
  readonly recorded: number;
  readonly refused: readonly { readonly line: number; readonly why: string }[];
}

/** Longer than the intake takes for a 503. */
const ANSWER_MS = 12_000;
const AGAIN_MS = 500;

export function createFeed({ url, token, acknowledgedFile }: FeedOptions): Feed {
  const file = openSync(acknowledgedFile, 'a');
  const figures: FeedFigures = { acknowledged: 0, refused: 0, held: 0, unavailable: 0, lost: 0, tooMuch: 0 };
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };

  /** As whatever stands between feeds and intakes does: who is not ready gets nothing, until it is again. */
  async function isReady(): Promise<boolean> {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => undefined);
    return response?.status === 200;
  }

  /** Undefined: it is not known what became of them. */
  async function post(body: Buffer<ArrayBuffer>): Promise<Receipt | undefined> {
    if (!(await isReady())) {
      figures.held++;
      return undefined;
    }
    let response: Response;
    let text: string;
    try {
      const signal = AbortSignal.timeout(ANSWER_MS);
      response = await fetch(`${url}/ballots`, { method: 'POST', headers, body, signal });
      text = await response.text();
    } catch {
      figures.lost++;
      return undefined;
    }
    if (response.status === 200) return JSON.parse(text) as Receipt;
    assert.equal(response.status, 503, `the intake answers ${response.status}: ${text}`);
    assert.ok(Number(response.headers.get('retry-after')) > 0, 'a 503 says when to come again');
    figures.unavailable++;
    if (text.includes('Too much')) figures.tooMuch++;
    return undefined;
  }

  return {
    figures,
    async send(lines) {
      const body = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      let receipt = await post(body);
      while (receipt === undefined) {
        await sleep(AGAIN_MS);
        receipt = await post(body);
      }
      const refused = new Set(receipt.refused.map(({ line }) => line));
      const taken = lines.filter((_, line) => !refused.has(line));
      assert.equal(receipt.recorded, taken.length, 'recorded = sent - refused');
      for (const line of refused) assert.ok(lines[line] === '' || lines[line]!.length > 4096, 'a line is refused');
      writeSync(file, taken.map((line) => `${line}\n`).join(''));
      figures.acknowledged += taken.length;
      figures.refused += refused.size;
    },
  };
}
