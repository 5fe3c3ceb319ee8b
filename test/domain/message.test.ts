import { describe, expect, test } from 'vitest';
import { isMoot, MESSAGE_KINDS, statesDeadline, type MootnessFacts } from '../../src/domain/message.ts';

const now = Temporal.Instant.from('2026-11-27T12:00:00Z');
const later = now.add({ hours: 72 });
const facts = (given: Partial<MootnessFacts>): MootnessFacts => ({
  kind: 'notice',
  changeStatus: 'announced',
  hasWindow: true,
  deadline: later,
  ...given,
});
const telling = MESSAGE_KINDS.filter(statesDeadline);
const others = MESSAGE_KINDS.filter((kind) => !statesDeadline(kind));

test('Notices, reminders and moved deadlines tell a deadline, and nothing else does', () => {
  expect(telling).toEqual(['notice', 'late-notice', 'reminder', 'deadline-moved']);
});

describe('A queued message', () => {
  test.each(telling)('that is a %s is sent while its change is announced and its controller counts', (kind) => {
    expect(isMoot(facts({ kind }), now)).toBe(false);
  });

  test.each(telling)('that is a %s is moot once its change has ended (D24)', (kind) => {
    expect(isMoot(facts({ kind, changeStatus: 'withdrawn' }), now)).toBe(true);
    expect(isMoot(facts({ kind, changeStatus: 'activated' }), now)).toBe(true);
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

  test.each(others)('that is a %s is never moot: it tells what has happened', (kind) => {
    expect(isMoot({ kind, changeStatus: 'withdrawn', hasWindow: false, deadline: null }, now)).toBe(false);
  });
});
