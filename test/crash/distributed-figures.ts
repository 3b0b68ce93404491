import type { ErrorCode } from '../../src/error.ts';
import type { SharedFigures } from './check-shared.ts';
import type { Kind } from './distributed-plan.ts';
import type { FeedFigures } from './feed.ts';
import type { Outage } from './outages.ts';

export interface CampaignFigures {
  readonly seconds: number;
  readonly kills: Readonly<Record<Kind, number>>;
  /** By process that follows. */
  readonly restarts: Readonly<Record<string, number>>;
  readonly registers: { readonly starts: number; readonly ended: number };
  /** Ends that nobody asked for, by the reason given. */
  readonly exits: Readonly<Partial<Record<ErrorCode, number>>>;
  readonly outages: readonly Outage[];
  /** The most that the intake had in memory in a flood. */
  readonly floodBytes: number;
  readonly feed: FeedFigures;
  readonly checks: number;
  /** The longest time until everything was counted, published, in the database and on the page. */
  readonly catchingUpMs: number;
  /** By the last check. */
  readonly checked: SharedFigures | undefined;
}

/** A few lines for people. */
export function campaignText(figures: CampaignFigures): string {
  const { kills, restarts, registers, exits, feed, checks, catchingUpMs, checked, outages } = figures;
  const all = Object.values(kills).reduce((sum, some) => sum + some, 0);
  const recovered = outages.map(({ recoveredMs }) => recoveredMs).sort((a, b) => a - b);
  const lines = [
    `${all} kills and outages in ${Math.round(figures.seconds)} s: ${listText(kills)}`,
    `started again: ${listText(restarts)} · ${registers.starts} registers begun, ${registers.ended} ended well`,
    `ended by themselves: ${listText(exits) || 'none'}`,
    `ready after an outage: ${secondsText(recovered.at(recovered.length / 2))} median, ${secondsText(recovered.at(-1))} at most`,
    `feed: ${feed.acknowledged} lines acknowledged, ${feed.refused} refused; ${feed.held} times held back, ${feed.unavailable} answers 503 (${feed.tooMuch} of a full queue), ${feed.lost} without answer`,
    `intake in a flood: ${Math.round(figures.floodBytes / 2 ** 20)} MB at most`,
    `${checks} checks, ${secondsText(catchingUpMs)} at most until all was counted and shown`,
  ];
  return [...lines, ...(checked === undefined ? [] : [checkedText(checked)])].join('\n');
}

function checkedText(checked: SharedFigures): string {
  const { registered, registeredAgain, voidIssues, lines, counted, repeat, invalid, reports } = checked;
  return `${registered} registered (${registeredAgain} registrations twice, ${voidIssues} issues void), ${lines} lines: ${counted} counted, ${repeat} repeats, ${invalid} invalid; ${reports} reports`;
}

function listText(numbers: Readonly<Record<string, number>>): string {
  return Object.entries(numbers)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${number} ${name}`)
    .join(', ');
}

function secondsText(ms = 0): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
