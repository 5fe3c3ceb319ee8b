import { blockersOf, type ActivationFacts, type Blocker } from './activation.ts';
import type { Change } from './change.ts';
import { instantText } from './instant.ts';

/** One activation of a change of scope `each`: for whom, and when (D43). */
export interface Wave {
  readonly id: string;
  readonly number: number;
  readonly activatedAt: Temporal.Instant;
  readonly activatedOn: Temporal.PlainDate;
  readonly activatedBy: string;
  readonly count: number;
  /** The external ids of the first of its controllers. */
  readonly externalIds: readonly string[];
}

/** A wave as callers of the API see it. */
export function viewOfWave({ number, activatedAt, activatedOn, activatedBy, count, externalIds }: Wave) {
  return {
    number,
    activatedAt: instantText(activatedAt),
    activatedOn: activatedOn.toString(),
    activatedBy,
    controllers: { count, externalIds },
  };
}

/**
 * What keeps a change from being closed at `now` (D43): what somebody has written that is not decided, or not read. Windows may
 * be open: to whom they are open it does not come.
 */
export function blockersOfClosing(facts: ActivationFacts, now: Temporal.Instant): Blocker[] {
  const blocking: readonly Blocker['code'][] = [
    'not-announced',
    'objections-pending',
    'answers-unread',
    'mails-being-read',
  ];
  return blockersOf(facts, now).filter(({ code }) => blocking.includes(code));
}

/** The change as it is for a controller: in force since its wave; as it is for all where it is in none (D43). */
export function changeFor(
  change: Change,
  wave: { readonly activatedAt: Temporal.Instant; readonly activatedBy: string } | null,
): Change {
  return wave === null || change.status === 'withdrawn' ? change : { ...change, status: 'activated', ...wave };
}
