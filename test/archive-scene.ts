import type { Election } from '../src/election/election.ts';
import type { Serial } from '../src/election/ids.ts';
import { unitOfSerial } from '../src/election/roll.ts';
import { closeElection } from '../src/lifecycle/close.ts';
import { ballotLine, partitionOf } from '../src/topics/ballots.ts';
import { encodeEvent } from '../src/topics/events.ts';
import { topicName } from '../src/topics/topics.ts';
import { openScene, type Scene } from './projection-scene.ts';
import { smallElection } from './small-election.ts';

/** By contest of the small election. */
export type Choices = readonly (readonly string[])[];

/** The choices of the voter of that number, undefined: none. */
export type Choose = (voter: number) => Choices | undefined;

/** So many people, spread over all places and cohorts, who have voted. */
export async function votedScene(people: number, choose: Choose, changes: Partial<Election> = {}): Promise<Scene> {
  const scene = await openScene(smallElection(changes));
  await scene.register(people);
  await castInTurn(scene, (turn) => turn, choose);
  return scene;
}

/** `order` says who comes when. */
export async function castInTurn(scene: Scene, order: (turn: number) => number, choose: Choose): Promise<void> {
  const serials = issuedSerials(scene);
  const lines: string[][] = [[], []];
  for (let turn = 0; turn < serials.length; turn++) {
    const serial = serials[order(turn)]!;
    const choices = choose(order(turn));
    if (choices !== undefined) lines[partitionOf(serial, 2)]!.push(lineOf(scene, serial, choices));
  }
  for (const some of lines) if (some.length > 0) await append(scene, lines.indexOf(some), some);
}

export async function append({ log, election }: Scene, partition: number, lines: readonly string[]): Promise<void> {
  const record = { value: Buffer.from(`${lines.join('\n')}\n`) };
  await log.append(topicName(election.id, 'ballots'), partitionOf(partition, 2), [record]);
}

export async function closeAndReport(scene: Scene): Promise<Scene> {
  await closeElection(scene.log, scene.reader);
  await scene.report();
  return scene;
}

export async function exclude({ log, election }: Scene, serials: readonly number[]): Promise<void> {
  const event = encodeEvent({ type: 'excluded', ranges: [], serials, why: 'a test' });
  await log.append(topicName(election.id, 'events'), 0, [{ value: event }]);
}

export function lineOf(scene: Scene, serial: number, choices: Choices): string {
  const { places, cohorts } = scene.reader.life.roll.space;
  const unit = unitOf(scene, serial);
  const named = scene.election.contests.map(({ id }, at) => [id, choices[at]!] as const);
  const place = places[Math.floor(unit / cohorts.length)]!;
  return ballotLine(serial as Serial, place, cohorts[unit % cohorts.length]!, named);
}

/** In the order of their numbers; the position is the number of the voter. */
export function issuedSerials(scene: Scene): number[] {
  const { extents } = scene.reader.life.roll;
  const serials = Array.from({ length: extents * 1024 }, (_, serial) => serial);
  return serials.filter((serial) => unitOf(scene, serial) >= 0);
}

export function unitOf({ reader }: Scene, serial: number): number {
  return unitOfSerial(reader.life.roll, serial);
}
