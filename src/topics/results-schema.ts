import { z } from 'zod';
import type { InvalidReason, Outcome } from '../election/ballot.ts';
import type { RejectedReason } from '../election/methods/method.ts';
import type { ContestReport, ContestRow, Equality, TurnoutBreakdown } from '../election/report.ts';
import { idSchema } from './id-schema.ts';
import type { ContestRecord, ReportKey, SummaryCounts, SummaryRecord } from './results.ts';
import type { ShapeOf } from './shape-of.ts';

/** The two kinds of records in `results`: what `docs/schemas/results.schema.json` is made of. */
const ballots = z.int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const position = z.string().regex(/^events:\d+( \d+:\d+)+$/);
const breakdownKey = z.string().min(1).describe('What is counted apart: `place`, `cohort`, `place/age` …');
const breakdownValue = z.string().min(1).describe('Its value: `US-CA`, `25-34|f`, `US-CA/25-34` …');

const rejected = z
  .strictObject({
    overvote: ballots.exactOptional().describe('More names than the method allows.'),
    'unknown-name': ballots.exactOptional().describe('A name that does not stand in the contest.'),
    'name-twice': ballots.exactOptional().describe('The same name more than once.'),
  } satisfies ShapeOf<Partial<Record<RejectedReason, number>>>)
  .describe('Counted ballots whose choice in this contest is void, by reason; reasons that did not occur are absent.');

const row = {
  counted: ballots.describe('Counted ballots: valid + blank + rejected.'),
  valid: ballots.describe('Ballots with a valid choice in this contest.'),
  blank: ballots.describe('Ballots that leave this contest out.'),
  rejected,
  votes: z.array(ballots.describe('Votes of one candidate.')).describe("In the order of the contest's candidates."),
} satisfies ShapeOf<ContestRow>;

const contest = z
  .strictObject({
    id: idSchema.describe('The contest; also the key of the record.'),
    method: z.string().describe('How votes are counted: `plurality` or `approval`.'),
    ...row,
    breakdowns: z
      .array(
        z
          .strictObject({
            key: breakdownKey,
            rows: z
              .array(z.strictObject({ ...row, value: breakdownValue }).describe('The contest among these ballots.'))
              .describe('Every value, also those without ballots.'),
          })
          .describe('The same counts, apart.'),
      )
      .describe('In the order of the election.'),
  } satisfies ShapeOf<ContestReport>)
  .describe('All of the contest at this position.');

const reportKey = z
  .strictObject({
    hash: hash.describe('The hash of the whole report, as in its summary.'),
    position: position.describe('The position of the report, as in its summary.'),
  } satisfies ShapeOf<ReportKey>)
  .describe('To which report the record belongs: it is whole when all its records say the same.');

const contestRecord: z.ZodType<ContestRecord> = z
  .strictObject({ report: reportKey, contest } satisfies ShapeOf<ContestRecord>)
  .meta({ id: 'contest', title: 'contest', description: 'One contest of a report. Key: the id of the contest.' });

const turnout = z
  .strictObject({
    key: breakdownKey,
    rows: z
      .array(
        z
          .strictObject({
            value: breakdownValue,
            eligible: z.int().min(0).describe('Serials issued.'),
            counted: ballots.describe('Counted ballots.'),
          })
          .describe('One value.'),
      )
      .describe('Every value, also those without ballots.'),
  } satisfies ShapeOf<TurnoutBreakdown>)
  .describe('One breakdown.');

const counts = z
  .strictObject({
    eligible: z.int().min(0).describe('Serials issued.'),
    lines: z.int().min(0).describe('Ballot lines read.'),
    outcomes: z
      .strictObject({
        counted: ballots.describe('The first ballot of a serial.'),
        repeat: ballots.describe('A serial that was counted before, whatever the line says.'),
        invalid: ballots.describe('No ballot of this election; why is in `invalid`.'),
        late: ballots.describe('At or after the close.'),
        excluded: ballots.describe('Taken out by an event `excluded`.'),
      } satisfies ShapeOf<Record<Outcome, number>>)
      .describe('What became of every line.'),
    invalid: z
      .strictObject({
        form: ballots.describe('Not in canonical form.'),
        partition: ballots.describe('Not in the partition of its serial.'),
        unissued: ballots.describe('A serial that nobody was given.'),
        unit: ballots.describe("Place and cohort are not the serial's."),
      } satisfies ShapeOf<Record<InvalidReason, number>>)
      .describe('Invalid lines by reason.'),
    spent: z.int().min(0).describe('Serials with a counted ballot.'),
    strays: z.int().min(0).describe('Choices on counted ballots in contests that the election does not have.'),
    turnout: z.array(turnout).describe('In the order of the election.'),
  } satisfies ShapeOf<SummaryCounts>)
  .describe('The counts that are of no contest. Numbers are lines, ballots or serials.');

const equality = z
  .strictObject({
    name: z.string().describe('Such as `lines = counted + repeat + invalid + late + excluded`.'),
    left: z.number().describe('Its left side.'),
    right: z.number().describe('Its right side; equal, or the report was withheld.'),
  } satisfies ShapeOf<Equality>)
  .describe('An equality that the report was held to.');

const summaryRecord: z.ZodType<SummaryRecord> = z
  .strictObject({
    election: z.string().describe('The id of the election.'),
    definition: z.string().describe('The `hash` of the event `defined`.'),
    status: z
      .enum(['pre-election', 'unofficial-partial', 'unofficial-complete'])
      .describe('Not open yet; being counted; closed, and every ballot up to the close counted.'),
    position: position.describe(
      'How far each partition was read: offsets of the next record, `events:12 0:301 1:298`.',
    ),
    run: z.string().describe('The engine that counted: `in-process`, or the id of a run of a cluster.'),
    provisional: z
      .boolean()
      .describe(
        'The count of a cluster that follows the log: it judges late issues and ballots only once the polls are closed.',
      ),
    at: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
      .describe('When the report was made, ISO, in UTC.'),
    counts,
    equalities: z.array(equality).describe('All that were checked.'),
    hash: hash.describe('SHA-256 of all counts, those of the contests included; equal counts have equal hashes.'),
    contests: z
      .array(idSchema.describe('The key of the record that has the contest.'))
      .describe('The contests of the report, in the order of the election.'),
  } satisfies ShapeOf<SummaryRecord>)
  .meta({ id: 'summary', title: 'summary', description: 'The end of a report. Key: `*`.' });

export const resultSchema: z.ZodType<ContestRecord | SummaryRecord> = z
  .union([contestRecord, summaryRecord])
  .describe('A report is one record a contest, then its summary; compacted by key, the topic holds the newest whole.');
