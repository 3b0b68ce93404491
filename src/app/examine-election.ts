import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { makeReport } from '../election/make-report.ts';
import type { Report } from '../election/report.ts';
import { ballotEnds } from '../lifecycle/ballot-ends.ts';
import { countTo } from '../stages/3-tally/count-to.ts';
import { readSnapshot } from '../stages/3-tally/snapshot.ts';
import { newestReport } from '../stages/4-publish/newest-report.ts';
import { formatPosition, parsePosition } from '../topics/position.ts';
import { examineClock, examineReportTime } from './examine-clock.ts';
import { findings, type Finding } from './finding.ts';
import { lagsOf } from './lags.ts';
import type { Session } from './session.ts';

/** What a data folder holds, held against itself. */
export async function examineElection(session: Session, signal: AbortSignal | undefined): Promise<Finding[]> {
  const { election, reader } = session;
  const { life } = reader;
  const state = life.closed !== undefined ? 'closed' : life.opened ? 'open' : 'not open yet';
  const about = `${election.title} (${election.id}), ${state}, ${figure(life.roll.total)} on the roll`;
  return [
    { state: 'good', what: 'election', says: about },
    ...(await findings('snapshot', () => snapshot(session))),
    ...(await findings('results', () => results(session, signal))),
    ...(await findings('database', () => database(session))),
    ...(await findings('stages', () => behind(session))),
  ];
}

async function snapshot({ files }: Session): Promise<Finding[]> {
  const what = 'snapshot';
  const found = await readSnapshot(files.snapshot);
  if (found === undefined) return [{ state: 'note', what, says: 'none; the next tally counts from the start' }];
  const { mtime } = await stat(files.snapshot);
  return [{ state: 'good', what, says: `whole, of ${mtime.toISOString()}` }];
}

/** Counts again to the position of the newest report. */
async function results(session: Session, signal: AbortSignal | undefined): Promise<Finding[]> {
  const what = 'results';
  const { log, election } = session;
  const report = await newestReport(log, election.id, election.contests.length);
  const position = parsePosition(report?.position ?? '');
  if (report === undefined || position === undefined)
    return [{ state: 'note', what, says: 'none yet', next: 'Count: `livetally tally`' }];
  const { tally, life } = await countTo(log, election.id, position, signal);
  const again = makeReport(tally, life, report.position, 0, false);
  if (again.hash !== report.hash) {
    return [
      {
        state: 'bad',
        what,
        says: `published with hash ${short(report)}, counted again to ${short(again)}`,
        next: 'Find out which is right with `livetally recount`, then run `livetally tally --rebuild`',
      },
    ];
  }
  const counted = figure(report.counts.outcomes.counted);
  const says = `${counted} ballots counted; counted again to the same hash, ${short(report)}`;
  return [{ state: 'good', what, says }, ...examineReportTime(report.at), ...(await uncounted(session, report))];
}

async function uncounted({ log, reader, election }: Session, report: Report): Promise<Finding[]> {
  const ballots = await ballotEnds(log, election.id, reader.life.partitions);
  const end = formatPosition({ events: reader.position, ballots });
  if (end === report.position) return [];
  const says = `the log ends at ${end}, the newest results at ${report.position}`;
  return [{ state: 'note', what: 'results', says, next: 'Count the rest: `livetally tally`' }];
}

/** Each stage that is behind what it reads, and one line when none is. */
async function behind(session: Session): Promise<Finding[]> {
  const { log, election, folder } = session;
  const report = await newestReport(log, election.id, election.contests.length);
  const lags = await lagsOf(session, folder.path, report);
  const late = lags.filter((lag) => (lag.behind ?? 0) > 0);
  if (late.length === 0) return [{ state: 'good', what: 'stages', says: 'none is behind what it reads' }];
  return late.map(({ stage, behind, of }) => ({
    state: 'note',
    what: `${stage} lag`,
    says: `${figure(behind!)} ${of}`,
  }));
}

async function database(session: Session): Promise<Finding[]> {
  const what = 'database';
  const { files, election, reader, systems } = session;
  if (systems.database === 'none')
    return [{ state: 'note', what, says: 'none is named', next: 'Set DATABASE_URL to have one; no count needs it' }];
  if (systems.database === 'embedded' && !existsSync(files.database))
    return [{ state: 'note', what, says: 'none; `livetally register` or `livetally start` makes it' }];
  const opened = await session.database();
  const clock = systems.database === 'embedded' ? [] : [await examineClock(opened)];
  const [found] = await opened.query<{ voters: number }>('SELECT count(*) AS voters FROM voters WHERE election = $1', [
    election.id,
  ]);
  const voters = found?.voters ?? 0;
  const says = `${figure(voters)} of ${figure(reader.life.roll.total)} registered are in it`;
  if (voters >= reader.life.roll.total) return [{ state: 'good', what, says }, ...clock];
  return [{ state: 'note', what, says, next: 'Fill it: `livetally project`' }, ...clock];
}

function figure(value: number): string {
  return value.toLocaleString('en');
}

function short({ hash }: Report): string {
  return hash.slice(0, 12);
}
