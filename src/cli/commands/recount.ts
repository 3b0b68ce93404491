import { openExistingSession, type Session } from '../../app/session.ts';
import { makeReport } from '../../election/make-report.ts';
import type { Report } from '../../election/report.ts';
import type { Tally } from '../../election/tally.ts';
import { EXIT_CODES, LivetallyError } from '../../error.ts';
import { ballotEnds } from '../../lifecycle/ballot-ends.ts';
import { countOnCluster } from '../../stages/3-tally/count-on-cluster.ts';
import { countTo } from '../../stages/3-tally/count-to.ts';
import { newestReport } from '../../stages/4-publish/newest-report.ts';
import { covers, formatPosition, parsePosition, type Position } from '../../topics/position.ts';
import { command, type Command } from '../command.ts';
import { resultsText } from '../results-text.ts';
import type { Terminal } from '../terminal.ts';
import { recountWithProgress } from '../recount-with-progress.ts';

export const recountCommand: Command = command({
  name: 'recount',
  summary: 'count the log again by separate, simple code, and compare',
  description: `Counts every ballot in the log again from zero, with code that shares nothing with the tally but the definition of a
ballot line, and compares the hash of its report with the tally's and with the published one. Ends with exit code
${EXIT_CODES.LT_COUNT_DIFFERS} if they differ. With SPARK_REMOTE that cluster counts to the position too. Without --to it counts to the position of the newest report, or to the end of the log.`,
  examples: ['livetally recount', 'livetally recount --to "events:12 0:301 1:298 2:300 3:299"'],
  options: ['data', 'electionId', 'to', 'json'],
  async run({ values, terminal, signal }) {
    const { data = '', electionId } = values;
    await using session = await openExistingSession({ data, electionId, command: 'recount', logger: terminal.log });
    const { log, election } = session;
    const published = await newestReport(log, election.id, election.contests.length);
    const to = await endOf(session, values.to, published?.position);
    const reports = await countAgain(session, to, terminal, signal);
    const position = formatPosition(to);
    const hashes = {
      recount: reports.recount.hash,
      tally: reports.tally.hash,
      ...(reports.cluster === undefined ? {} : { cluster: reports.cluster.hash }),
      ...(published?.position === position ? { published: published.hash } : {}),
    };
    const equal = new Set(Object.values(hashes)).size === 1;
    const all = Object.entries(hashes);
    const verdict = equal
      ? `${capital(all.map(([name]) => name).join(' = '))}: the hashes are equal.`
      : `DIFFERENT: ${all.map(([name, hash]) => `${name} ${hash}`).join(', ')}`;
    terminal.result(
      { equal, position, published: published?.hash ?? null, ...hashes },
      `${resultsText(reports.recount, election)}\n\n${verdict}`,
    );
    return { exitCode: equal ? 0 : EXIT_CODES.LT_COUNT_DIFFERS };
  },
});

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** By separate code, by the tally's, and by a cluster's where there is one. */
async function countAgain(
  session: Session,
  to: Position,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<{ recount: Report; tally: Report; cluster: Report | undefined }> {
  const { log, election, logSource } = session;
  const plain = await recountWithProgress(logSource, election.id, to, { terminal, signal });
  const fast = await countTo(log, election.id, to, signal);
  const spark = await session.cluster();
  const far = spark === undefined ? undefined : await countOnCluster(log, election.id, spark, to, signal);
  const report = (tally: Tally): Report => makeReport(tally, fast.life, formatPosition(to), Date.now(), false);
  return {
    recount: report(plain),
    tally: report(fast.tally),
    cluster: far === undefined ? undefined : report(far.tally),
  };
}

/** The position asked for, else the published one, else the end of the log. */
async function endOf(
  { log, reader, election }: Session,
  asked: string | undefined,
  published: string | undefined,
): Promise<Position> {
  const ends = await ballotEnds(log, election.id, reader.life.partitions);
  const end = { events: reader.position, ballots: ends };
  if (asked === undefined) return parsePosition(published ?? '') ?? end;
  const position = parsePosition(asked);
  const next = `The end of this log is "${formatPosition(end)}"; \`livetally status\` shows the position published last.`;
  if (position === undefined || position.ballots.length !== ends.length) {
    const form = `events and ${ends.length} partitions, as in "${formatPosition(end)}"`;
    throw new LivetallyError('LT_USAGE', `--to ${asked}: it is not a position of this election: ${form}.`, { next });
  }
  if (!covers(end, position)) {
    throw new LivetallyError('LT_USAGE', `--to ${asked}: the log does not reach so far.`, { next });
  }
  return position;
}
