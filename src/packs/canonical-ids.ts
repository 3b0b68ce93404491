import { isId } from '../election/ids.ts';

const LONGEST = 64;
/** Letters that do not come apart into a letter and an accent. */
const SPELLED: Readonly<Record<string, string>> = { ß: 'ss', ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue' };

/** Words as an id: `Grünheide (Mark)` is `Gruenheide-Mark`. `none` when nothing of them can stand in one. */
export function canonicalId(words: string): string {
  const plain = words
    .replaceAll(/[ßäöüÄÖÜ]/g, (letter) => SPELLED[letter]!)
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f.'’]/g, '');
  const id = plain
    .replaceAll(/[^A-Za-z0-9_+-]+/g, '-')
    .replaceAll(/-{2,}/g, '-')
    .slice(0, LONGEST)
    .replaceAll(/^-+|-+$/g, '');
  return isId(id) ? id : 'none';
}

/**
 * Gives every key an id of its own: the same key the same id, two keys never one. Which of two keys that come to
 * the same words gets the number behind it follows from the order of asking, and from nothing else.
 */
export function createIds(): (key: string, words: string) => string {
  const idOfKey = new Map<string, string>();
  const taken = new Set<string>();
  return (key, words) => {
    const known = idOfKey.get(key);
    if (known !== undefined) return known;
    const id = firstFree(canonicalId(words), taken);
    idOfKey.set(key, id);
    taken.add(id);
    return id;
  };
}

function firstFree(id: string, taken: ReadonlySet<string>): string {
  let free = id;
  for (let number = 2; taken.has(free); number++) {
    const ending = `-${number}`;
    free = id.slice(0, LONGEST - ending.length) + ending;
  }
  return free;
}
