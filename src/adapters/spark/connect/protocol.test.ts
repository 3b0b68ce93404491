import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clone, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, type FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { expect, it } from 'vitest';
import { SPARK_PROTO_CODE, writeSparkProtoCode } from '../../../../infra/spark-proto.ts';
import { protocolDifferences } from '../../../../test/protocol-differences.ts';
import { file_spark_connect } from './gen/spark-connect_pb.ts';

const OURS = file_spark_connect.proto;

/** What cannot be had is skipped aloud, except on a machine that has to test all. */
function orSkip<Result>(what: string, get: () => Result): Result | undefined {
  try {
    return get();
  } catch (error) {
    if (process.env['LIVETALLY_TEST_REAL'] === 'required') throw error;
    console.warn(`SKIPPED: ${what}: ${String(error).split('\n', 1)[0]}`);
    return undefined;
  }
}

/** The files that Spark's own Python client is made of, of Spark 4.2.0. */
function official(): FileDescriptorProto[] {
  const script = join(import.meta.dirname, '../../../../infra/spark-descriptors.sh');
  const folder = execFileSync('bash', [script], {
    encoding: 'utf8',
    timeout: 100_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return readdirSync(folder.trim()).map((file) => {
    const [, literal] = /AddSerializedFile\(\s*b(['"].*['"])\s*\)/.exec(
      readFileSync(join(folder.trim(), file), 'utf8'),
    )!;
    return fromBinary(FileDescriptorProtoSchema, bytesOf(literal!));
  });
}

/** The bytes of a literal of Python, with its quotes. */
function bytesOf(literal: string): Uint8Array {
  const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
  const text = literal.slice(1, -1).replaceAll(/\\(?:x([0-9a-f]{2})|([0-7]{1,3})|(.))/g, (_all, hex, octal, other) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(String(hex), 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(String(octal), 8));
    return escapes[String(other)] ?? String(other);
  });
  return Buffer.from(text, 'latin1');
}

it('[E9] every message, field, enum and call is that of Spark 4.2.0', (context) => {
  const files = orSkip('the protocol of Spark is compared with what PyPI has of it', official);
  if (files === undefined) context.skip();
  expect(protocolDifferences(OURS, files!)).toEqual([]);
  const altered = clone(FileDescriptorProtoSchema, OURS);
  const [plan] = altered.messageType.filter(({ name }) => name === 'Plan');
  plan!.field[0]!.number = 3;
  expect(protocolDifferences(altered, files!)).toEqual(['spark.connect.Plan.root: number is 3, not 1']);
});

it('[E9] the code is what the .proto files give', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'livetally-proto-'));
  try {
    const isMade = orSkip('buf makes code of the .proto files', () => (writeSparkProtoCode(folder), true));
    if (isMade === undefined) context.skip();
    const files = readdirSync(SPARK_PROTO_CODE);
    expect(readdirSync(folder)).toEqual(files);
    for (const file of files) {
      expect(readFileSync(join(folder, file), 'utf8')).toBe(readFileSync(join(SPARK_PROTO_CODE, file), 'utf8'));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
