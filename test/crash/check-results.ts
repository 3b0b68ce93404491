import assert from 'node:assert/strict';
import type { Report } from '../../src/election/report.ts';
import type { Log } from '../../src/ports/log.ts';

interface PlainSummary {
  readonly counts?: { readonly outcomes: { readonly counted: number }; readonly lines: number };
}

/** No report in `results` counts less than one before it. Resolves with how many there are. */
export async function checkResults(log: Log, electionId: string): Promise<number> {
  let reports = 0;
  let before = { counted: 0, lines: 0 };
  for (let next = 0; ;) {
    const [fetched] = await log.fetch(`livetally.${electionId}.results`, [next]);
    if (fetched === undefined) return reports;
    for (const { value, offset } of fetched.records) {
      const { counts } = JSON.parse(Buffer.from(value).toString()) as PlainSummary;
      if (counts === undefined) continue; // of one contest
      const now = { counted: counts.outcomes.counted, lines: counts.lines };
      assert.ok(
        now.counted >= before.counted && now.lines >= before.lines,
        `the report at ${offset} counts ${now.counted} of ${now.lines}, one before it ${before.counted} of ${before.lines}`,
      );
      before = now;
      reports++;
    }
    next = fetched.next;
  }
}

/** The page shows the newest report. */
export async function checkPage(url: string, { hash, position, counts }: Report): Promise<void> {
  const shown = (await (await fetch(`${url}/api/report`)).json()) as object;
  const { lines, outcomes, eligible } = counts;
  const expected = { hash, position, lines, outcomes, eligible };
  const figures = Object.fromEntries(Object.entries(shown).filter(([name]) => Object.hasOwn(expected, name)));
  assert.deepEqual(figures, expected, 'the page shows the newest report');
}
