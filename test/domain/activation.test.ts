import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  blockersOf,
  earliestActivation,
  LISTED_IN_BLOCKER,
  settlingTime,
  shownOnly,
  type ActivationFacts,
} from '../../src/domain/activation.ts';
import { instantText } from '../../src/domain/instant.ts';

const instant = (text: string) => Temporal.Instant.from(text);
const NOW = instant('2026-04-10T08:00:00Z');
const OBJECTION = { objection: true, approval: false };
const APPROVAL = { objection: false, approval: true };
const BOTH = { objection: true, approval: true };
const INFORM = { objection: false, approval: false };

/** A change that nothing blocks at NOW. */
const facts = (overrides: Partial<ActivationFacts> = {}): ActivationFacts => ({
  status: 'announced',
  regime: OBJECTION,
  heldUntil: null,
  timeZone: 'Europe/Copenhagen',
  plannedActivationOn: Temporal.PlainDate.from('2026-04-01'),
  unwritten: 0,
  upstreamEffectiveOn: null,
  notNotified: { count: 0, controllers: [] },
  openWindows: 0,
  approvals: null,
  latestDeadline: instant('2026-03-30T22:00:00Z'),
  untoldContacts: { count: 0, controllers: [] },
  unreadAnswers: { count: 0, ids: [] },
  unreadMails: 0,
  countsDisagree: false,
  wordingUnconfirmed: [],
  registerChanged: [],
  pendingObjections: { count: 0, ids: [] },
  ...overrides,
});

/** Each obstacle on its own: the facts that cause it, and its blocker. */
const OBSTACLES = [
  {
    overrides: { heldUntil: instant('2026-04-10T07:59:59Z') },
    blocker: { code: 'announcement-held', heldUntil: '2026-04-10T07:59:59.000Z' },
  },
  {
    overrides: { notNotified: { count: 2, controllers: ['kunde-1', 'kunde-2'] } },
    blocker: { code: 'controllers-not-notified', count: 2, controllers: ['kunde-1', 'kunde-2'] },
  },
  {
    overrides: { openWindows: 3, latestDeadline: instant('2026-04-20T22:00:00Z') },
    blocker: { code: 'objection-windows-open', count: 3, lastDeadline: '2026-04-20T22:00:00.000Z' },
  },
  {
    overrides: { pendingObjections: { count: 1, ids: ['objection-1'] } },
    blocker: { code: 'objections-pending', count: 1, objections: ['objection-1'] },
  },
  {
    overrides: { unreadAnswers: { count: 2, ids: ['answer-1', 'answer-2'] } },
    blocker: { code: 'answers-unread', count: 2, answers: ['answer-1', 'answer-2'] },
  },
  { overrides: { unreadMails: 3 }, blocker: { code: 'mails-being-read', count: 3 } },
  { overrides: { countsDisagree: true }, blocker: { code: 'counts-disagree' } },
  {
    overrides: { plannedActivationOn: Temporal.PlainDate.from('2026-04-11') },
    blocker: { code: 'planned-date-not-reached', plannedActivationOn: '2026-04-11' },
  },
  {
    overrides: { upstreamEffectiveOn: Temporal.PlainDate.from('2026-04-11') },
    blocker: { code: 'upstream-not-effective', effectiveOn: '2026-04-11' },
  },
];
const COMBINATIONS = Array.from({ length: 2 ** OBSTACLES.length }, (_, bits) => {
  const chosen = OBSTACLES.filter((_obstacle, index) => (bits & (1 << index)) !== 0);
  return { name: chosen.map(({ blocker }) => blocker.code).join(', ') || 'nothing', chosen };
});

describe('A change (D20)', () => {
  test.each(COMBINATIONS)('blocked by $name is told exactly that, all at once', ({ chosen }) => {
    const overrides = Object.assign({}, ...chosen.map((obstacle) => obstacle.overrides)) as Partial<ActivationFacts>;
    expect(blockersOf(facts(overrides), NOW)).toEqual(chosen.map(({ blocker }) => blocker));
  });

  test.each(['activated', 'withdrawn'] as const)(
    'that is %s is told that alone, whatever else stands in the way',
    (status) => {
      const everything = Object.assign({}, ...OBSTACLES.map(({ overrides }) => overrides)) as Partial<ActivationFacts>;
      expect(blockersOf(facts({ status }), NOW)).toEqual([{ code: 'not-announced', status }]);
      expect(blockersOf(facts({ ...everything, status }), NOW)).toEqual([{ code: 'not-announced', status }]);
    },
  );

  test('of a product without controllers can be activated when its planned date has come', () => {
    const nobody = facts({ latestDeadline: null });
    expect(blockersOf(nobody, NOW)).toEqual([]);
    expect(blockersOf(nobody, instant('2026-03-31T21:59:59.999Z'))).toEqual([
      { code: 'planned-date-not-reached', plannedActivationOn: '2026-04-01' },
    ]);
  });

  test('that one controller was not told of is blocked when every other window has closed', () => {
    const one = facts({ notNotified: { count: 1, controllers: ['kunde-7'] }, latestDeadline: null });
    expect(blockersOf(one, instant('2099-01-01T00:00:00Z'))).toEqual([
      { code: 'controllers-not-notified', count: 1, controllers: ['kunde-7'] },
    ]);
  });

  test('with a pending objection is blocked for ever: nothing resolves by lapse of time (D19)', () => {
    const pending = facts({ pendingObjections: { count: 1, ids: ['objection-1'] } });
    expect(blockersOf(pending, instant('2126-01-01T00:00:00Z'))).toHaveLength(1);
  });

  test('lists at most 100 controllers and 100 objections, and counts them all', () => {
    const names = (count: number) => Array.from({ length: count }, (_, index) => `id-${index}`);
    for (const count of [99, 100, 101, 100_000]) {
      const blockers = blockersOf(
        facts({
          notNotified: { count, controllers: names(count) },
          pendingObjections: { count, ids: names(count) },
        }),
        NOW,
      );
      const listed = names(Math.min(count, 100));
      expect(blockers).toEqual([
        { code: 'controllers-not-notified', count, controllers: listed },
        { code: 'objections-pending', count, objections: listed },
      ]);
    }
    expect(LISTED_IN_BLOCKER).toBe(100);
  });

  test('is not blocked by its planned date from the first instant of that day in the product’s time zone', () => {
    for (const [timeZone, start] of [
      ['Europe/Copenhagen', '2026-03-31T22:00:00Z'],
      ['UTC', '2026-04-01T00:00:00Z'],
      ['America/New_York', '2026-04-01T04:00:00Z'],
      ['Pacific/Apia', '2026-03-31T11:00:00Z'],
    ] as const) {
      const planned = facts({ timeZone });
      const last = instant(start).subtract({ milliseconds: 1 });
      expect([timeZone, blockersOf(planned, instant(start))]).toEqual([timeZone, []]);
      expect(blockersOf(planned, last)).toMatchObject([{ code: 'planned-date-not-reached' }]);
    }
  });
});

describe('What its regime does not ask of controllers does not block a change (D40)', () => {
  const everything = Object.assign({}, ...OBSTACLES.map(({ overrides }) => overrides)) as Partial<ActivationFacts>;
  const all = facts({ ...everything, untoldContacts: { count: 1, controllers: ['kunde-3'] } });
  const codes = (regime: ActivationFacts['regime']) => blockersOf({ ...all, regime }, NOW).map(({ code }) => code);
  const shown = (regime: ActivationFacts['regime']) => shownOnly({ ...all, regime }).map(({ code }) => code);

  test('one that only informs waits for its hold and its day alone, and shows what else is open', () => {
    expect(codes(INFORM)).toEqual(['announcement-held', 'planned-date-not-reached', 'upstream-not-effective']);
    expect(shown(INFORM)).toEqual([
      'controllers-not-notified',
      'contacts-untold',
      'answers-unread',
      'mails-being-read',
    ]);
  });

  test('one that needs approval alone waits for what is unread, and shows whom it has not reached', () => {
    expect(codes(APPROVAL)).toEqual([
      'announcement-held',
      'answers-unread',
      'mails-being-read',
      'counts-disagree',
      'planned-date-not-reached',
      'upstream-not-effective',
    ]);
    expect(shown(APPROVAL)).toEqual(['controllers-not-notified', 'contacts-untold']);
  });

  test('one with time to object waits for everything, and shows nothing besides', () => {
    expect(codes(BOTH)).toEqual(codes(OBJECTION));
    expect(codes(OBJECTION)).toHaveLength(OBSTACLES.length + 1);
    expect(shown(OBJECTION)).toEqual([]);
  });

  test('whoever its notice is not written for yet gets it first: that takes seconds', () => {
    for (const regime of [INFORM, APPROVAL]) {
      expect(blockersOf(facts({ regime, unwritten: 7 }), NOW)).toEqual([{ code: 'notices-being-written', count: 7 }]);
    }
  });

  test('what could not be reached is shown after the activation, too, and not after a withdrawal', () => {
    const ended = (status: ActivationFacts['status']) => shownOnly({ ...all, regime: INFORM, status });
    expect(ended('activated')).toHaveLength(4);
    expect(ended('withdrawn')).toEqual([]);
  });

  test('its earliest activation is its planned day, whoever is not reached', () => {
    const planned = facts({ ...everything, heldUntil: null, countsDisagree: false, regime: INFORM });
    expect(earliestActivation(planned)?.toString()).toBe('2026-04-10T22:00:00Z');
    expect(earliestActivation({ ...planned, regime: APPROVAL })).toBeNull();
    const read = { ...planned, regime: APPROVAL, unreadAnswers: { count: 0, ids: [] } };
    expect(earliestActivation(read)?.toString()).toBe('2026-04-10T22:00:00Z');
  });
});

describe('The earliest activation', () => {
  test('is the later of the last deadline and the start of the planned day', () => {
    expect(earliestActivation(facts())?.toString()).toBe('2026-03-31T22:00:00Z');
    const laterDeadline = facts({ latestDeadline: instant('2026-04-05T22:00:00Z') });
    expect(earliestActivation(laterDeadline)?.toString()).toBe('2026-04-05T22:00:00Z');
    expect(earliestActivation(facts({ latestDeadline: null }))?.toString()).toBe('2026-03-31T22:00:00Z');
  });

  test.each([
    ['a controller has not been notified', { notNotified: { count: 1, controllers: ['kunde-1'] } }],
    ['an objection is pending', { pendingObjections: { count: 1, ids: ['objection-1'] } }],
    ['an answer is unread', { unreadAnswers: { count: 1, ids: ['answer-1'] } }],
    ['the change is activated', { status: 'activated' }],
    ['the change is withdrawn', { status: 'withdrawn' }],
  ] satisfies [string, Partial<ActivationFacts>][])('is unknown while %s', (_name, overrides) => {
    expect(earliestActivation(facts(overrides))).toBeNull();
  });

  test('is to the millisecond the first instant at which nothing blocks', () => {
    const aDeadline = fc.integer({
      min: instant('2026-01-01T00:00Z').epochMilliseconds,
      max: instant('2026-12-31T00:00Z').epochMilliseconds,
    });
    fc.assert(
      fc.property(
        fc.array(aDeadline, { maxLength: 5 }),
        fc.integer({ min: 0, max: 364 }),
        fc.constantFrom('Europe/Copenhagen', 'UTC', 'America/New_York', 'Africa/Cairo', 'Pacific/Auckland'),
        (deadlines, dayOfYear, timeZone) => {
          const at = (now: Temporal.Instant) =>
            facts({
              timeZone,
              plannedActivationOn: Temporal.PlainDate.from('2026-01-01').add({ days: dayOfYear }),
              openWindows: deadlines.filter((deadline) => deadline > now.epochMilliseconds).length,
              latestDeadline:
                deadlines.length === 0 ? null : Temporal.Instant.fromEpochMilliseconds(Math.max(...deadlines)),
            });
          const earliest = earliestActivation(at(NOW));
          if (earliest === null) throw new Error('expected an earliest activation');
          expect(blockersOf(at(earliest), earliest)).toEqual([]);
          const justBefore = earliest.subtract({ milliseconds: 1 });
          expect(blockersOf(at(justBefore), justBefore)).not.toEqual([]);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

test('An instant is written in UTC with three decimals, as RFC 3339 has it', () => {
  expect(instantText(instant('2026-03-30T22:00:00Z'))).toBe('2026-03-30T22:00:00.000Z');
  expect(instantText(instant('2026-03-30T23:59:59.9999+02:00'))).toBe('2026-03-30T21:59:59.999Z');
});

describe('An activation waits until what arrived before the last deadline is on record (D22)', () => {
  const deadline = instant('2026-03-30T22:00:00Z');
  const waits = (sinceDeadline: Temporal.DurationLike) => settlingTime(deadline, deadline.add(sinceDeadline));

  test('for what is left of three seconds, and the two that clocks may differ by, from that deadline', () => {
    expect(waits({ seconds: 0 })).toBe(5_000);
    expect(waits({ milliseconds: 4_999 })).toBe(1);
  });

  test('not before the deadline, later, or where no window has opened', () => {
    expect(waits({ milliseconds: -1 })).toBe(0);
    expect(waits({ seconds: 5 })).toBe(0);
    expect(settlingTime(null, deadline)).toBe(0);
  });
});

test('A change whose wording is unconfirmed or that is void is told so, and no day on which it can be activated (D38, D39)', () => {
  const difference = { entry: 'entry-1', company: 'Gintel AS', element: 'address', expected: 'A', found: 'B' } as const;
  const stopped = facts({ wordingUnconfirmed: ['personalData'], registerChanged: [difference] });
  expect(blockersOf(stopped, NOW)).toEqual([
    { code: 'wording-unconfirmed', texts: ['personalData'] },
    { code: 'register-changed', differences: [difference] },
  ]);
  expect(earliestActivation(facts({ wordingUnconfirmed: ['processing'] }))).toBeNull();
  expect(earliestActivation(facts({ registerChanged: [difference] }))).toBeNull();
});
