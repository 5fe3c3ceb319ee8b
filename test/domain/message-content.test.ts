import { expect, test } from 'vitest';
import { contentOf, type RecordedFacts } from '../../src/domain/message-content.ts';
import { MESSAGE_KINDS } from '../../src/domain/message.ts';
import { activated, anObjection, aReplacement, factsFor } from '../mail/example-facts.ts';

const deadline = Temporal.Instant.from('2026-12-03T23:00:00Z');
const lacking = (kind: RecordedFacts['kind'], overrides: Partial<RecordedFacts>) => () =>
  contentOf({ ...factsFor(kind), ...overrides });

test.each(['notice', 'reminder', 'deadline-moved'] as const)('A %s is not written without its deadline', (kind) => {
  expect(lacking(kind, { deadline: null })).toThrow(/without its deadline/);
});

test('A moved deadline is not told without an earlier one that was told before (D11)', () => {
  for (const toldDeadline of [null, deadline, deadline.add({ hours: 1 })]) {
    expect(lacking('deadline-moved', { deadline, toldDeadline })).toThrow(/without its earlier deadline/);
  }
});

test.each(MESSAGE_KINDS.filter((kind) => /^(objection|withdrawal)-/.test(kind)))(
  'An %s is not written without its objection',
  (kind) => {
    expect(lacking(kind, { objection: null })).toThrow(/without its objection/);
  },
);

test('A rejection or resolution is not told of an objection that is pending', () => {
  expect(lacking('objection-rejected', { objection: anObjection() })).toThrow(/ground of rejection/);
  expect(lacking('objection-resolved', { objection: anObjection() })).toThrow(/resolution/);
});

test('Nothing is told of a withdrawal that nobody has asked for', () => {
  for (const kind of ['withdrawal-requested', 'withdrawal-stopped'] as const) {
    expect(lacking(kind, { objection: anObjection() })).toThrow(/without its withdrawal/);
  }
});

test('The end of a change is not told of one that has not ended so', () => {
  expect(lacking('change-activated', { change: aReplacement() })).toThrow(/day of activation/);
  expect(lacking('change-withdrawn', { change: activated(aReplacement()) })).toThrow(/day of withdrawal/);
});

test.each(MESSAGE_KINDS)('A %s has what its kind needs, and nothing of another kind', (kind) => {
  const { deadline: told, toldDeadline, objection } = contentOf({ ...factsFor(kind), kind });
  expect(told).not.toBeNull();
  expect(toldDeadline === null).toBe(kind !== 'deadline-moved');
  expect(objection === null).toBe(!/^(objection|withdrawal)-/.test(kind));
});
