import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LivetallyError } from '../error.ts';
import { reportFailure } from './failure.ts';

let said: string;

beforeEach(() => {
  said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((said += String(text)), true));
});
afterEach(() => void vi.restoreAllMocks());

const LOCKED = new LivetallyError('LT_DATA_LOCKED', 'Somebody has it.', { next: 'Ask `livetally status`.' });

describe('[C3] a failure is told', () => {
  it('in words: cause, next step, code', () => {
    expect(reportFailure(LOCKED, false)).toBe(5);
    expect(said).toBe('Somebody has it.\nAsk `livetally status`.\n(LT_DATA_LOCKED, exit code 5)\n');
  });

  it('[C2] in JSON: one value', () => {
    expect(reportFailure(LOCKED, true)).toBe(5);
    const { code, message, next } = LOCKED;
    expect(JSON.parse(said)).toEqual({ code, exitCode: 5, message, next });
  });

  it('of the system, as what it means', () => {
    const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'write', path: '/x/y' });
    expect(reportFailure(full, false)).toBe(4);
    expect(said).toMatch(/^\/x\/y cannot be used: the disk is full\.\nFree some space/);
    said = '';
    try {
      writeFileSync('/no/such/folder/file', '');
    } catch (error) {
      expect(reportFailure(error, true)).toBe(4);
    }
    expect(JSON.parse(said)).toMatchObject({ code: 'LT_FILE', exitCode: 4 });
  });

  it('that nobody foresaw: as a fault, with its stack', () => {
    expect(reportFailure(new TypeError('x is not a function'), false)).toBe(1);
    expect(said).toMatch(/x is not a function\n {4}at /);
    expect(said).toContain('Please report it');
    said = '';
    expect(reportFailure('a string', true)).toBe(1);
    expect(JSON.parse(said)).toMatchObject({ code: 'LT_FAULT', exitCode: 1, message: 'a string' });
  });
});
