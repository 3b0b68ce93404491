import { expect, it } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

const KEYS = ['contests', 'candidates', 'colour', 'places', 'place', 'k'];

it.each([
  ['contets', 'contests'],
  ['canddiates', 'candidates'],
  ['color', 'colour'],
  ['Place', 'place'],
  ['plcaes', 'places'],
  ['K', 'k'],
  ['banana', undefined],
  ['x', undefined],
  ['', undefined],
])('[F3] %s is %s', (word, meant) => {
  expect(didYouMean(word, KEYS)).toBe(meant);
});
