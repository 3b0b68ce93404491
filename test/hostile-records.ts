/** A record of `ballots` that somebody wrote to do harm, or by mistake. */
export interface HostileRecord {
  readonly what: string;
  readonly value: Buffer;
  /** How many of its lines are ballots like any other. */
  readonly ballots: number;
  /** How many are not in canonical form. */
  readonly broken: number;
}

/** `serial` gives a serial of place `n1` and cohort `18-64|f` that has no ballot yet, each once. */
export function hostileRecords(serial: () => number): HostileRecord[] {
  const head = (): string => `{"serial":${serial()},"place":"n1","cohort":"18-64|f","choices":`;
  const ballot = (): string => `${head()}{"mayor":["ann"]}}`;
  // Whatever it breaks must not break its neighbours.
  const broken = (what: string, ...parts: readonly (string | Buffer)[]): HostileRecord => ({
    what,
    value: bytesOf(`${ballot()}\n`, ...parts, `\n${ballot()}\n`),
    ballots: 2,
    broken: 1,
  });
  const good = (what: string, line: string): HostileRecord => ({
    what,
    value: bytesOf(line, '\n'),
    ballots: 1,
    broken: 0,
  });
  const odd = (bytes: readonly number[]): HostileRecord[] => {
    const some = Buffer.from(bytes);
    const what = some.toString('hex');
    return [
      broken(`${what} at the start`, some, ballot()),
      broken(`${what} at the end`, ballot(), some),
      broken(`${what} between`, head(), some, '{"mayor":["ann"]}}'),
      broken(`${what} in a name`, head(), '{"mayor":["a', some, 'nn"]}}'),
    ];
  };
  return [
    broken('5,000 names', `${head()}{"mayor":[${'"ann",'.repeat(4999)}"ann"]}}`),
    broken('3,000 contests', `${head()}{${Array.from({ length: 3000 }, (_, at) => `"c${at}":[]`).join(',')}}}`),
    broken('20,000 nested objects', `${head()}${'{"a":'.repeat(20_000)}${'}'.repeat(20_001)}`),
    broken('50,000 brackets', `${head()}{"mayor":${'['.repeat(50_000)}`),
    broken('a number of 4,000 digits', `{"serial":${'1'.repeat(4000)},"place":"n1","cohort":"18-64|f","choices":{}}`),
    broken('8 MB', 'x'.repeat(8_000_000)),
    broken('8 MB of quotes', '"'.repeat(8_000_000)),
    broken('4,097 bytes', ballotOf(4097, head())),
    broken('a contest twice', `${head()}{"mayor":["ann"],"mayor":["bob"]}}`),
    broken('a contest twice, apart', `${head()}{"mayor":["ann"],"parks":[],"mayor":["ann"]}}`),
    broken('a foreign contest twice', `${head()}{"zed":[],"mayor":["ann"],"zed":[]}}`),
    broken('a serial past the last', '{"serial":4294967296,"place":"n1","cohort":"18-64|f","choices":{}}'),
    broken('a serial of 11 digits', '{"serial":10000000000,"place":"n1","cohort":"18-64|f","choices":{}}'),
    broken('a serial below 0', '{"serial":-1,"place":"n1","cohort":"18-64|f","choices":{}}'),
    broken('a serial with a fraction', '{"serial":1.0,"place":"n1","cohort":"18-64|f","choices":{}}'),
    broken('a serial with a power', '{"serial":1e1,"place":"n1","cohort":"18-64|f","choices":{}}'),
    broken('null', `${head()}null}`),
    broken('no name but null', `${head()}{"mayor":[null]}}`),
    broken('single quotes', ballot().replaceAll('"', "'")),
    broken('a comment', `${ballot()}/* */`),
    broken('two ballots', ballot() + ballot()),
    broken('an id of 65 letters', `${head()}{"${'x'.repeat(65)}":[]}}`),
    broken('an id of none', `${head()}{"":[]}}`),
    broken('an escaped quote', `${head()}{"may\\"or":[]}}`),
    broken('a name with an accent', `${head()}{"mayor":["añn"]}}`),
    broken('a name in an emoji', `${head()}{"mayor":["🗳"]}}`),
    ...[
      [0x00],
      [0x0d],
      [0x0b],
      [0x0c],
      [0x1c],
      [0x20],
      [0x7f],
      [0xc2, 0x85],
      [0xe2, 0x80, 0xa8],
      [0xe2, 0x80, 0xa9],
      [0xef, 0xbb, 0xbf],
      [0x80], // a continuation of nothing
      [0xbf, 0xbf],
      [0xc0, 0x8a], // line feeds, overlong
      [0xe0, 0x80, 0x8a],
      [0xf0, 0x80, 0x80, 0x8a],
      [0xc3], // letters cut off
      [0xe2, 0x82],
      [0xf0, 0x9f, 0x98],
      [0xed, 0xa0, 0x80], // half a surrogate pair
      [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
      [0xf4, 0x90, 0x80, 0x80], // beyond Unicode
      [0xfe, 0xff],
      [0xff],
    ].flatMap(odd),
    { what: 'an empty record', value: Buffer.alloc(0), ballots: 0, broken: 0 },
    { what: 'a line feed', value: Buffer.from('\n'), ballots: 0, broken: 1 },
    { what: '900,000 line feeds', value: Buffer.alloc(900_000, '\n'), ballots: 0, broken: 900_000 },
    { what: 'a ballot without a line feed', value: Buffer.from(ballot()), ballots: 1, broken: 0 },
    { what: 'an empty line behind a ballot', value: Buffer.from(`${ballot()}\n\n`), ballots: 1, broken: 1 },
    { what: 'a ballot behind an empty line', value: Buffer.from(`\n${ballot()}`), ballots: 1, broken: 1 },
    good('4,096 bytes', ballotOf(4096, head())),
    good(
      'names like those of objects',
      `${head()}{"__proto__":["constructor"],"mayor":["ann"],"toString":[],"1":["2"]}}`,
    ),
    good('names like numbers', `${head()}{"2":[],"1":[],"mayor":["ann"],"0":["1","1"],"00":[]}}`),
    good('signs of regular expressions', `${head()}{".+":["|","-.."],"mayor":["ann"]}}`),
    good('ids of 64 letters', `${head()}{"${'x'.repeat(64)}":["${'y'.repeat(64)}"],"mayor":["ann"]}}`),
  ];
}

function bytesOf(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

/** A ballot of so many bytes, by names of candidates that nobody knows in a contest that nobody knows. */
function ballotOf(bytes: number, head: string): string {
  const start = `${head}{"mayor":["ann"],"zed":[`;
  const end = ']}}';
  const full = `"${'x'.repeat(60)}",`;
  const left = bytes - start.length - end.length;
  const many = Math.floor((left - '"y"'.length) / full.length);
  return `${start}${full.repeat(many)}"${'y'.repeat(left - many * full.length - '""'.length)}"${end}`;
}
