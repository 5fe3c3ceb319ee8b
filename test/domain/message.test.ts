import { describe, expect, test } from 'vitest';
import { isMoot, MESSAGE_KINDS, statesDeadline, type MootnessFacts } from '../../src/domain/message.ts';

const now = Temporal.Instant.from('2026-11-27T12:00:00Z');
const later = now.add({ hours: 72 });
const INFORM = { objection: false, approval: false };
const ended = (status: 'activated' | 'withdrawn', regime = { objection: true, approval: false }) => ({
  status,
  regime,
});
const facts = (given: Partial<MootnessFacts>): MootnessFacts => ({
  kind: 'notice',
  change: { status: 'announced', regime: { objection: true, approval: false } },
  hasWindow: true,
  deadline: later,
  answerBy: null,
  ...given,
});
const telling = MESSAGE_KINDS.filter(statesDeadline);
const others = MESSAGE_KINDS.filter((kind) => !statesDeadline(kind) && kind !== 'approval-reminder');

test('Notices, reminders and moved deadlines tell a deadline, and nothing else does', () => {
  expect(telling).toEqual(['notice', 'late-notice', 'reminder', 'deadline-moved']);
});

describe('A queued message', () => {
  test.each(telling)('that is a %s is sent while its change is announced and its controller counts', (kind) => {
    expect(isMoot(facts({ kind }), now)).toBe(false);
  });

  test.each(telling)('that is a %s is moot once its change has ended (D24)', (kind) => {
    expect(isMoot(facts({ kind, change: ended('withdrawn') }), now)).toBe(true);
    expect(isMoot(facts({ kind, change: ended('activated') }), now)).toBe(true);
  });

  test.each(telling)('that is a %s is moot once its controller has left (D7)', (kind) => {
    expect(isMoot(facts({ kind, hasWindow: false }), now)).toBe(true);
  });

  test.each(telling)('that is a %s is moot when there is no deadline to tell (D11, D12)', (kind) => {
    expect(isMoot(facts({ kind, deadline: null }), now)).toBe(true);
  });

  test('that is a reminder is moot at the exclusive deadline, not a moment before it', () => {
    expect(isMoot(facts({ kind: 'reminder', deadline: now }), now)).toBe(true);
    expect(isMoot(facts({ kind: 'reminder', deadline: now.add({ milliseconds: 1 }) }), now)).toBe(false);
  });

  test('that is a notice or tells a moved deadline is sent after that deadline, too', () => {
    expect(isMoot(facts({ kind: 'notice', deadline: now }), now)).toBe(false);
    expect(isMoot(facts({ kind: 'deadline-moved', deadline: now }), now)).toBe(false);
  });

  test('that is a notice of a change without time to object needs no deadline (D40)', () => {
    const asking = { status: 'announced', regime: { objection: false, approval: true } } as const;
    const noDeadline = { deadline: null, answerBy: later };
    expect(isMoot(facts({ ...noDeadline, change: asking }), now)).toBe(false);
    expect(isMoot(facts({ ...noDeadline, change: { ...asking, status: 'activated' } }), now)).toBe(true);
    expect(isMoot(facts({ ...noDeadline, change: asking, hasWindow: false }), now)).toBe(true);
  });

  test('that is a notice of a change that only informs goes out also after its activation, and not after a withdrawal (D40)', () => {
    const informing = { deadline: null, answerBy: null };
    expect(isMoot(facts({ ...informing, change: ended('activated', INFORM) }), now)).toBe(false);
    expect(isMoot(facts({ ...informing, change: ended('withdrawn', INFORM) }), now)).toBe(true);
  });

  test('that reminds of an answer is moot at its exclusive end, and when its controller is not notified any more', () => {
    const reminder = { kind: 'approval-reminder', deadline: null } as const;
    expect(isMoot(facts({ ...reminder, answerBy: now.add({ milliseconds: 1 }) }), now)).toBe(false);
    expect(isMoot(facts({ ...reminder, answerBy: now }), now)).toBe(true);
    expect(isMoot(facts({ ...reminder, answerBy: null }), now)).toBe(true);
    expect(isMoot(facts({ ...reminder, answerBy: later, change: ended('activated') }), now)).toBe(true);
  });

  test.each(others)('that is a %s is never moot: it tells what has happened', (kind) => {
    expect(isMoot(facts({ kind, change: ended('withdrawn'), hasWindow: false, deadline: null }), now)).toBe(false);
  });
});
