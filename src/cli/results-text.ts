import type { Election } from '../election/election.ts';
import type { Report } from '../election/report.ts';

/** A report as a person reads it on a terminal. */
export function resultsText(report: Report, election: Election): string {
  const { counts } = report;
  const lines = [`${election.title} · ${STATUS[report.status]}`];
  for (const contest of counts.contests) {
    const texts = election.contests.find((candidate) => candidate.id === contest.id);
    lines.push('', `${texts?.title ?? contest.id} (${contest.method})`);
    const rows = contest.votes.map((votes, at) => ({ name: texts?.candidates[at]?.name ?? String(at), votes }));
    const most = Math.max(0, ...rows.map((row) => row.name.length));
    for (const { name, votes } of rows.sort((one, other) => other.votes - one.votes)) {
      lines.push(`  ${name.padEnd(most)}  ${figure(votes, 11)}  ${share(votes, contest.valid)}`);
    }
    const rejected = Object.values(contest.rejected).reduce((sum, ballots) => sum + ballots, 0);
    lines.push(`  ${figure(contest.valid)} valid, ${figure(contest.blank)} blank, ${figure(rejected)} rejected`);
  }
  const { counted, repeat, invalid, late, excluded } = counts.outcomes;
  lines.push(
    '',
    `Turnout ${share(counted, counts.eligible).trim()} of ${figure(counts.eligible)} registered`,
    `${figure(counts.lines)} lines = ${figure(counted)} counted + ${figure(repeat)} repeat + ${figure(invalid)} invalid + ${figure(late)} late + ${figure(excluded)} excluded`,
    `position ${report.position}`,
    `report   ${report.hash}`,
  );
  return lines.join('\n');
}

const STATUS: Readonly<Record<Report['status'], string>> = {
  'pre-election': 'before the election',
  'unofficial-partial': 'unofficial, counting',
  'unofficial-complete': 'unofficial, complete',
};

export function figure(value: number, width = 0): string {
  return Math.round(value).toLocaleString('en').padStart(width);
}

export function share(part: number, whole: number): string {
  return whole === 0 ? '     –' : `${((100 * part) / whole).toFixed(1).padStart(5)} %`;
}
