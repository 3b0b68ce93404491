import { expect, it } from 'vitest';
import { asTyped } from './as-typed.ts';

const CLONE = { npm_package_name: 'livetally', npm_lifecycle_event: 'livetally' };

it('[C14] in a clone commands are shown as they have to be typed there', () => {
  const text = 'Run `livetally tally` first.\nCount them: livetally tally\n  livetally vote --rate 5';
  const inClone =
    'Run `npm run -s livetally -- tally` first.\nCount them: npm run -s livetally -- tally\n  npm run -s livetally -- vote --rate 5';
  expect(asTyped(text, CLONE)).toBe(inClone);
  expect(asTyped(text, { ...CLONE, npm_lifecycle_event: 'start' })).toBe(inClone);
});

it('[C14] installed, or in a project that uses it, they stay as they are', () => {
  const text = 'Run `livetally tally` first.';
  expect(asTyped(text, {})).toBe(text);
  expect(asTyped(text, { npm_package_name: 'their-project', npm_lifecycle_event: 'start' })).toBe(text);
});

it('[C14] sentences about livetally stay as they are', () => {
  for (const text of ['The livetally at http://127.0.0.1 has it.', 'livetally-data', 'This is a fault in livetally.']) {
    expect(asTyped(text, CLONE)).toBe(text);
  }
});
