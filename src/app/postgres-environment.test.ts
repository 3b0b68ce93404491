import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { publicUrl } from '../ports/postgres-settings.ts';
import { readPostgresSettings } from './postgres-environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'livetally-postgres-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const WHOLE = 'postgres://ann:s%2Fcret@db.example:6543/votes';

describe('[C5] the database server that the environment names', () => {
  test('is none when nothing names one', () => {
    expect(readPostgresSettings({ DATABASE_URL: '', PGPASSWORD: 'x' })).toBeUndefined();
  });

  test('has user, password, host, port and database of the URL, escapes read', () => {
    const expected = { host: 'db.example', port: 6543, user: 'ann', database: 'votes', password: 's/cret' };
    expect(readPostgresSettings({ DATABASE_URL: WHOLE })).toEqual(expected);
    expect(readPostgresSettings({ DATABASE_URL_FILE: file('url', `${WHOLE}\n`) })).toEqual(expected);
    expect(readPostgresSettings({ DATABASE_URL: 'postgresql://a%40b@[::1]/v%20w' })).toEqual({
      host: '::1',
      port: 5432,
      user: 'a@b',
      database: 'v w',
    });
    expect(readPostgresSettings({ DATABASE_URL: 'postgres://ann@%2Frun%2Fpostgresql/votes' })?.host).toBe(
      '/run/postgresql',
    );
  });

  test('has the password of PGPASSWORD when the URL has none', () => {
    const DATABASE_URL = 'postgres://ann@db.example/votes';
    expect(readPostgresSettings({ DATABASE_URL, PGPASSWORD: 'other' })?.password).toBe('other');
    const PGPASSWORD_FILE = file('password', 'of a file\n');
    expect(readPostgresSettings({ DATABASE_URL, PGPASSWORD_FILE })?.password).toBe('of a file');
    expect(readPostgresSettings({ DATABASE_URL: WHOLE, PGPASSWORD: 'other' })?.password).toBe('s/cret');
  });

  test('is encrypted as sslmode says', () => {
    const read = (parameters: string): unknown =>
      readPostgresSettings({ DATABASE_URL: `postgres://ann@db.example/votes?${parameters}` })?.tls;
    const ca = file('ca.pem', 'the issuer');
    expect(read('sslmode=disable')).toBeUndefined();
    expect(read('sslmode=require')).toEqual({ verify: 'nothing' });
    expect(read(`sslmode=require&sslrootcert=${ca}`)).toEqual({ verify: 'issuer', issuers: 'the issuer' });
    expect(read(`sslmode=verify-ca&sslrootcert=${ca}`)).toEqual({ verify: 'issuer', issuers: 'the issuer' });
    expect(read('sslmode=verify-full')).toEqual({ verify: 'name' });
    expect(read(`sslmode=verify-full&sslcert=${ca}&sslkey=${ca}`)).toMatchObject({ certificate: 'the issuer' });
  });

  test('is shown without its password', () => {
    expect(publicUrl(readPostgresSettings({ DATABASE_URL: WHOLE })!)).toBe('postgres://ann@db.example:6543/votes');
    const socket = { DATABASE_URL: 'postgres://ann:secret@%2Frun%2Fpostgresql/votes' };
    expect(publicUrl(readPostgresSettings(socket)!)).toBe('postgres://ann@%2Frun%2Fpostgresql:5432/votes');
    expect(publicUrl(readPostgresSettings({ DATABASE_URL: 'postgres://ann@[::1]/votes' })!)).toBe(
      'postgres://ann@[::1]:5432/votes',
    );
  });
});

describe('[C4] a database URL that does not fit is refused, without a trace of its password', () => {
  test.each([
    ['ann:seCret9@db.example/votes', /not the URL/],
    ['mysql://ann:seCret9@db.example/votes', /not the URL/],
    ['postgres:ann:seCret9@db.example/votes', /not the URL/],
    ['postgres://ann:seC#ret9@db.example/votes', /not the URL/],
    ['postgres://ann:12/seCret9@db.example/votes', /names no user/],
    ['postgres://ann:seCret9@db.example:99999/votes', /not the URL/],
    ['postgres://ann:seCret9@db.example', /names no database/],
    ['postgres://ann:seCret9@db.example/votes/of', /names no database/],
    ['postgres://:seCret9@db.example/votes', /names no user/],
    ['postgres://ann:seCret9@one,two/votes', /several hosts/],
    ['postgres://ann:seCret9%@db.example/votes', /%/],
    ['postgres://ann@db.example/votes?password=seCret9', /does not know/],
    ['postgres://ann:seCret9@db.example/votes?sslmode=prefer', /disable, require/],
    ['postgres://ann:seCret9@db.example/votes?sslmode=verify-ca', /without sslrootcert/],
    ['postgres://ann:seCret9@db.example/votes?sslrootcert=/nowhere', /cannot be read/],
    ['postgres://ann:seCret9@db.example/votes?sslcert=package.json', /without an sslmode/],
  ])('%s', (DATABASE_URL, says) => {
    const read = (): unknown => readPostgresSettings({ DATABASE_URL });
    expect(read).toThrow(
      expect.objectContaining({ code: 'LT_USAGE', message: expect.stringMatching(says) as unknown }),
    );
    expect(read).not.toThrow(/seC|ret9/);
  });
});
