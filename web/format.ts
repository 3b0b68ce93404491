const numbers = new Intl.NumberFormat('en');
const percents = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });

export const NOTHING = '–';

export function formatNumber(number: number): string {
  return numbers.format(number);
}

/** `45.9 %`, the space unbreakable; a dash for a share of nothing. */
export function formatShare(share: number | undefined): string {
  return share === undefined ? NOTHING : `${percents.format(share * 100)}\u00a0%`;
}

/** `3.4 points` */
export function formatPoints(share: number): string {
  const points = percents.format(Math.abs(share) * 100);
  return `${points}\u00a0${points === '1.0' ? 'point' : 'points'}`;
}

/** `1 vote`, `2 votes` */
export function formatCount(number: number, one: string, many: string = `${one}s`): string {
  return `${formatNumber(number)}\u00a0${number === 1 ? one : many}`;
}

export function formatClock(at: string | number): string {
  return clock.format(new Date(at));
}

/** `3 s ago`, `12 min ago`, `5 h ago`, `2 days ago` */
export function formatAge(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ago`;
  return `${formatNumber(Math.floor(hours / 24))} days ago`;
}

/** `Rivera, Okafor and Lee` */
export function formatList(names: readonly string[]): string {
  return list.format(names);
}

export function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}
