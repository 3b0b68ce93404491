import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXIT_FAULT, EXIT_INTERRUPTED } from '../src/cli/failure.ts';
import { EXIT_CODES, type ErrorCode } from '../src/error.ts';

export const ERRORS_FILE: string = fileURLToPath(new URL('../docs/errors.md', import.meta.url));

/** What each code means, and what to do. The message itself names the file, the process or the value. */
const GUIDE: Readonly<Record<ErrorCode, readonly [means: string, todo: string]>> = {
  LT_USAGE: [
    'A command, flag, argument or value is wrong, or does not fit the election as it is now.',
    'Read the message; `livetally COMMAND --help` explains every option. Nothing was changed.',
  ],
  LT_ELECTION_FILE: [
    'The election file cannot be read, or something in it is wrong.',
    'Mend the lines that the message names (`file:line:column`). `livetally init` writes a file to start from.',
  ],
  LT_ELECTION_FROZEN: [
    'The election is defined already, and this file differs in what decides its count: contests, candidates, methods, places, cohorts, breakdowns, policy.',
    'Put the values back; texts, colours and photos may change. For another election give the file another `id`, or use another data folder.',
  ],
  LT_ELECTION_OPEN: [
    'What was asked for is made from the whole count, and the polls are not closed, or not all ballots are counted.',
    'Run `livetally close`, then `livetally tally`, then the same command again.',
  ],
  LT_NO_ELECTION: [
    'The data folder holds no election, or nothing has been published yet.',
    'Check `--data`. Begin with `livetally start` or `livetally register`; publish with `livetally tally`.',
  ],
  LT_INPUT_FILE: [
    'A roll, pack, result file or codes file cannot be read, or is not what it should be.',
    'Check the path and the form that the message names. Rolls are CSV in UTF-8; packs come from `livetally import`.',
  ],
  LT_FILE: [
    'A file cannot be written or read: the disk is full, the folder is gone, or it is not allowed.',
    'Make room, or name another place, and run the same command again.',
  ],
  LT_PACK_REFUSED: [
    'A result file contradicts itself, for example counts some ballots twice.',
    'The message names the figure. Ask its publisher, or use another file: no pack was written.',
  ],
  LT_DATA_LOCKED: [
    'Another process has the data folder; the message says which, since when, and at which address it answers.',
    'Ask it with `livetally status`, or stop it first. `livetally start` runs every stage and the page in one process.',
  ],
  LT_DATA_FOLDER: [
    'The data folder cannot be used, or a file in it is damaged. `doctor` ends with this exit code when it finds anything wrong.',
    'Choose a folder on a local disk that you may write to; run `livetally doctor`.',
  ],
  LT_VOTING_KEY: [
    'The key of the voting codes is malformed, missing, or others can read it.',
    'Follow the message; make a key with `openssl rand -hex 32`. A key that others may have read must be replaced.',
  ],
  LT_PORT_IN_USE: [
    'Another program listens on the port.',
    'Stop it, or choose another with `--port`; 0 takes a free one.',
  ],
  LT_LOG_WRITE: [
    'The log cannot take more: the disk is full, or the folder is gone.',
    'Make room and run the same command again: what was acknowledged is safe, and it goes on where it was.',
  ],
  LT_LOG_AWAY: [
    'The Kafka broker cannot be reached, or does not answer in time.',
    'Check `KAFKA_BOOTSTRAP_SERVERS` and that the broker runs, then run the same command again: it goes on where it was. With `--follow` livetally waits for it by itself.',
  ],
  LT_LOG_ACCESS: [
    'The Kafka broker refuses livetally: password, certificate, encryption or rights are wrong.',
    'Check the `KAFKA_…` variable that the message names: docs/kafka.md lists them all.',
  ],
  LT_LOG_MISMATCH: [
    'The topics of the log are not those of the election: another partition count or retention, deleted and made anew, or records are gone.',
    'Follow the message. Leave `--partitions` as it was when the election was defined; `livetally doctor` lists everything that differs.',
  ],
  LT_SNAPSHOT_CORRUPT: [
    'The snapshot of the tally is damaged.',
    'Nothing is lost, the log has every ballot: `livetally tally --rebuild` (or `livetally start --rebuild`) counts from the start.',
  ],
  LT_EVENT_UNKNOWN: [
    'The log holds an event that this version does not know, or that no livetally writes.',
    'It was written by a newer livetally: install that one. An issue that does not add up was written by something else: nothing but livetally may write to `events`.',
  ],
  LT_DATABASE: [
    'The database refused something.',
    'The count does not need it: go on with `--no-database`, or stop, delete the folder `database` in the data folder, and start again: it is made anew.',
  ],
  LT_DATABASE_AWAY: [
    'The PostgreSQL server cannot be reached, or ended the connection.',
    'Check `DATABASE_URL` and that the server runs. The count does not need it; `livetally project` waits for it by itself.',
  ],
  LT_SPARK_AWAY: [
    'The Spark Connect server cannot be reached or does not answer in time, its cluster has no free core, or does not reach the brokers.',
    'Check `SPARK_REMOTE` and that the server runs. With `--follow` livetally waits for it by itself, and the count goes on where it was.',
  ],
  LT_SPARK_ACCESS: [
    'The Spark Connect server refuses who we are: the token, or the encryption.',
    'Check `SPARK_CONNECT_TOKEN` (or `SPARK_CONNECT_TOKEN_FILE`) and the parameters of `SPARK_REMOTE`.',
  ],
  LT_SPARK: [
    'The Spark cluster cannot do the count: it is too old, lacks the Kafka connector, cannot write its checkpoints, or its query failed.',
    'Follow the message; docs/spark.md says what a cluster needs. Ballots go on being recorded, and the in-process tally can count them.',
  ],
  LT_COUNT_DIFFERS: [
    'The recount came to other figures than the tally, or a replay to other figures than the official ones.',
    'Keep the data folder and report it. The log is the truth: `livetally tally --rebuild` counts it anew.',
  ],
  LT_EQUALITY: [
    'A report broke one of its equalities, and was withheld.',
    'This is a fault in livetally: keep the data folder, run `livetally recount`, and report it.',
  ],
};

export function errorsDoc(): string {
  const codes = Object.entries(EXIT_CODES) as [ErrorCode, number][];
  const rows = codes.map(([code, exitCode]) => `| ${exitCode} | \`${code}\` | ${GUIDE[code].join(' | ')} |`);
  return `# Errors and exit codes

<!-- Written by infra/errors-doc.ts from src/error.ts. -->

A failure names its cause, what to do next, and its code; with \`--json\` it is one JSON value on standard error:
\`{"code", "exitCode", "message", "next"}\`. Codes are stable. A failure loses nothing that was acknowledged.

| exit code | code | what it means | what to do |
|---|---|---|---|
| 0 | | Done; for \`start\`, \`dashboard\` and \`--follow\` also: stopped by Ctrl-C. | |
| ${EXIT_FAULT} | \`LT_FAULT\` | Something that nobody foresaw; the only failure with a stack trace. | Report it, with the lines it printed. |
${rows.join('\n')}
| ${EXIT_INTERRUPTED} | | Ctrl-C (or SIGTERM) before the work was done, or twice. | Run the same command again: it goes on where it was. |
`;
}

// `node infra/errors-doc.ts` writes it; a test holds the committed file to it.
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(ERRORS_FILE, errorsDoc());
