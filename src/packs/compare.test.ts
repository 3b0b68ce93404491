import { describe, expect, test } from 'vitest';
import { compare } from './compare.ts';
import { comparisonText } from './comparison-text.ts';
import { packReport } from './pack-report.ts';
import type { Pack } from './pack.ts';
import { samplePack } from '../../test/sample-pack.ts';

/** The pack with one vote fewer expected for the first candidate of the first contest in one row. */
function changed(breakdown: string, tolerance: number): Pack {
  const pack = samplePack();
  const at = pack.expected.findIndex((row) => row.breakdown === breakdown && row.figures.votes !== undefined);
  const row = pack.expected[at]!;
  const [first, ...others] = row.figures.votes!;
  const figures = { ...row.figures, votes: [first! - 1, ...others] };
  return { ...pack, expected: pack.expected.with(at, { ...row, figures, tolerance }) };
}

describe('expected against obtained', () => {
  test('[I10] a report with every official figure has no difference, and all were compared', () => {
    const pack = samplePack();
    const { counts, differences, rounded } = compare(pack, packReport(pack));
    // Three rows of ballots, and blank, rejected and two candidates in six rows of contests.
    expect(counts).toEqual({ figures: 3 + 6 * 4, exact: 27, withinTolerance: 0 });
    expect([...differences, ...rounded]).toEqual([]);
  });

  test('[I10] one vote more is found, and named with its row', () => {
    const pack = samplePack();
    const { differences } = compare(changed('place', 0), packReport(pack));
    expect(differences).toEqual([
      {
        row: 'Aville N-1',
        contest: 'president',
        figure: 'votes',
        candidate: 'ann-lee',
        expected: 4,
        obtained: 5,
        tolerance: 0,
        source: 'from line 2',
      },
    ]);
  });

  test('[I10] what the source rounds is told apart from what is exact', () => {
    const { counts, rounded, differences } = compare(changed('*', 1), packReport(samplePack()));
    expect([counts, rounded.length, differences.length]).toEqual([
      { figures: 27, exact: 26, withinTolerance: 1 },
      1,
      0,
    ]);
  });

  test('[I10] a row that the report lacks is a difference, not an equality of nothing', () => {
    const pack = samplePack();
    const report = packReport({ ...pack, election: { ...pack.election, breakdowns: [] } });
    const { differences } = compare(pack, report);
    expect(differences).toHaveLength(2 + 4 * 4);
    expect(differences.every(({ obtained }) => obtained === undefined)).toBe(true);
  });

  test('[I10] ballots that vanish in one place are seen there and in the whole', () => {
    const pack = samplePack();
    const report = packReport({ ...pack, units: pack.units.slice(0, 1) });
    const rows = new Set(compare(pack, report).differences.map(({ row }) => row));
    expect(rows).toEqual(new Set(['all precincts', 'Beton S-1']));
  });

  test('[I10] prints totals, differences and one line that sums up', () => {
    const good = comparisonText(compare(samplePack(), packReport(samplePack())));
    expect(good).toMatch(/all precincts +president +ann-lee +15 +15 +sum of 2 precincts/);
    expect(good).toMatch(/all precincts +president +blank \(3 padding\) +6 +6 /);
    expect(good).toMatch(/27 official figures: 27 exact, 0 off .*, none differs\.$/);
    const bad = comparisonText(compare(changed('place', 0), packReport(samplePack())));
    expect(bad).toMatch(/Differences:\n.*\nAville N-1 +president +ann-lee +4 +5 +1 +from line 2/);
    expect(bad).toMatch(/1 DIFFER\.$/);
  });
});
