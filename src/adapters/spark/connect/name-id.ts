import { createHash } from 'node:crypto';

/** Of livetally's sessions; a random UUID that never changes. */
const NAMESPACE = '7f1c1f0e-3a0d-4a52-9c0b-6f6a8b1f2d45';

/** The same UUID for the same name, for ever: version 5 of RFC 9562. */
export function nameId(name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
