import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { FollowPoint } from './registered-issues.ts';

/** Where the simulator is: the issue it is at, and how many lines of it are durable. */
export interface SimulatorPoint extends FollowPoint {
  readonly lines: number;
}

export interface SimulatorCursor {
  readonly point: SimulatorPoint;
  /** After the lines before it are durable. */
  save(point: SimulatorPoint): Promise<void>;
}

const START: SimulatorPoint = { events: 0, voters: 0, lines: 0 };

const number = z.int().min(0);
const fileSchema = z.object({ log: z.string(), behaviour: z.string(), events: number, voters: number, lines: number });

/**
 * `log` names the log that the offsets are of; a cursor of another one is not used. `behaviour` names everything that
 * decides the lines of an issue: when it has changed, the issue begun is cast again. A cursor that is gone or broken
 * costs repeats, which the count refuses, and nothing else.
 */
export async function openSimulatorCursor(
  file: string | undefined,
  log: string,
  behaviour: string,
): Promise<SimulatorCursor> {
  if (file === undefined) return { point: START, save: async () => undefined };
  return {
    point: await readPoint(file, log, behaviour),
    async save(point) {
      const text = JSON.stringify({ log, behaviour, ...point });
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    },
  };
}

async function readPoint(file: string, log: string, behaviour: string): Promise<SimulatorPoint> {
  const found = await readSimulatorPoint(file, log);
  if (found === undefined) return START;
  return { events: found.events, voters: found.voters, lines: found.behaviour === behaviour ? found.lines : 0 };
}

/** How far a simulator of this log is; undefined where none has noted it. */
export async function readSimulatorPoint(
  file: string,
  log: string,
): Promise<(SimulatorPoint & { readonly behaviour: string }) | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const found = fileSchema.safeParse(parsed(text)).data;
  return found?.log === log ? found : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
