import { LivetallyError } from '../error.ts';
import type { PostgresSettings, PostgresTls } from '../ports/postgres-settings.ts';
import { readNamedFile } from './named-file.ts';
import { readSecret } from './secret.ts';

/**
 * The PostgreSQL server that `DATABASE_URL` or `DATABASE_URL_FILE` names, undefined when neither is set:
 * `postgres://user:password@host:port/database`, and after a `?` sslmode, sslrootcert, sslcert, sslkey. A socket's
 * folder is a host with its slashes written as %2F. A URL without a password has that of `PGPASSWORD` or `PGPASSWORD_FILE`. Throws LT_USAGE; messages
 * never hold any part of the URL, as one that does not parse may have its password anywhere.
 */
export function readPostgresSettings(environment: NodeJS.ProcessEnv): PostgresSettings | undefined {
  const text = readSecret('DATABASE_URL', environment);
  if (text === undefined) return undefined;
  const url = parseUrl(text);
  const parameters = readParameters(url);
  const host = decode(url.hostname).replace(/^\[(.*)\]$/, '$1');
  const user = decode(url.username);
  const database = decode(url.pathname.slice(1));
  if (host === '') throw unfit('names no host');
  if (user === '') throw unfit('names no user');
  if (database === '' || database.includes('/')) throw unfit('names no database');
  if (host.includes(',')) throw unfit('names several hosts, and livetally takes one');
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    database,
    password: url.password === '' ? readSecret('PGPASSWORD', environment) : decode(url.password),
    tls: readTls(parameters),
  };
}

const PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const;
type Parameters = { readonly [Name in (typeof PARAMETERS)[number]]?: string };

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  const isOurs = url !== null && /^postgres(?:ql)?:$/.test(url.protocol) && text.includes('://') && url.hash === '';
  if (!isOurs) throw unfit('is not the URL of a PostgreSQL database');
  return url;
}

function readParameters(url: URL): Parameters {
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.some((known) => known === name));
  if (unknown !== undefined)
    throw unfit(`has a parameter that livetally does not know: it takes ${PARAMETERS.join(', ')}`);
  return Object.fromEntries(url.searchParams);
}

/** As `psql` means the modes, but that there is none that may or may not encrypt. */
function readTls({ sslmode, sslrootcert, sslcert, sslkey }: Parameters): PostgresTls | undefined {
  const issuers = sslrootcert === undefined ? undefined : readNamedFile(sslrootcert, 'sslrootcert in DATABASE_URL');
  const own = {
    issuers,
    certificate: sslcert === undefined ? undefined : readNamedFile(sslcert, 'sslcert in DATABASE_URL'),
    key: sslkey === undefined ? undefined : readNamedFile(sslkey, 'sslkey in DATABASE_URL'),
  };
  switch (sslmode) {
    case 'verify-full':
      return { verify: 'name', ...own };
    case 'verify-ca':
      if (issuers === undefined) throw unfit('has sslmode=verify-ca without sslrootcert, which anybody could satisfy');
      return { verify: 'issuer', ...own };
    case 'require':
      return { verify: issuers === undefined ? 'nothing' : 'issuer', ...own };
    case 'disable':
    case undefined:
      if (sslrootcert ?? sslcert ?? sslkey) throw unfit('names certificates without an sslmode that uses them');
      return undefined;
    default:
      throw unfit('has an sslmode that is none of disable, require, verify-ca, verify-full');
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw unfit('has a % that is no escape');
  }
}

function unfit(how: string): LivetallyError {
  return new LivetallyError('LT_USAGE', `DATABASE_URL ${how}.`, {
    next: 'Its form is postgres://user@host:5432/database. Give the password in PGPASSWORD, or write signs such as # / ? @ % in it as %23 %2F %3F %40 %25.',
  });
}
