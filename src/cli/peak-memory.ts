import { readFileSync } from 'node:fs';

/** The most memory this process had while it was watched, in bytes, file cache left out where the system tells it apart. */
export interface PeakMemory extends Disposable {
  readonly bytes: number;
}

const EVERY_MS = 200;

export function watchMemory(): PeakMemory {
  let bytes = memoryBytes();
  const timer = setInterval(() => (bytes = Math.max(bytes, memoryBytes())), EVERY_MS);
  return {
    get bytes(): number {
      return bytes;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** The log is mapped into memory, and the resident size counts those pages too: Linux says which are not of a file. */
function memoryBytes(): number {
  try {
    const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.memoryUsage.rss();
}
