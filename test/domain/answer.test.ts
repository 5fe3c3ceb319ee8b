import { expect, test } from 'vitest';
import { reasonsIn } from '../../src/domain/answer.ts';
import { MAX_REASONS_LENGTH } from '../../src/domain/objection.ts';

test('the reasons that an answer states are its text as it was received', () => {
  expect(reasonsIn({ id: 'a', text: ' Vi gør indsigelse.\n' })).toBe(' Vi gør indsigelse.\n');
  const longest = '😀'.repeat(MAX_REASONS_LENGTH);
  expect(reasonsIn({ id: 'a', text: longest })).toBe(longest);
});

test('a text that is too long for an objection says where the rest is', () => {
  const reasons = reasonsIn({ id: 'answer-1', text: '😀'.repeat(MAX_REASONS_LENGTH + 1) });
  expect([...reasons]).toHaveLength(MAX_REASONS_LENGTH);
  expect(reasons).toMatch(/answer-1\]$/);
});
