import { execFileSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROTO_FOLDER = new URL('../src/adapters/spark/connect/', import.meta.url);
const PROGRAMS = fileURLToPath(new URL('../node_modules/.bin', import.meta.url));
export const SPARK_PROTO_CODE: string = fileURLToPath(new URL('gen/', PROTO_FOLDER));

/** TypeScript of which Node can strip the types: without `enum`. */
const PLUGIN = {
  local: 'protoc-gen-es',
  out: '.',
  opt: ['target=ts', 'erasable_syntax=true', 'import_extension=ts'],
};

/** Makes the code of the .proto files of src/adapters/spark/connect, in `folder`. Throws when `buf` does not run, or refuses. */
export function writeSparkProtoCode(folder: string): void {
  const template = JSON.stringify({ version: 'v2', plugins: [PLUGIN] });
  execFileSync('buf', ['generate', fileURLToPath(PROTO_FOLDER), '--template', template, '--output', folder], {
    env: { ...process.env, PATH: `${PROGRAMS}${delimiter}${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 60_000,
  });
}

// `node infra/spark-proto.ts` writes it; a test holds the committed files to the .proto.
if (process.argv[1] === fileURLToPath(import.meta.url)) writeSparkProtoCode(SPARK_PROTO_CODE);
