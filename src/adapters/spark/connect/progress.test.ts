import { expect, it } from 'vitest';
import { readProgress } from './progress.ts';

/** As a server of Spark 4.2.0 sends it, less what is not read. */
const SOURCE = {
  description: 'KafkaV2[Subscribe[ballots]]',
  startOffset: '{"ballots":{"0":10,"1":20}}',
  endOffset: '{"ballots":{"0":347,"1":303}}',
  latestOffset: '{"ballots":{"0":347,"1":303}}',
  numInputRows: 620,
  inputRowsPerSecond: 100.5,
  processedRowsPerSecond: 200.25,
  metrics: {},
};
const PROGRESS = {
  id: '8ddbe1cc-6cd5-4bb8-a666-be5bb2955a2a',
  runId: '578a098e-cde2-4fc7-86d5-893594955dec',
  name: 'count',
  timestamp: '2026-11-25T12:49:08.960Z',
  batchId: 7,
  batchDuration: 117,
  durationMs: { triggerExecution: 117, addBatch: 50 },
  eventTime: {},
  stateOperators: [{ operatorName: 'dedupe', numRowsTotal: 12, memoryUsedBytes: 3400, numRowsUpdated: 1 }],
  sources: [SOURCE],
  sink: { description: 'KafkaTable', numOutputRows: -1 },
};

it('[E9] progress is read as Spark says it over Spark Connect: rows by source, offsets as JSON in JSON', () => {
  expect(readProgress(JSON.stringify(PROGRESS))).toEqual({
    batchId: 7,
    timestamp: '2026-11-25T12:49:08.960Z',
    durationMs: { triggerExecution: 117, addBatch: 50 },
    numInputRows: 620,
    inputRowsPerSecond: 100.5,
    processedRowsPerSecond: 200.25,
    stateOperators: [{ numRowsTotal: 12, memoryUsedBytes: 3400 }],
    sources: [
      {
        description: 'KafkaV2[Subscribe[ballots]]',
        numInputRows: 620,
        inputRowsPerSecond: 100.5,
        processedRowsPerSecond: 200.25,
        endOffset: { ballots: { 0: 347, 1: 303 } },
      },
    ],
  });
});

it('[E9] progress of several sources is added up; what a source does not know stays unknown', () => {
  const { inputRowsPerSecond: _one, processedRowsPerSecond: _other, ...first } = SOURCE;
  const rate = { ...SOURCE, endOffset: '7', numInputRows: 5 };
  expect(readProgress(JSON.stringify({ ...PROGRESS, sources: [first, rate] }))).toMatchObject({
    numInputRows: 625,
    inputRowsPerSecond: 100.5,
    sources: [{}, { endOffset: undefined }],
  });
  expect(readProgress(JSON.stringify({ ...PROGRESS, sources: [first] }))).toMatchObject({
    inputRowsPerSecond: undefined,
    processedRowsPerSecond: undefined,
  });
});

it.each(['', '[]', '{}', JSON.stringify({ ...PROGRESS, batchId: '7' })])('[E9] %j is no progress', (json) => {
  expect(readProgress(json)).toBeUndefined();
});
