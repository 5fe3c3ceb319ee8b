import type { AnnouncementRefusal } from './announcement-refusal.ts';
import type { ChangeContent, Upstream } from './change.ts';
import { dayIn, startOfDay } from './instant.ts';
import { lastDay } from './objection-window.ts';
import type { Warning } from './warning.ts';

/** How long the notices of an announcement are taken to be on their way. */
const SENDING_DAYS = 1;
/** How long it is taken to need to object upstream, once the last controller has answered. */
const MARGIN_DAYS = 2;

/** What decides how long controllers have: the terms and regime of a change. */
type Clocks = Pick<ChangeContent, 'terms' | 'regime'>;

/** The days of an upstream notice that cannot be (D45): received after controllers are told, or in another order. */
export function upstreamRefusals(
  upstream: Upstream | null,
  { timeZone }: { readonly timeZone: string },
  toldFrom: Temporal.Instant,
): AnnouncementRefusal[] {
  if (upstream === null) return [];
  const { noticeReceivedOn, objectBy, effectiveOn } = upstream;
  const toldOn = dayIn(timeZone, toldFrom);
  const orders = [
    ['noticeReceivedOn', noticeReceivedOn, 'to be by the day that controllers are told', toldOn],
    ['noticeReceivedOn', noticeReceivedOn, 'to be by objectBy', objectBy],
    ['objectBy', objectBy, 'to be by effectiveOn', effectiveOn],
    ['noticeReceivedOn', noticeReceivedOn, 'to be by effectiveOn', effectiveOn],
  ] as const;
  const wrong = orders.find(([, day, , end]) => day !== null && end !== null && isAfter(day, end));
  if (wrong === undefined) return [];
  const [field, day, rule, end] = wrong;
  const detail = `Expected ${field} ${rule} (${String(end)}), found ${String(day)}.`;
  return [{ because: 'upstream-days-out-of-order', path: `upstream.${field}`, detail }];
}

/** The last day on which a controller that is told on `day` can object, or is asked to answer. Neither: that day itself. */
function lastWord(day: Temporal.PlainDate, { terms, regime }: Clocks): Temporal.PlainDate {
  const told = startOfDay(day, terms.timeZone);
  const days = [
    ...(regime.objection ? [lastDay(told, terms)] : []),
    ...(regime.approval ? [lastDay(told, { ...terms, objectionWindowDays: terms.approvalAnswerDays })] : []),
  ];
  return days.reduce((last, each) => (isAfter(each, last) ? each : last), day);
}

/**
 * The last day to announce, so that the processor can still object to its own sub-processor in time (D45): notices accepted the
 * day after, or the day after the hold, leave controllers their whole time, and then two days are left up to `objectBy`. `null`
 * where nothing is known of such a day.
 */
export function announceNoLaterThan(
  upstream: Upstream | null,
  clocks: Clocks,
  holdMinutes: number,
): Temporal.PlainDate | null {
  const objectBy = upstream?.objectBy ?? null;
  if (objectBy === null) return null;
  const onTheWay = SENDING_DAYS + Math.ceil(holdMinutes / (24 * 60));
  let day = objectBy;
  while (isAfter(lastWord(day.add({ days: onTheWay }), clocks).add({ days: MARGIN_DAYS }), objectBy)) {
    day = day.subtract({ days: 1 });
  }
  return day;
}

/** What does not fit what the processor's own sub-processor has told it, of a change that controllers are told of at `toldFrom`. */
export function upstreamWarnings(
  content: Clocks & Pick<ChangeContent, 'upstream' | 'plannedActivationOn'>,
  holdMinutes: number,
  toldFrom: Temporal.Instant,
): Warning[] {
  const { upstream, plannedActivationOn, terms } = content;
  if (upstream === null) return [];
  const warnings: Warning[] = [];
  const last = lastWord(dayIn(terms.timeZone, toldFrom), content);
  const latest = announceNoLaterThan(upstream, content, holdMinutes);
  if (upstream.objectBy !== null && isAfter(last, upstream.objectBy)) {
    const message = `The last deadline falls on ${last.toString()}, after ${upstream.objectBy.toString()}, the last day on which you can object yourselves. The last day to announce was ${String(latest)}.`;
    warnings.push({ code: 'upstream-deadline-missed', message });
  }
  if (isAfter(upstream.effectiveOn, plannedActivationOn)) {
    const message = `${plannedActivationOn.toString()} cannot be kept: upstream the change is effective on ${upstream.effectiveOn.toString()}, and it is activated no earlier.`;
    warnings.push({ code: 'upstream-effective-later', message });
  }
  return warnings;
}

function isAfter(day: Temporal.PlainDate, other: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(day, other) > 0;
}
