import type { Difference } from '../db/derived-status.ts';
import type { WindowOnRecord } from '../db/derived-windows.ts';
import { later } from '../domain/instant.ts';
import { openingAt, openingByLetter, type Opening, type WindowRule } from '../domain/objection-window.ts';

/** The clocks of two processes may differ by this much, and outcomes may be recorded a while after they were known. */
const TOLERANCE = { minutes: 10 };

/**
 * What of a window does not follow from the notices, letters, bounces and proofs on record (D8–D13, D30, D53). Which of two notices
 * that were recorded at once opened it is not on record: either may have.
 */
export function differencesOfWindow(window: WindowOnRecord): Difference[] {
  const { notifiedAt, deadline, leftAt, change } = window;
  const differences = [
    difference('approval', window.approval, window.approvalFollows),
    ...(leftAt === null && change.status === 'announced' && !window.hasAgreement
      ? [difference('left_at', null, 'the end of its agreement')]
      : []),
  ];
  if (window.byContract) {
    const asked = window.mayBeByContract ? [] : [difference('by_contract', 'true', 'false')];
    return [
      ...asked,
      ...differences,
      instantDifference('notified_at', notifiedAt, window.createdAt),
      instantDifference('deadline', deadline, null),
    ].filter(isThere);
  }
  const openings = openingsOf(window);
  const opening = openings.find((each) => notifiedAt !== null && each.notifiedAt.equals(notifiedAt));
  if (notifiedAt !== null && opening === undefined) {
    const first = openings[0]?.notifiedAt ?? null;
    return [...differences, instantDifference('notified_at', notifiedAt, first)].filter(isThere);
  }
  const missed = missedOpening(window, opening);
  return [
    ...differences,
    missed === null ? null : instantDifference('notified_at', notifiedAt, missed),
    deadlineDifference(window, opening),
  ].filter(isThere);

  function difference(column: string, found: string | null, expected: string | null): Difference | null {
    return found === expected ? null : { table: 'objection_windows', key: window.id, column, found, expected };
  }
  function instantDifference(column: string, found: Temporal.Instant | null, expected: Temporal.Instant | null) {
    return difference(column, found?.toString() ?? null, expected?.toString() ?? null);
  }
  function deadlineDifference(
    of: WindowOnRecord,
    by: (Opening & { readonly isRestored: boolean }) | undefined,
  ): Difference | null {
    if (by === undefined || by.deadline === null) return instantDifference('deadline', of.deadline, null);
    const most = later(of.told, by.deadline);
    // What was told after the end of the change, or when the controller had left, moves nothing.
    const least = isRunning(of) ? later(of.toldByNotice, by.deadline) : by.deadline;
    const isBetween =
      of.deadline !== null &&
      Temporal.Instant.compare(of.deadline, least) >= 0 &&
      Temporal.Instant.compare(of.deadline, most) <= 0;
    return isBetween ? null : instantDifference('deadline', of.deadline, most);
  }
}

const isThere = (each: Difference | null): each is Difference => each !== null;

const isRunning = ({ leftAt, change }: WindowOnRecord) => leftAt === null && change.status === 'announced';

type PossibleOpening = Opening & { readonly isRestored: boolean; readonly xact: bigint | null };

/** What may have opened the window as it stands, the earliest first. */
function openingsOf({ change, moved, acceptances, letters }: WindowOnRecord): PossibleOpening[] {
  const rule: WindowRule = { terms: change, regime: change };
  const restored = moved !== null && moved.notifiedAt !== null ? { ...moved, notifiedAt: moved.notifiedAt } : null;
  if (restored !== null) return [{ ...restored, isRestored: true, xact: null }];
  return [
    ...acceptances.map(({ at, xact }) => ({ ...openingAt(at, rule), isRestored: false, xact: BigInt(xact) })),
    ...letters.map((day) => ({ ...openingByLetter(day, rule), isRestored: false, xact: null })),
  ].toSorted((a, b) => Temporal.Instant.compare(a.notifiedAt, b.notifiedAt));
}

/**
 * The acceptance that should have opened the window before `opening` did: on record by an earlier transaction, and earlier. Where
 * nothing has opened it: any that came before the end.
 */
function missedOpening(window: WindowOnRecord, opening: PossibleOpening | undefined): Temporal.Instant | null {
  if (opening?.isRestored) return null;
  const { leftAt, change, letters } = window;
  const until = leftAt ?? (change.status === 'announced' ? null : change.endedAt);
  const sure = window.acceptances.filter(
    ({ at, isOfWindow, xact }) =>
      isOfWindow &&
      isLongBefore(at, opening?.notifiedAt ?? until) &&
      (opening === undefined || (opening.xact !== null && BigInt(xact) < opening.xact)),
  );
  const rule = { terms: change, regime: change };
  const byLetter = opening === undefined && isRunning(window) ? letters.map((day) => openingByLetter(day, rule)) : [];
  return (
    [...sure.map(({ at }) => at), ...byLetter.map(({ notifiedAt }) => notifiedAt)].toSorted((a, b) =>
      Temporal.Instant.compare(a, b),
    )[0] ?? null
  );
}

function isLongBefore(at: Temporal.Instant, limit: Temporal.Instant | null): boolean {
  return limit === null || Temporal.Instant.compare(at.add(TOLERANCE), limit) < 0;
}
