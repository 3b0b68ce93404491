import { originOf } from './importer.ts';
import type { PackOrigin } from './pack.ts';
import type { SourceFile } from './source-table.ts';

const PUBLISHER =
  'Die Bundeswahlleiterin, Statistisches Bundesamt (Destatis), 2025: election to the 21st German Bundestag, 23 February 2025';
const LICENCE =
  'Datenlizenz Deutschland – Namensnennung – Version 2.0 (dl-de/by-2-0), https://www.govdata.de/dl-de/by-2-0';
const INVALID_NOTE =
  'Invalid votes, which the source counts blank or spoilt, are lists that name two parties: they are the rejected.';

/** `notes` are those of one kind of file. */
export function germanOrigin(source: SourceFile, electionId: string, notes: readonly string[] = []): PackOrigin {
  return originOf(source, electionId, { source: PUBLISHER, licence: LICENCE, notes: [INVALID_NOTE, ...notes] });
}
