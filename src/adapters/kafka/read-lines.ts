import type { Cluster } from './cluster.ts';
import type { Line } from './line.ts';

/** More idle ones are closed: as many as there are readers that follow the log in one process. */
const IDLE_LINES = 8;

/**
 * A line for each fetch under way, since a broker that lets one reader wait answers no other on the same connection.
 * They are used again.
 */
export interface ReadLines {
  /** The line is free again once `use` has settled. */
  lend<Result>(use: (line: Line) => Promise<Result>): Promise<Result>;
}

export function createReadLines(cluster: Cluster): ReadLines {
  const idle: Line[] = [];
  return {
    async lend(use) {
      const line = idle.pop() ?? cluster.newLine();
      try {
        return await use(line);
      } finally {
        if (idle.length < IDLE_LINES) idle.push(line);
        else cluster.closeLine(line);
      }
    },
  };
}
