import { openExistingSession } from '../../app/session.ts';
import { EXIT_CODES, LivetallyError } from '../../error.ts';
import { promoteRun } from '../../lifecycle/promote.ts';
import { formatPosition } from '../../topics/position.ts';
import { command, type Command } from '../command.ts';
import { compareCluster, compareInProcess, type Comparison } from '../compare-engines.ts';

const ENGINES = ['in-process', 'spark'] as const;

export const promoteCommand: Command = command({
  name: 'promote',
  argument: { term: '<engine>', help: `whose reports shall be the results: ${ENGINES.join(' or ')}` },
  summary: 'say which engine publishes, once its counts are found equal to another',
  description: `Compares what the engine has counted with what another engine has at the same position, and only if the counts are equal makes its
reports the results, from here on. The other one counts along and can be promoted back, in the middle of an election. Both run as
\`livetally tally --follow\`, one with SPARK_REMOTE and one without. Before the first promotion whoever counts publishes.
Ends with exit code ${EXIT_CODES.LT_COUNT_DIFFERS}, and promotes nothing, if the counts differ.`,
  examples: ['livetally promote spark', 'livetally promote in-process'],
  options: ['data', 'electionId', 'json'],
  async run(context) {
    const { argument = '', values, terminal } = context;
    const { data = '', electionId } = values;
    const engine = ENGINES.find((name) => name === argument);
    if (engine === undefined) throw noEngine(argument);
    await using session = await openExistingSession({ data, electionId, command: 'promote', logger: terminal.log });
    const compared =
      engine === 'spark' ? await compareCluster(session, context) : await compareInProcess(session, context);
    const { run, position, hash, others } = compared;
    const agrees = others.find((other) => other.hash === hash);
    const at = formatPosition(position);
    if (agrees === undefined) throw different(compared, at);
    const isNew = await promoteRun(session.log, session.reader, run, { position, hash });
    terminal.result(
      { promoted: engine, run, already: !isNew, position: at, hash, equalTo: agrees.of },
      isNew
        ? `${engine} publishes from here on: at ${at} its counts equal those of ${agrees.of} (${hash}).`
        : `${engine} publishes already. At ${at} its counts equal those of ${agrees.of} (${hash}).`,
    );
  },
});

function noEngine(argument: string): LivetallyError {
  return new LivetallyError('LT_USAGE', `There is no engine ${argument}.`, {
    next: `Name one of: ${ENGINES.join(', ')}.`,
  });
}

function different({ hash, others }: Comparison, position: string): LivetallyError {
  const found = others.map((other) => `${other.of} ${other.hash}`).join(', ');
  return new LivetallyError('LT_COUNT_DIFFERS', `At ${position} the counts are not equal: ${hash}, but ${found}.`, {
    next: 'Nothing was promoted. `livetally recount` at this position says which one the log gives.',
  });
}
