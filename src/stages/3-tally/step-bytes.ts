const STEP_BYTES = 16 * 1024 * 1024;

/** How much of each partition a count reads at once: they share the same memory, however many they are. */
export function stepBytes(partitions: number): number {
  return Math.ceil(STEP_BYTES / partitions);
}
