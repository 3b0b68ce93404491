import { EventEmitter } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { openInterrupts, type Interrupts } from './interrupts.ts';

let interrupts: Interrupts | undefined;
afterEach(() => interrupts?.close());

function scene(): { from: EventEmitter; exits: number[]; said: string[]; at: (ms: number) => void } {
  const from = new EventEmitter();
  const exits: number[] = [];
  const said: string[] = [];
  let nowMs = 0;
  interrupts = openInterrupts({
    onFirst: () => said.push('stopping'),
    process: from,
    exit: (code) => exits.push(code),
    now: () => nowMs,
  });
  return { from, exits, said, at: (ms) => (nowMs = ms) };
}

it('[C8] the first Ctrl-C asks to finish, the second ends at once with 130', () => {
  const { from, exits, said, at } = scene();
  expect(interrupts!.signal.aborted).toBe(false);
  at(1000);
  from.emit('SIGINT');
  expect(interrupts!.signal.aborted).toBe(true);
  expect({ exits, said }).toEqual({ exits: [], said: ['stopping'] });
  at(2000);
  from.emit('SIGINT');
  expect({ exits, said }).toEqual({ exits: [130], said: ['stopping'] });
});

it('[C8] the same Ctrl-C passed on by npm is not a second one', () => {
  const { from, exits, at } = scene();
  at(1000);
  from.emit('SIGINT');
  at(1050);
  from.emit('SIGINT');
  from.emit('SIGTERM');
  expect(exits).toEqual([]);
});

it('[C8] SIGTERM and SIGHUP ask to finish as well; closed, nothing listens any more', () => {
  for (const signal of ['SIGTERM', 'SIGHUP']) {
    const { from } = scene();
    from.emit(signal);
    expect(interrupts!.signal.aborted).toBe(true);
    interrupts!.close();
    expect(from.eventNames()).toEqual([]);
  }
});
