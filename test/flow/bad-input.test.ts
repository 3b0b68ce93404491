import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallElection } from '../small-election.ts';
import { expectFailure, inBackground, jsonOf, livetally, scratch, writeElection, type Ended } from './livetally.ts';

/** Whatever is wrong is named, with what to do next, by exit code, and nothing is lost. */
const { path, remove } = scratch();
const DATA = path('data');
const ELECTION = path('election.yaml');

interface Results {
  readonly hash: string;
  readonly position: string;
}
let results: Results;

beforeAll(async () => {
  writeElection(ELECTION, smallElection());
  await jsonOf('register', '--data', DATA, '--election', ELECTION, '--count', '300', '--no-database');
  await jsonOf('vote', '--data', DATA);
  results = await jsonOf<Results>('tally', '--data', DATA);
});

afterAll(remove);

/** What was there before is there still. */
async function expectNothingLost(data: string = DATA): Promise<void> {
  expect(await jsonOf('recount', '--data', data)).toMatchObject({ equal: true, tally: results.hash });
}

function copyOfData(name: string): string {
  cpSync(DATA, path(name), { recursive: true });
  return path(name);
}

describe('[C4] what is wrong on the command line is refused before anything is opened', () => {
  const next = /`livetally.* --help`/;
  it.each([
    ['an unknown command', ['votr'], /Unknown command 'votr'\. Did you mean vote\?/],
    ['an unknown flag', ['vote', '--rat', '3'], /Unknown option '--rat'\. Did you mean --rate\?/],
    ['a flag without its value', ['vote', '--rate'], /Option '--rate <ballots>' argument missing/],
    ['a missing argument', ['import'], /Missing required argument 'file'/],
    ['an argument too many', ['tally', 'now'], /Too many arguments for 'tally'/],
    ['a negative rate', ['vote', '--rate', '-1'], /--rate -1 does not fit: it must be a whole number from 0/],
    ['a turnout of two', ['vote', '--turnout', '2'], /--turnout 2 does not fit: it must be a share from 0 to 1/],
    ['a port that is none', ['start', '--port', 'http'], /--port http does not fit: it must be a whole number/],
    [
      'a table that is none',
      ['export', '--what', 'all'],
      /--what all does not fit: it must be one of results, turnout/,
    ],
  ])('%s', async (_, args, says) => {
    expectFailure(await livetally([...args]), { exitCode: 2, code: 'LT_USAGE', says, next });
  });
});

it('[C2] with --json a failure is one JSON value on standard error', async () => {
  const missing = path('missing');
  const ends = await Promise.all([
    livetally(['vote', '--json', '--rate', '-1']),
    livetally(['vote', '--json', '--bogus']),
    livetally(['tally', '--json', '--data', missing]),
  ]);
  expect(ends.map(({ code, out }) => ({ code, out }))).toEqual([2, 2, 3].map((code) => ({ code, out: '' })));
  for (const { code, err } of ends) {
    expect(JSON.parse(err)).toEqual({
      code: expect.stringMatching(/^LT_/) as string,
      exitCode: code,
      message: expect.stringMatching(/\.$/) as string,
      next: expect.any(String) as string,
    });
  }
  expect(existsSync(missing)).toBe(false);
});

describe('[C3] election file', () => {
  const register = (data: string, file: string): Promise<Ended> =>
    livetally(['register', '--data', data, '--election', file, '--count', '10', '--no-database']);

  it('a wrong one: every fault with line and column', async () => {
    const file = path('wrong.yaml');
    const lines = ['id: small', 'title: A small election', 'contest: []', 'places: { id: here }'];
    writeFileSync(file, lines.join('\n'));
    const end = await register(path('wrong-data'), file);
    expectFailure(end, { exitCode: 3, code: 'LT_ELECTION_FILE', says: /wrong\.yaml:3:1: /, next: /./ });
    expect(end.err).toMatch(/wrong\.yaml:4:\d+: /);
  });

  it('a missing one', async () => {
    expectFailure(await register(path('no-data'), path('nowhere.yaml')), {
      exitCode: 3,
      code: 'LT_ELECTION_FILE',
      says: /nowhere\.yaml cannot be read/,
      next: /`livetally init`/,
    });
  });

  it('one changed in what is frozen', async () => {
    const changed = writeElection(path('changed.yaml'), smallElection({ k: 7 }));
    const end = await register(DATA, changed);
    expectFailure(end, {
      exitCode: 3,
      code: 'LT_ELECTION_FROZEN',
      says: /small is defined already/,
      next: /another id/,
    });
    expect(end.err).toMatch(/\bk\b/);
    await expectNothingLost();
  });

  it('the copy in the data folder damaged: naming the file again heals it', async () => {
    const data = copyOfData('damaged');
    writeFileSync(join(data, 'election.json'), '{"id": "sm');
    expectFailure(await livetally(['tally', '--data', data]), {
      exitCode: 5,
      code: 'LT_DATA_FOLDER',
      says: /election\.json.* is damaged/,
      next: /`--election`/,
    });
    await jsonOf('register', '--data', data, '--election', ELECTION, '--count', '300', '--no-database');
    await expectNothingLost(data);
  });
});

describe('[C3] roll', () => {
  const register = (roll: string): Promise<Ended> =>
    livetally(['register', '--data', DATA, '--roll', roll, '--no-database']);

  it('one that cannot be read', async () => {
    mkdirSync(path('a-folder'));
    for (const roll of [path('nowhere.csv'), path('a-folder')]) {
      const end = await register(roll);
      expectFailure(end, { exitCode: 4, code: 'LT_INPUT_FILE', says: /cannot be read/, next: /Check/ });
    }
  });

  it('one that is no CSV', async () => {
    const picture = path('picture.png');
    writeFileSync(picture, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]));
    const letter = path('letter.txt');
    writeFileSync(letter, 'Dear all,\nthe election is on Sunday.\n');
    expectFailure(await register(picture), { exitCode: 4, code: 'LT_INPUT_FILE', says: /not UTF-8/, next: /CSV/ });
    expectFailure(await register(letter), {
      exitCode: 4,
      code: 'LT_INPUT_FILE',
      says: /lacks registration_number/,
      next: /name the columns/,
    });
    await expectNothingLost();
  });
});

it('[C3] a port in use: nobody was registered', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  const data = path('port-data');
  const end = await livetally(['start', '--data', data, '--port', String(port), '--no-database']);
  server.close();
  expectFailure(end, {
    exitCode: 6,
    code: 'LT_PORT_IN_USE',
    says: new RegExp(`Port ${port} of 127.0.0.1 is in use`),
    next: /--port/,
  });
  expect(await jsonOf('status', '--data', data)).toMatchObject({ registered: 0, records: { voters: 0, ballots: 0 } });
});

describe('[C3] data folder', () => {
  it('one that is not there: nothing is made', async () => {
    const ends = ['vote', 'tally', 'recount', 'export', 'status', 'dashboard'].map((name) =>
      livetally([name, '--data', path('nothing')]),
    );
    for (const end of await Promise.all(ends)) {
      expectFailure(end, { exitCode: 3, code: 'LT_NO_ELECTION', says: /no election in the folder/, next: /--data/ });
    }
    expect(existsSync(path('nothing'))).toBe(false);
  });

  it('one that holds something else is left alone', async () => {
    mkdirSync(path('photos'));
    expectFailure(await livetally(['status', '--data', path('photos')]), {
      exitCode: 3,
      code: 'LT_NO_ELECTION',
      says: /no election in the folder/,
      next: /--data/,
    });
    expect(existsSync(path('photos/lock'))).toBe(false);
  });

  it('a file', async () => {
    expectFailure(await livetally(['start', '--port', '0', '--data', ELECTION]), {
      exitCode: 5,
      code: 'LT_DATA_FOLDER',
      says: /election\.yaml cannot be used/,
      next: /Choose a folder/,
    });
    expect(JSON.parse(readFileSync(ELECTION, 'utf8'))).toMatchObject({ id: 'small' });
  });

  it('one on a disk that cannot be written', async ({ skip }) => {
    mkdirSync(path('read-only'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'livetally', path('read-only')]).status === 0;
    if (!mounted) skip('needs root, to mount a read-only disk');
    const end = await livetally(['register', '--data', path('read-only/data'), '--no-database']);
    spawnSync('umount', [path('read-only')]);
    expectFailure(end, { exitCode: 5, code: 'LT_DATA_FOLDER', says: /read-only\/data cannot be used/, next: /Choose/ });
  });

  it('[C10] one that another command has: by whom', async () => {
    const data = path('taken');
    const args = ['register', '--data', data, '--election', ELECTION, '--no-database'];
    await livetally([...args, '--count', '1']);
    const slow = inBackground([...args, '--count', '500', '--register-rate', '20']);
    for (let running: unknown = null; running === null;) {
      ({ running } = await jsonOf<{ running: unknown }>('status', '--data', data));
    }
    expectFailure(await livetally(['vote', '--data', data]), {
      exitCode: 5,
      code: 'LT_DATA_LOCKED',
      says: new RegExp(`in use by \`livetally register\` \\(process ${slow.child.pid}, since`),
      next: /`livetally start` runs every stage/,
    });
    expect((await slow.stop()).code).toBe(130);
  });
});

describe('[C19] a damaged snapshot', () => {
  it('is refused, found by doctor, and healed by --rebuild', async () => {
    const data = copyOfData('snapshot');
    const file = join(data, 'tally.snapshot');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);

    expectFailure(await livetally(['tally', '--data', data]), {
      exitCode: 8,
      code: 'LT_SNAPSHOT_CORRUPT',
      says: /does not match its checksum/,
      next: /--rebuild/,
    });
    const doctor = await livetally(['doctor', '--data', data, '--port', '0']);
    expect(doctor.code).toBe(5);
    expect(doctor.out).toContain('✗ snapshot: ');

    const healed = await jsonOf<Results>('tally', '--data', data, '--rebuild');
    expect(healed.hash).toBe(results.hash);
    expect((await jsonOf<Results>('tally', '--data', data)).hash).toBe(results.hash);
  });
});

describe('[C3] recount --to', () => {
  const to = (position: string): Promise<Ended> => livetally(['recount', '--data', DATA, '--to', position]);

  it('nonsense', async () => {
    for (const nonsense of ['nonsense', 'events:1 0:1', 'events:-1 0:0 1:0 2:0 3:0']) {
      expectFailure(await to(nonsense), {
        exitCode: 2,
        code: 'LT_USAGE',
        says: /is not a position of this election: events and 4 partitions/,
        next: /`livetally status`/,
      });
    }
  });

  it('past the end of the log', async () => {
    const end = await to('events:999 0:999 1:999 2:999 3:999');
    expectFailure(end, {
      exitCode: 2,
      code: 'LT_USAGE',
      says: /does not reach so far/,
      next: /The end of this log is/,
    });
  });

  it('a position of this election is counted', async () => {
    expect((await to(results.position)).code).toBe(0);
  });
});

it('[C3] a file that cannot be written is named', async () => {
  expectFailure(await livetally(['export', '--data', DATA, '--out', path('no/such/folder.csv')]), {
    exitCode: 4,
    code: 'LT_FILE',
    says: /no\/such\/folder\.csv cannot be used: it is not there/,
    next: /Check the path/,
  });
});

it('[C3] nothing to export yet', async () => {
  const data = path('uncounted');
  await jsonOf('register', '--data', data, '--election', ELECTION, '--count', '10', '--no-database');
  const end = await livetally(['export', '--data', data]);
  expectFailure(end, {
    exitCode: 3,
    code: 'LT_NO_ELECTION',
    says: /Nothing has been published/,
    next: /`livetally tally`/,
  });
});
