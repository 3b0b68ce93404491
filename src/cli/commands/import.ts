import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LivetallyError } from '../../error.ts';
import { importPack } from '../../packs/import-pack.ts';
import { writePack } from '../../packs/pack-folder.ts';
import { totalBallots } from '../../packs/pack.ts';
import { command, type Command } from '../command.ts';
import { figure } from '../results-text.ts';

export const importCommand: Command = command({
  name: 'import',
  argument: '<file>',
  summary: 'turn a public result file into a pack to replay',
  description: `Reads a result file as its publisher gives it (German federal statistics by Land, age and sex; German constituencies;
OpenElections precincts), checks that its figures add up, and writes a pack: election file, ballots as counts, expected results, source and
licence. A file that contradicts itself is refused.`,
  examples: [
    'livetally import germany-2025-party-by-land-age-sex.csv --land HB',
    'livetally import vermont.csv --out packs/vermont',
  ],
  options: ['land', 'out', 'json'],
  async run({ argument = '', values, terminal }) {
    const bytes = await readFile(argument).catch((cause: unknown) => {
      throw new LivetallyError('LT_INPUT_FILE', `The file ${argument} cannot be read.`, {
        next: 'Check the path.',
        cause,
      });
    });
    const pack = importPack(
      { name: basename(argument), bytes },
      values.land === undefined ? {} : { land: values.land },
    );
    const folder = values.out ?? join('packs', pack.election.id);
    await writePack(pack, folder);
    const ballots = totalBallots(pack);
    terminal.result(
      { folder, election: pack.election.id, ballots },
      `${pack.election.title}: ${figure(ballots)} ballots. Replay them: livetally replay ${folder}`,
    );
  },
});
