import { describe, expect, it } from 'vitest';
import { APPEND_BYTES, type NewRecord } from '../../ports/log.ts';
import { acknowledge, createSendQueue, refuse, takeBack, type PartitionQueue, type SendQueue } from './send-queue.ts';

const MEGABYTE = 1024 * 1024;

function record(bytes: number): NewRecord {
  return { value: Buffer.alloc(bytes) };
}

function add(queue: SendQueue, partition: number, ...sizes: number[]): Promise<number> {
  const added = queue.add('t', partition, sizes.map(record), 0);
  added.catch(() => undefined);
  return added;
}

function sizesOf({ batch }: PartitionQueue): number[] {
  return batch?.records.map(({ value }) => value.length) ?? [];
}

describe('what is sent together', () => {
  it('[L2] is all that is pending, a batch a partition, and nothing more until that is settled', async () => {
    const queue = createSendQueue();
    const appends = [add(queue, 0, 1, 2), add(queue, 1, 3), add(queue, 0, 4)];
    const [first, second] = queue.fill();
    expect([sizesOf(first!), sizesOf(second!)]).toEqual([[1, 2, 4], [3]]);
    const later = add(queue, 0, 5);
    expect(queue.fill().map(sizesOf)).toEqual(expect.arrayContaining([[1, 2, 4], [3]]));
    acknowledge(first!, 100);
    expect(await Promise.all([appends[0], appends[2]])).toEqual([100, 102]);
    expect(first!.end).toBe(103);
    expect(queue.fill().map(sizesOf)).toEqual(expect.arrayContaining([[5], [3]]));
    acknowledge(first!, 103);
    acknowledge(second!, 7);
    expect([await later, await appends[1]]).toEqual([103, 7]);
    expect(queue.fill()).toEqual([]);
  });

  it('[L2] keeps an append whole up to 4 MB, and stays below what a topic takes', () => {
    const queue = createSendQueue();
    void add(queue, 0, 3 * MEGABYTE);
    void add(queue, 0, ...Array.from({ length: 100_000 }, () => Math.floor(APPEND_BYTES / 100_000)));
    void add(queue, 0, 1);
    const batches: number[] = [];
    for (let filled = queue.fill(); filled.length > 0; filled = queue.fill()) {
      batches.push(filled[0]!.batch!.records.length);
      expect(filled[0]!.batch!.bytes).toBeLessThan(2 * APPEND_BYTES);
      acknowledge(filled[0]!, 0);
    }
    expect(batches).toEqual([1, 100_000, 1]);
  });

  it('[L2] cuts a huge append, in order, and acknowledges its first offset at the end', async () => {
    const queue = createSendQueue();
    const huge = add(queue, 0, ...Array.from({ length: 20 }, (_, at) => MEGABYTE + at));
    const sent: number[] = [];
    let offset = 50;
    for (let filled = queue.fill(); filled.length > 0; filled = queue.fill()) {
      const sizes = sizesOf(filled[0]!);
      sent.push(...sizes);
      acknowledge(filled[0]!, offset);
      offset += sizes.length + 10; // somebody else's records between
    }
    expect(sent).toEqual(Array.from({ length: 20 }, (_, at) => MEGABYTE + at));
    expect(await huge).toBe(50);
  });

  it('[L6] is no more than so much at once, and every partition has its turn', () => {
    const queue = createSendQueue();
    for (let partition = 0; partition < 12; partition++) void add(queue, partition, 3 * MEGABYTE);
    const served = new Set<number>();
    for (let round = 0; round < 3; round++) {
      const filled = queue.fill();
      expect(filled.reduce((bytes, { batch }) => bytes + batch!.bytes, 0)).toBeLessThan(20 * MEGABYTE);
      for (const one of filled) {
        served.add(one.partition);
        acknowledge(one, 0);
      }
    }
    expect(served.size).toBe(12);
  });

  it('[L2] [L6] goes back to its place when it is taken back, without what was refused meanwhile', async () => {
    const queue = createSendQueue();
    const [one, two, three] = [add(queue, 0, 1), add(queue, 0, 2), add(queue, 0, 3)];
    const [first] = queue.fill();
    void add(queue, 0, 4);
    first!.batch!.pieces[1]!.append.refuse(new Error('late'));
    takeBack(first!);
    await expect(two).rejects.toThrow('late');
    expect(queue.fill().map(sizesOf)).toEqual([[1, 3, 4]]);
    refuse(first!, new Error('no'));
    await expect(one).rejects.toThrow('no');
    await expect(three).rejects.toThrow('no');
    expect(queue.fill()).toEqual([]);
  });

  it('[L6] what was refused together goes out one by one, and then together again', () => {
    const queue = createSendQueue();
    for (const size of [1, 2, 3]) void add(queue, 0, size);
    const [first] = queue.fill();
    first!.alone = 3;
    takeBack(first!);
    for (const size of [4, 5]) void add(queue, 0, size);
    const batches: number[][] = [];
    for (let filled = queue.fill(); filled.length > 0; filled = queue.fill()) {
      batches.push(sizesOf(filled[0]!));
      acknowledge(filled[0]!, 0);
    }
    expect(batches).toEqual([[1], [2], [3], [4, 5]]);
  });
});
