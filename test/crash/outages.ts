import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker } from '../broker.ts';
import type { OwnPostgres } from '../own-postgres.ts';
import type { Kind } from './distributed-plan.ts';
import type { Feed } from './feed.ts';
import type { Fleet } from './fleet.ts';
import { startFlood } from './flood.ts';

/** Broker and database that die, stand still, or are away, while all else goes on. */
export interface Outages {
  /** Resolves when it has begun: its server is there first. */
  begin(kind: OutageKind): Promise<void>;
  /** Resolves when the intake is not flooded, which is to show its bounds. */
  untilNoFlood(): Promise<void>;
  /** Resolves when everything is there, and every process has noticed. */
  rest(): Promise<void>;
  readonly past: readonly Outage[];
  /** The most that the intake had in memory in a flood. */
  readonly floodBytes: number;
}

export type OutageKind = Extract<Kind, 'broker' | 'postgres' | 'pause' | 'flood' | 'away'>;

export interface Outage {
  readonly kind: OutageKind;
  readonly ms: number;
  /** From the end of the outage until all that nobody had killed meanwhile were ready. */
  readonly recoveredMs: number;
}

export interface OutagesOptions {
  readonly broker: Broker;
  readonly postgres: OwnPostgres;
  readonly fleet: Fleet;
  readonly feed: Feed;
  readonly onFault: (fault: Error) => void;
}

const PAUSE_MS = 10_000;
/** More than twice as long as the log is patient with a broker: every stage begins again, and every append is given up. */
const AWAY_MS = 70_000;
/** After it there is a while of peace: a campaign in which nothing ever works checks nothing. */
const PEACE_MS = 4000;

export function createOutages({ broker, postgres, fleet, feed, onFault }: OutagesOptions): Outages {
  const past: Outage[] = [];
  const underWay = { broker: Promise.resolve(), postgres: Promise.resolve() };
  let flooding = Promise.resolve();
  let floodBytes = 0;

  const courses: Readonly<Record<OutageKind, () => Promise<void>>> = {
    async broker() {
      await broker.kill();
      await broker.start();
    },
    async away() {
      await broker.kill();
      await sleep(AWAY_MS);
      await broker.start();
    },
    async postgres() {
      await postgres.kill();
      await postgres.start();
    },
    async pause() {
      await broker.pause();
      await sleep(PAUSE_MS);
      await broker.resume();
    },
    async flood() {
      await fleet.untilReady(); // an intake that is just starting would be brought nothing
      const { tooMuch } = feed.figures;
      await broker.pause();
      const flood = startFlood(feed, fleet.intakeUrl, past.length);
      const noticed = flood.done.catch(onFault); // also when it fails before the pause is over
      await sleep(PAUSE_MS);
      await broker.resume();
      await noticed;
      assert.ok(feed.figures.tooMuch > tooMuch, 'a full queue is answered with 503');
      floodBytes = Math.max(floodBytes, flood.mostBytes);
    },
  };

  async function run(kind: OutageKind): Promise<void> {
    const beganMs = performance.now();
    await courses[kind]();
    const ms = performance.now() - beganMs;
    past.push({ kind, ms, recoveredMs: await fleet.untilReady() });
    await sleep(PEACE_MS);
  }

  return {
    past,
    get floodBytes(): number {
      return floodBytes;
    },
    async begin(kind) {
      const system = kind === 'postgres' ? 'postgres' : 'broker';
      await underWay[system];
      underWay[system] = run(kind).catch(onFault);
      if (kind === 'flood') flooding = underWay[system];
    },
    untilNoFlood: () => flooding,
    async rest() {
      await Promise.all(Object.values(underWay));
    },
  };
}
