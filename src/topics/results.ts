import type { ContestReport, Counts, Report } from '../election/report.ts';

/**
 * A report in `results` is one record a contest, keyed by its id, and last the summary, keyed `*`: compacted, the
 * topic still holds the newest report whole. All records of one report carry its hash and position.
 */
export interface ContestRecord {
  readonly report: ReportKey;
  readonly contest: ContestReport;
}

export interface SummaryRecord extends Omit<Report, 'counts'> {
  readonly counts: SummaryCounts;
  /** In the election's order. */
  readonly contests: readonly string[];
}

/** What a report counts apart from its contests. */
export type SummaryCounts = Omit<Counts, 'contests'>;

/** Two reports with equal counts have equal hashes, so the position tells them apart. */
export interface ReportKey {
  readonly hash: string;
  readonly position: string;
}

/** A record of `results`, as the log takes it. */
export interface ResultRecord {
  readonly key: string;
  readonly value: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** The key of the summary: a sign no contest id has. */
export const SUMMARY_KEY = '*';

export function encodeReport(report: Report): ResultRecord[] {
  const { contests, ...counts } = report.counts;
  const key: ReportKey = { hash: report.hash, position: report.position };
  const summary: SummaryRecord = { ...report, counts, contests: contests.map((contest) => contest.id) };
  return [
    ...contests.map((contest) => jsonRecord(contest.id, { report: key, contest } satisfies ContestRecord)),
    jsonRecord(SUMMARY_KEY, summary),
  ];
}

export interface ReportReader {
  /** Takes the next record of the topic; a whole report comes with its summary. */
  take(record: { readonly key?: string; readonly value: Uint8Array }): Report | undefined;
}

export function createReportReader(): ReportReader {
  const newest = new Map<string, ContestRecord>();
  return {
    take(record: { readonly key?: string; readonly value: Uint8Array }): Report | undefined {
      const value: unknown = JSON.parse(Buffer.from(record.value).toString());
      if (record.key === SUMMARY_KEY) return assemble(value as SummaryRecord, newest);
      newest.set(record.key ?? '', value as ContestRecord);
      return undefined;
    },
  };
}

/** Undefined when a contest's record is of another report: the one asked for was compacted away in part. */
function assemble(summary: SummaryRecord, newest: ReadonlyMap<string, ContestRecord>): Report | undefined {
  const contests: ContestReport[] = [];
  for (const id of summary.contests) {
    const record = newest.get(id);
    if (record === undefined) return undefined;
    if (record.report.hash !== summary.hash || record.report.position !== summary.position) return undefined;
    contests.push(record.contest);
  }
  const { contests: _ids, counts, ...rest } = summary;
  return { ...rest, counts: { ...counts, contests } };
}

function jsonRecord(key: string, value: object): ResultRecord {
  return { key, value: Buffer.from(JSON.stringify(value)), headers: { 'content-type': 'application/json' } };
}
