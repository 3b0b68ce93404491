import { describe, expect, it } from 'vitest';
import { smallElection } from '../../test/small-election.ts';
import { makeReport } from '../election/make-report.ts';
import { emptyRoll } from '../election/roll.ts';
import type { Report } from '../election/report.ts';
import { ballotSpace } from '../election/space.ts';
import { emptyTally } from '../election/tally.ts';
import { createReportReader, encodeReport } from './results.ts';

const election = smallElection();

function report(position: string): Report {
  const context = { election, hash: 'h', roll: emptyRoll(ballotSpace(election)), opened: true, closed: undefined };
  return makeReport(emptyTally(), context, position, 0, false);
}

describe('results', () => {
  it('[P10] a report reads back whole, and only with its last record', () => {
    const reader = createReportReader();
    const records = encodeReport(report('events:1 0:1'));
    expect(records.map(({ key }) => key)).toEqual(['mayor', 'parks', '*']);
    expect(records.map((record) => reader.take(record))).toEqual([undefined, undefined, report('events:1 0:1')]);
  });

  it('[P10] a report whose records are mixed with those of another is not taken for whole', () => {
    const reader = createReportReader();
    const [mayor] = encodeReport(report('events:1 0:1'));
    const [, parks, summary] = encodeReport(report('events:1 0:2'));
    for (const record of [mayor!, parks!]) reader.take(record);
    expect(reader.take(summary!)).toBeUndefined();
  });
});
