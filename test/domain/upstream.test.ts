import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Upstream } from '../../src/domain/change.ts';
import { lastDay } from '../../src/domain/objection-window.ts';
import { startOfDay } from '../../src/domain/instant.ts';
import { APPROVAL_TERMS } from '../../src/domain/terms.ts';
import { announceNoLaterThan, upstreamRefusals, upstreamWarnings } from '../../src/domain/upstream.ts';

const day = (text: string) => Temporal.PlainDate.from(text);
const terms = { objectionWindowDays: 10, timeZone: 'Europe/Copenhagen', rollForward: false, ...APPROVAL_TERMS };
const OBJECTION = { objection: true, approval: false };
const BOTH = { objection: true, approval: true };
const INFORM = { objection: false, approval: false };
const TOLD = Temporal.Instant.from('2026-03-02T09:00:00Z');

const anUpstream = (
  overrides: Partial<Record<'noticeReceivedOn' | 'objectBy' | 'effectiveOn', string | null>> = {},
) => {
  const days = { noticeReceivedOn: '2026-02-20', objectBy: '2026-03-31', effectiveOn: '2026-05-01', ...overrides };
  return {
    noticeReceivedOn: day(days.noticeReceivedOn ?? ''),
    objectBy: days.objectBy === null ? null : day(days.objectBy),
    effectiveOn: day(days.effectiveOn ?? ''),
    reference: 'GIN-7',
  } satisfies Upstream;
};

describe('the clock upstream (D45)', () => {
  test.each([
    // One day under way, ten to object, two to spare.
    ['2026-03-31', OBJECTION, 0, '2026-03-18'],
    // A hold of two hours takes a day, and one of a day exactly one.
    ['2026-03-31', OBJECTION, 120, '2026-03-17'],
    ['2026-03-31', OBJECTION, 1_440, '2026-03-17'],
    // Thirty days to answer a request are longer than ten to object.
    ['2026-03-31', BOTH, 0, '2026-02-26'],
    ['2026-03-31', INFORM, 0, '2026-03-28'],
    ['2028-03-01', INFORM, 0, '2028-02-27'],
    ['2028-03-13', OBJECTION, 0, '2028-02-29'],
  ])(
    'to object upstream by %s in regime %o, held %i minutes, a change is announced by %s',
    (objectBy, regime, hold, latest) => {
      expect(announceNoLaterThan(anUpstream({ objectBy }), { terms, regime }, hold)?.toString()).toBe(latest);
    },
  );

  test('leaves controllers their whole time and two days more, and a day later would not', () => {
    const rolling = { ...terms, rollForward: true };
    const days = fc.integer({ min: 0, max: 1_500 }).map((after) => day('2026-01-01').add({ days: after }));
    fc.assert(
      fc.property(days, (objectBy) => {
        const upstream = { ...anUpstream(), objectBy };
        const latest = announceNoLaterThan(upstream, { terms: rolling, regime: OBJECTION }, 0);
        if (latest === null) throw new Error('there is such a day');
        const end = (from: Temporal.PlainDate) =>
          lastDay(startOfDay(from.add({ days: 1 }), rolling.timeZone), rolling).add({ days: 2 });
        expect(Temporal.PlainDate.compare(end(latest), objectBy)).toBeLessThanOrEqual(0);
        expect(Temporal.PlainDate.compare(end(latest.add({ days: 1 })), objectBy)).toBeGreaterThan(0);
      }),
    );
  });

  test('says no such day where nothing was told upstream, or no last day to object', () => {
    expect(announceNoLaterThan(null, { terms, regime: OBJECTION }, 0)).toBeNull();
    expect(announceNoLaterThan(anUpstream({ objectBy: null }), { terms, regime: OBJECTION }, 0)).toBeNull();
  });

  test.each([
    [{ noticeReceivedOn: '2026-03-03' }, 'noticeReceivedOn', '2026-03-02'],
    [{ objectBy: '2026-02-19' }, 'noticeReceivedOn', '2026-02-19'],
    [{ objectBy: '2026-05-02' }, 'objectBy', '2026-05-01'],
    [{ objectBy: null, effectiveOn: '2026-02-19' }, 'noticeReceivedOn', '2026-02-19'],
  ])('refuses days in an order that cannot be: %o', (overrides, field, end) => {
    expect(upstreamRefusals(anUpstream(overrides), terms, TOLD)).toEqual([
      {
        because: 'upstream-days-out-of-order',
        path: `upstream.${field}`,
        detail: expect.stringContaining(`(${end}), found `),
      },
    ]);
  });

  test.each([
    {},
    { objectBy: null },
    { noticeReceivedOn: '2026-03-02', objectBy: '2026-03-02', effectiveOn: '2026-03-02' },
  ])('takes days in order, and on one day: %o', (overrides) =>
    expect(upstreamRefusals(anUpstream(overrides), terms, TOLD)).toEqual([]),
  );

  const warned = (upstream: Upstream | null, planned = '2026-05-01', regime = OBJECTION) =>
    upstreamWarnings({ upstream, terms, regime, plannedActivationOn: day(planned) }, 0, TOLD);

  test('warns where the last deadline falls after the last day to object upstream, and names both days', () => {
    // A window that opens on 2 March ends on 12 March.
    expect(warned(anUpstream({ objectBy: '2026-03-12' }))).toEqual([]);
    expect(warned(anUpstream({ objectBy: '2026-03-11' }))).toEqual([
      {
        code: 'upstream-deadline-missed',
        message: expect.stringMatching(/2026-03-12, after 2026-03-11.* 2026-02-26\.$/),
      },
    ]);
    expect(warned(anUpstream({ objectBy: '2026-03-31' }), '2026-05-01', BOTH)).toHaveLength(1);
    expect(warned(null)).toEqual([]);
  });

  test('warns of a planned day before the change is effective upstream', () => {
    expect(warned(anUpstream(), '2026-04-30')).toEqual([
      { code: 'upstream-effective-later', message: expect.stringContaining('2026-05-01') },
    ]);
  });
});
