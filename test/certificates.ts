import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificates {
  /** PEM: of an authority that nobody knows. */
  readonly ca: string;
  /** PEM: its certificate for localhost and 127.0.0.1, and the key to it. */
  readonly certificate: string;
}

const PARTS = join(import.meta.dirname, '../infra/services.d');

/** Made as for the broker of infra/services; undefined, said aloud, where there is no openssl. */
export function makeCertificates(tests: string): Certificates | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'livetally-certificates-'));
  try {
    const script = `set -eu; . "${PARTS}/speech.sh"; . "${PARTS}/certificates.sh"; make_certificates "$1"`;
    execFileSync('bash', ['-c', script, 'bash', folder], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 30_000 });
    const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
    return { ca: read('ca.pem'), certificate: read('broker.pem') };
  } catch (error) {
    if (process.env['LIVETALLY_TEST_REAL'] === 'required') throw error;
    console.warn(`SKIPPED: ${tests}: there is no openssl that makes certificates.`);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
