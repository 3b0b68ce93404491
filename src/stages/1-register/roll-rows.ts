import type { Election } from '../../election/election.ts';
import type { CsvFile } from './csv-rows.ts';
import { rollColumns } from './roll-columns.ts';
import { createRowReader, type RefusalReason, type RollPerson } from './roll-row.ts';

/** A row of a roll, judged by itself: whether somebody else has its number is not known here. */
export interface RollRow {
  /** As a spreadsheet counts: the header is row 1. */
  readonly row: number;
  /** As the file has it; empty when it has none. */
  readonly registrationNumber: string;
  readonly outcome: RollPerson | RefusalReason;
}

/** Rows without any text are passed over. Throws LT_INPUT_FILE for a header that is not one of a roll. */
export async function* rollRows(csv: CsvFile, election: Election, electionDay: string): AsyncGenerator<RollRow> {
  const rows = csv.rows();
  try {
    const header = await rows.next();
    const columns = rollColumns(csv.path, header.done === true ? [] : header.value, election);
    const read = createRowReader(election, electionDay, columns);
    const numberAt = columns.at('registration_number')!;
    for (let row = 2; ; row++) {
      const next = await rows.next();
      if (next.done === true) return;
      const fields = next.value;
      if (fields.every((field) => field === '')) continue;
      yield { row, registrationNumber: fields[numberAt] ?? '', outcome: read(fields) };
    }
  } finally {
    await rows.return(undefined);
  }
}
