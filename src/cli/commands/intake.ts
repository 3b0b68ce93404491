import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createHealth, type Health } from '../../app/health.ts';
import { readSecret } from '../../app/secret.ts';
import type { Session } from '../../app/session.ts';
import { LivetallyError } from '../../error.ts';
import { createIntake, type Intake } from '../../stages/2-vote/intake.ts';
import { topicName } from '../../topics/topics.ts';
import { command, type Command } from '../command.ts';
import { figure } from '../figures-text.ts';
import { runStage, STAGE_OPTIONS } from '../run-stage.ts';

const TOKEN = 'LIVETALLY_FEED_TOKEN';
const LEAST_TOKEN = 16;

export const intakeCommand: Command = command({
  name: 'intake',
  summary: 'take ballot lines over HTTP, from feeds',
  description: `Serves POST /ballots until Ctrl-C: ballot lines as application/x-ndjson, 4 MB at most, from whoever sends the token of
${TOKEN} (or ${TOKEN}_FILE) as Authorization: Bearer. It answers 200 when all lines that it did not refuse are durable, and 503 within
seconds when that is not known: then the feed sends the same lines again, and what comes twice counts once. /livez, /readyz and
/metrics answer on the same port. On a broker any number of intakes may run. An example with curl is in docs/processes.md.`,
  examples: ['livetally intake', 'livetally intake --host 0.0.0.0 --port 8502'],
  options: [...STAGE_OPTIONS.filter((name) => name !== 'healthPort' && name !== 'healthHost'), 'host', 'intakePort'],
  async run(context) {
    const { values, terminal } = context;
    const { host = '', intakePort: port = 0 } = values;
    const token = readToken();
    const health = createHealth();
    let intake: Intake | undefined;
    let lines = 0;
    health.gauge('livetally_intake_lines', 'Ballot lines recorded by this process.', () => lines);
    const { openStageServer } = await import('../../http/stage-server.ts');
    const door = { token, intake: () => intake && counting(intake, health, (recorded) => (lines += recorded)) };
    const server = await openStageServer({ host, port, health, log: terminal.log, intake: door });
    terminal.result({ url: server.url }, `Ballots are taken at ${server.url}/ballots. Ctrl-C stops.`);
    try {
      const stage = { ...context, values: { ...values, healthPort: undefined, healthHost: undefined } };
      await runStage({ name: 'intake', follow: true, context: stage, health }, async (session, signal) => {
        const opened = createIntake(session.log, session.election.id, session.reader.life.partitions);
        intake = opened;
        void lookAfterLog(session, health, signal);
        if (!signal.aborted) await once(signal, 'abort');
        // New ones are told to come again; those that were taken become durable.
        intake = undefined;
        await opened.close();
      });
    } finally {
      await server.close();
    }
    terminal.say(`Stopped: ${figure(lines)} ballot lines recorded.`);
  },
});

/** Throws LT_USAGE. */
function readToken(): string {
  const token = readSecret(TOKEN, process.env);
  if (token !== undefined && token.length >= LEAST_TOKEN) return token;
  const message = token === undefined ? `${TOKEN} is not set.` : `${TOKEN} is shorter than ${LEAST_TOKEN} characters.`;
  throw new LivetallyError('LT_USAGE', `${message} Whoever has it may bring ballots.`, {
    next: `Make one: export ${TOKEN}=$(openssl rand -hex 32)`,
  });
}

const LOOK_MS = 1000;
/** What is not well when ballots do not become durable. */
const BALLOTS = 'ballots';

/** Nobody brings ballots to an intake that is not ready, so it finds out by itself when the log is there again. */
async function lookAfterLog({ log, election }: Session, health: Health, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted || !health.reasons.some(({ what }) => what === BALLOTS)) continue;
    try {
      await log.end(topicName(election.id, 'ballots'), 0);
      health.say(BALLOTS, undefined);
    } catch (error) {
      if (!(error instanceof LivetallyError)) throw error;
    }
  }
}

/** Ready as long as ballots become durable. */
function counting(intake: Intake, health: Health, count: (recorded: number) => void): Pick<Intake, 'accept'> {
  return {
    async accept(ndjson) {
      try {
        const receipt = await intake.accept(ndjson);
        count(receipt.recorded);
        health.say(BALLOTS, undefined);
        return receipt;
      } catch (error) {
        if (error instanceof LivetallyError) health.say(BALLOTS, error.message);
        throw error;
      }
    },
  };
}
