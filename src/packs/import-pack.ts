import { LivetallyError } from '../error.ts';
import { germanyCohorts } from './germany-cohorts.ts';
import { germanyConstituencies } from './germany-constituencies.ts';
import type { Importer, ImportOptions } from './importer.ts';
import { openElections } from './openelections.ts';
import type { Pack } from './pack.ts';
import { isText, readTable, type SourceFile } from './source-table.ts';

/** Every kind of result file that is understood; the first that recognises a table reads it. */
const IMPORTERS: readonly Importer[] = [germanyCohorts, germanyConstituencies, openElections];

/**
 * A public result file as a pack. The format is told by the content. Throws LT_INPUT_FILE when nothing understands the
 * file or it cannot be read, LT_PACK_REFUSED when it contradicts itself, LT_USAGE when an option does not fit it.
 */
export function importPack(source: SourceFile, options: ImportOptions = {}): Pack {
  if (!isText(source)) throw notUnderstood(source);
  const table = readTable(source);
  const importer = IMPORTERS.find((candidate) => candidate.recognises(table));
  if (importer === undefined) throw notUnderstood(source);
  return importer.convert(source, table, options);
}

function notUnderstood(source: SourceFile): LivetallyError {
  const understood = IMPORTERS.map(({ describes }) => `  - ${describes}`).join('\n');
  return new LivetallyError(
    'LT_INPUT_FILE',
    `${source.name}: no importer understands it. Understood are:\n${understood}`,
    {
      next: 'Save a spreadsheet as CSV, or retrieve one of these files from its publisher.',
    },
  );
}
