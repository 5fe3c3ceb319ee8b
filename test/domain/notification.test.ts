import { expect, test } from 'vitest';
import { effectOfNotice } from '../../src/domain/notification.ts';

const terms = { objectionWindowDays: 10, timeZone: 'Europe/Copenhagen', rollForward: false };
const finishedAt = Temporal.Instant.from('2026-03-02T09:00:00Z');
const deadline = Temporal.Instant.from('2026-03-12T23:00:00Z');
const effect = (outcome: Parameters<typeof effectOfNotice>[0]['outcome'], printedDeadline = deadline) =>
  effectOfNotice({ outcome, finishedAt, printedDeadline }, { terms, regime: { objection: true } });

test('A notice that was accepted notifies its controller at that moment, with the deadline by that (D8, D9)', () => {
  expect(effect('accepted')).toEqual({ opening: { notifiedAt: finishedAt, deadline }, printedTooEarly: false });
});

test('A notice that may have arrived opens nothing', () => {
  expect(effect('unknown')).toEqual({ opening: null, printedTooEarly: false });
});

test('A notice that printed an earlier deadline than the one by its acceptance has told it too early (D11)', () => {
  expect(effect('accepted', deadline.subtract({ hours: 24 }))?.printedTooEarly).toBe(true);
  expect(effect('accepted', deadline.add({ hours: 24 }))?.printedTooEarly).toBe(false);
});

test.each(['retry', 'failed', 'deferred'] as const)('A notice with the outcome %s has reached nobody', (outcome) => {
  expect(effect(outcome)).toBeNull();
});

test('A notice of a change without time to object notifies, and gives no deadline that it could have printed too early (D40)', () => {
  const informed = effectOfNotice(
    { outcome: 'accepted', finishedAt, printedDeadline: null },
    { terms, regime: { objection: false } },
  );
  expect(informed).toEqual({ opening: { notifiedAt: finishedAt, deadline: null }, printedTooEarly: false });
});
