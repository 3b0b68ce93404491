import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LivetallyError } from '../../error.ts';
import { importPack } from '../../packs/import-pack.ts';
import { writePack } from '../../packs/pack-folder.ts';
import { totalBallots } from '../../packs/pack.ts';
import { command, type Command } from '../command.ts';
import { figure } from '../figures-text.ts';

export const importCommand: Command = command({
  name: 'import',
  argument: { term: '<file>', help: 'a result file, as its publisher gives it' },
  summary: 'turn a public result file into a pack to replay',
  description: `Reads a result file (German federal statistics by Land, age and sex; German constituencies; OpenElections precincts), checks
that its figures add up, and writes a pack: election file, ballots as counts, expected results, source and licence. A file that
contradicts itself is refused, and nothing is written.`,
  examples: [
    'livetally import germany-2025-party-by-land-age-sex.csv --land HB --out packs/bremen',
    'livetally import vermont-2020-general-precinct.csv --out packs/vermont',
  ],
  options: ['land', 'out', 'json'],
  async run({ argument = '', values, terminal }) {
    const bytes = await bytesOf(argument);
    const options = values.land === undefined ? {} : { land: values.land };
    const pack = importPack({ name: basename(argument), bytes }, options);
    const folder = values.out ?? join('packs', pack.election.id);
    await writePack(pack, folder);
    const ballots = totalBallots(pack);
    const { licence, notes } = pack.origin;
    terminal.result(
      { folder, election: pack.election.id, ballots, licence, notes },
      [
        `${pack.election.title}: ${figure(ballots)} ballots`,
        `Licence: ${licence}`,
        ...notes.map((note) => `- ${note}`),
        `Replay it: livetally replay ${folder}`,
      ].join('\n'),
    );
  },
});

async function bytesOf(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'is not there' : `cannot be read (${cause.code ?? cause.message})`;
    throw new LivetallyError('LT_INPUT_FILE', `The file ${file} ${why}.`, { next: 'Check the path.', cause });
  });
}
