import type { AnnouncedChange, Announcement, Change } from './change.ts';
import { earliestPlannedActivation, type WindowTerms } from './objection-window.ts';
import { isSameCompany, type RegisterEntry } from './register.ts';
import { refuseTransferBasis } from './transfer-basis.ts';

/** What the announcement is judged against, as it stands under the product's row lock. */
export interface AnnouncementFacts {
  readonly terms: WindowTerms;
  /** The product's register as of today. */
  readonly register: readonly RegisterEntry[];
  /** The changes of this product that are announced and not ended. */
  readonly announced: readonly Pick<AnnouncedChange, 'id' | 'subProcessor' | 'replaces'>[];
  /** External ids of controllers of the product that nobody can be reached at. */
  readonly controllersWithoutContact: readonly string[];
  /** The change named by `supersedes`, if it is one of this product. */
  readonly superseded: Pick<Change, 'status'> | null;
}

export type AnnouncementRefusal = {
  readonly because:
    | 'planned-date-too-early'
    | 'transfer-basis-missing'
    | 'transfer-basis-invalid'
    | 'replaced-entry-unknown'
    | 'parent-unknown'
    | 'superseded-change-unknown'
    | 'controllers-without-contact'
    | 'already-in-register'
    | 'change-already-announced';
  readonly detail: string;
  /** With `planned-date-too-early`: the first day that would do. */
  readonly earliest?: Temporal.PlainDate;
  /** Where in the announcement the fault is. */
  readonly path?: string;
};

/** Why this announcement cannot be made at `now`; `null` when it can (D1, D3, D4, D6, D7). */
export function refuseAnnouncement(
  announcement: Announcement,
  facts: AnnouncementFacts,
  now: Temporal.Instant,
): AnnouncementRefusal | null {
  const { subProcessor, replaces, supersedes, plannedActivationOn } = announcement;
  for (const [index, location] of subProcessor.locations.entries()) {
    const refusal = refuseTransferBasis(location);
    if (refusal) return { ...refusal, path: `subProcessor.locations.${index}.transferBasis` };
  }
  const inRegister = (id: string) => facts.register.some((entry) => entry.id === id);
  if (replaces !== null && !inRegister(replaces)) {
    return {
      because: 'replaced-entry-unknown',
      detail: `No entry ${replaces} is in the register of ${announcement.product} today.`,
      path: 'replaces',
    };
  }
  if (subProcessor.parentId !== null && !inRegister(subProcessor.parentId)) {
    return {
      because: 'parent-unknown',
      detail: `No entry ${subProcessor.parentId} is in the register of ${announcement.product} today.`,
      path: 'subProcessor.parentId',
    };
  }
  if (subProcessor.parentId !== null && subProcessor.parentId === replaces) {
    return {
      because: 'parent-unknown',
      detail: 'The parent is the entry that is replaced: it leaves the register when this one enters it.',
      path: 'subProcessor.parentId',
    };
  }
  if (supersedes !== null && facts.superseded?.status !== 'withdrawn') {
    return {
      because: 'superseded-change-unknown',
      detail: `A change supersedes a withdrawn change of the same product; ${supersedes} is ${facts.superseded ? facts.superseded.status : 'none of this product'}.`,
      path: 'supersedes',
    };
  }
  const listed = facts.register.find((entry) => isSameCompany(entry, subProcessor));
  if (listed) {
    return {
      because: 'already-in-register',
      detail: `${listed.name} is in the register of ${announcement.product} already (entry ${listed.id}). Another processing activity of an approved sub-processor needs the controllers' written approval (B.1), not a notice.`,
      path: 'subProcessor',
    };
  }
  const rival = facts.announced.find(
    (other) => isSameCompany(other.subProcessor, subProcessor) || (replaces !== null && other.replaces === replaces),
  );
  if (rival) {
    const what = isSameCompany(rival.subProcessor, subProcessor)
      ? 'This sub-processor'
      : 'The replacement of this entry';
    return {
      because: 'change-already-announced',
      detail: `${what} is announced already, by change ${rival.id}. Withdraw that one first.`,
    };
  }
  const earliest = earliestPlannedActivation(now, facts.terms);
  if (Temporal.PlainDate.compare(plannedActivationOn, earliest) < 0) {
    return {
      because: 'planned-date-too-early',
      detail: `A window opened today is open to the end of ${earliest.subtract({ days: 1 }).toString()}: expected ${earliest.toString()} or later, found ${plannedActivationOn.toString()}.`,
      earliest,
      path: 'plannedActivationOn',
    };
  }
  if (facts.controllersWithoutContact.length > 0) {
    return {
      because: 'controllers-without-contact',
      detail: `Every controller must be notified; these have no contact: ${facts.controllersWithoutContact.join(', ')}.`,
    };
  }
  return null;
}
