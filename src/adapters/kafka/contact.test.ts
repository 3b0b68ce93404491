import { expect, it } from 'vitest';
import { createContact } from './contact.ts';

it('[L8] trouble is what lasts: told after a moment without an answer, and gone with the first one', () => {
  let now = 0;
  const contact = createContact(() => now);
  expect(contact.trouble()).toBe(undefined);
  contact.failed('It is away.');
  now += 1000;
  contact.failed('It is still away.');
  expect(contact.trouble()).toBe(undefined);
  now += 500;
  expect(contact.trouble()).toBe('It is still away.');
  contact.answered();
  expect(contact.trouble()).toBe(undefined);
  contact.failed('It is away again.');
  expect(contact.trouble()).toBe(undefined);
});
