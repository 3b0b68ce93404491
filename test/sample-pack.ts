import { importPack } from '../src/packs/import-pack.ts';
import type { Pack } from '../src/packs/pack.ts';

/** For tests: two precincts, two contests, every kind of choice; 25 ballots. */
export function samplePack(): Pack {
  return importPack({ name: 'sample.csv', bytes: new TextEncoder().encode(sampleCsv()) });
}

/** The result file that it is made of. */
export function sampleCsv(): string {
  return [
    'county,town,precinct,office,district,candidate,party,votes',
    ...contest('North,Aville,N-1,President,', [5, 3, 1, 2]),
    ...contest('North,Aville,N-1,Senate,', [4, 4, 0, 1]),
    ...contest('South,Beton,S-1,President,', [10, 0, 0, 1]),
    ...contest('South,Beton,S-1,Senate,', [9, 2, 3, 0]),
  ].join('\n');
}

function contest(head: string, [first, second, spoiled, blank]: readonly number[]): string[] {
  return [
    `${head},Ann Lee,A,${first}`,
    `${head},Bo Ray,B,${second}`,
    `${head},Spoiled,,${spoiled}`,
    `${head},Blanks,,${blank}`,
  ];
}
