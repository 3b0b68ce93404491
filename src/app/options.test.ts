import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LivetallyError } from '../error.ts';
import { attributeOf, OPTIONS, readValues, type OptionName } from './options.ts';

const TAKES = { name: 'start', options: ['port', 'turnout', 'noDatabase', 'seed', 'what', 'to'] } as const;

describe('[C5] a flag beats the environment, the environment beats the default', () => {
  it('each in turn', () => {
    expect(readValues(TAKES, {}, {}).port).toBe(8501);
    expect(readValues(TAKES, {}, { LIVETALLY_PORT: '9000' }).port).toBe(9000);
    expect(readValues(TAKES, { port: '9001' }, { LIVETALLY_PORT: '9000' }).port).toBe(9001);
  });

  it('set to nothing is not set', () => {
    expect(readValues(TAKES, {}, { LIVETALLY_PORT: '', LIVETALLY_SEED: '' })).toMatchObject({
      port: 8501,
      seed: 'livetally',
    });
  });

  it('nobody gave one, and there is no default: undefined', () => {
    expect(readValues(TAKES, {}, {})).toMatchObject({ turnout: undefined, noDatabase: undefined, to: undefined });
    expect(readValues(TAKES, { noDatabase: true }, {}).noDatabase).toBe(true);
  });
});

describe('[C4] a value that does not fit', () => {
  const refusal = (given: Record<string, unknown>, environment: NodeJS.ProcessEnv = {}): LivetallyError => {
    try {
      readValues(TAKES, given, environment);
    } catch (error) {
      return error as LivetallyError;
    }
    return expect.unreachable();
  };

  it('is named with where it came from and what it must be', () => {
    expect(refusal({ port: '70000' }).message).toBe(
      '--port 70000 does not fit: it must be a whole number from 0 to 65,535.',
    );
    expect(refusal({}, { LIVETALLY_PORT: 'x' }).message).toMatch(/^LIVETALLY_PORT=x does not fit/);
    expect(refusal({ turnout: '62 %' }).message).toContain('such as 0.62 for 62 %');
    expect(refusal({ what: 'all' })).toMatchObject({
      code: 'LT_USAGE',
      next: 'What it means: `livetally start --help`',
    });
  });

  it('whatever is given, a number comes out within its limits, or a refusal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String)), (given) => {
        const port = OPTIONS.port.read(given);
        expect(typeof port === 'object' || (Number.isInteger(port) && port >= 0 && port <= 65_535)).toBe(true);
        const turnout = OPTIONS.turnout.read(given);
        expect(typeof turnout === 'object' || (turnout >= 0 && turnout <= 1)).toBe(true);
      }),
    );
  });
});

it('[C5] options that share a flag never meet in one command, and defaults fit their own rules', () => {
  for (const [name, option] of Object.entries(OPTIONS) as [OptionName, (typeof OPTIONS)[OptionName]][]) {
    if (option.byDefault !== undefined) expect(option.read(option.byDefault), name).not.toHaveProperty('unfit');
    expect(attributeOf(option)).toMatch(/^[a-z][A-Za-z]*$/);
  }
});
