import { disclose } from '../election/disclosure.ts';
import type { Election } from '../election/election.ts';
import type { Report } from '../election/report.ts';
import { figure, share } from './figures-text.ts';

/** A report as a person reads it on a terminal, as far as the election's policy lets it be shown now. */
export function resultsText(report: Report, election: Election): string {
  const { counts } = report;
  const shown = disclose(report, election);
  const lines = [`${election.title} · ${STATUS[report.status]}`];
  if (shown.shows === 'hidden') lines.push('', 'The results are hidden until the election is closed and counted.');
  for (const [at, contest] of shown.contests.entries()) {
    const { title, method, candidates } = election.contests[at]!;
    lines.push('', `${title} (${method})`);
    const rows = contest.votes.map((votes, of) => ({ name: candidates[of]!.name, votes }));
    const most = Math.max(0, ...rows.map((row) => row.name.length));
    for (const { name, votes } of rows.sort((one, other) => other.votes - one.votes)) {
      lines.push(`  ${name.padEnd(most)}  ${figure(votes, 11)}  ${share(votes, contest.valid)}`);
    }
    const { valid, blank, rejected } = contest;
    lines.push(`  ${figure(valid)} valid, ${figure(blank)} blank, ${figure(rejected)} rejected`);
  }
  const { counted, repeat, invalid, late, excluded } = counts.outcomes;
  lines.push(
    '',
    `Turnout ${share(counted, counts.eligible).trim()} of ${figure(counts.eligible)} registered`,
    `${figure(counts.lines)} lines = ${figure(counted)} counted + ${figure(repeat)} repeat + ${figure(invalid)} invalid + ${figure(late)} late + ${figure(excluded)} excluded`,
    `position ${report.position}`,
    ...(report.provisional ? [`counted  on a cluster (run ${report.run}): provisional until the close`] : []),
    `report   ${report.hash}`,
  );
  return lines.join('\n');
}

const STATUS: Readonly<Record<Report['status'], string>> = {
  'pre-election': 'before the election',
  'unofficial-partial': 'unofficial, counting',
  'unofficial-complete': 'unofficial, complete',
};

/** The same for programs: without breakdowns, which `export` gives. */
export function resultsValue(report: Report, election: Election): object {
  const { status, at, position, run, provisional, hash, counts } = report;
  const { shows, contests } = disclose(report, election);
  return {
    election: report.election,
    status,
    shows,
    at,
    position,
    run,
    provisional,
    hash,
    eligible: counts.eligible,
    lines: counts.lines,
    outcomes: counts.outcomes,
    contests: contests.map(({ valid, blank, rejected, votes }, of) => {
      const { id, method, candidates } = election.contests[of]!;
      const named = Object.fromEntries(candidates.map((candidate, index) => [candidate.id, votes[index]!]));
      return { id, method, valid, blank, rejected, votes: named };
    }),
  };
}
