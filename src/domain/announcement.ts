import type { AnnouncedChange, Announcement, Change } from './change.ts';
import { dayIn } from './instant.ts';
import { earliestPlannedActivation, type WindowTerms } from './objection-window.ts';
import { isSameCompany, type RegisterEntry } from './register.ts';
import { refuseTransferBasis } from './transfer-basis.ts';

/** What an announcement is judged against, read under the product's row lock. */
export interface AnnouncementFacts {
  readonly terms: WindowTerms;
  /** The product's register as of today. */
  readonly register: readonly RegisterEntry[];
  /** The changes of this product that are announced and not ended. */
  readonly announced: readonly Pick<AnnouncedChange, 'id' | 'subProcessor' | 'replaces'>[];
  /** External ids of the product's controllers that have no contact. */
  readonly controllersWithoutContact: readonly string[];
  /** The change named by `supersedes`; `null` if there is none of that id for this product. */
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
  /** With `planned-date-too-early`: the earliest day that is allowed. */
  readonly earliest?: Temporal.PlainDate;
  /** Where in the announcement the fault is. */
  readonly path?: string;
};

/**
 * Why this announcement cannot be made: the first reason found, or `null` when it can (D1, D3, D4, D6, D7). `toldFrom` is when
 * controllers begin to be told: now, or at the end of the hold (D33).
 */
export function refuseAnnouncement(
  announcement: Announcement,
  facts: AnnouncementFacts,
  toldFrom: Temporal.Instant,
): AnnouncementRefusal | null {
  return (
    refuseLocations(announcement) ??
    refuseReferences(announcement, facts) ??
    refuseRepetition(announcement, facts) ??
    refusePlannedDate(announcement, facts, toldFrom) ??
    refuseMissingContacts(facts)
  );
}

function refuseLocations({ subProcessor }: Announcement): AnnouncementRefusal | null {
  for (const [index, location] of subProcessor.locations.entries()) {
    const refusal = refuseTransferBasis(location);
    if (refusal) return { ...refusal, path: `subProcessor.locations.${index}.transferBasis` };
  }
  return null;
}

/** Refuses a replaced entry, a parent or a superseded change that cannot be referred to. */
function refuseReferences(
  { product, subProcessor: { parentId }, replaces, supersedes }: Announcement,
  { register, superseded }: AnnouncementFacts,
): AnnouncementRefusal | null {
  const inRegister = (id: string) => register.some((entry) => entry.id === id);
  if (replaces !== null && !inRegister(replaces)) {
    return {
      because: 'replaced-entry-unknown',
      detail: `No entry ${replaces} is in the register of ${product} today.`,
      path: 'replaces',
    };
  }
  if (parentId !== null && !inRegister(parentId)) {
    return {
      because: 'parent-unknown',
      detail: `No entry ${parentId} is in the register of ${product} today.`,
      path: 'subProcessor.parentId',
    };
  }
  if (parentId !== null && parentId === replaces) {
    return {
      because: 'parent-unknown',
      detail: 'The parent is the entry that is replaced: it leaves the register when this one enters it.',
      path: 'subProcessor.parentId',
    };
  }
  if (supersedes !== null && superseded?.status !== 'withdrawn') {
    return {
      because: 'superseded-change-unknown',
      detail: `A change supersedes a withdrawn change of the same product; ${supersedes} is ${superseded ? superseded.status : 'none of this product'}.`,
      path: 'supersedes',
    };
  }
  return null;
}

/** Refuses a company that is in the register or announced already, and a second replacement of one entry. */
function refuseRepetition(
  { product, subProcessor, replaces }: Announcement,
  { register, announced }: AnnouncementFacts,
): AnnouncementRefusal | null {
  const listed = register.find((entry) => isSameCompany(entry, subProcessor));
  if (listed) {
    return {
      because: 'already-in-register',
      detail: `${listed.name} is in the register of ${product} already (entry ${listed.id}). Another processing activity of an approved sub-processor needs the controllers' written approval (B.1), not a notice.`,
      path: 'subProcessor',
    };
  }
  const rival = announced.find(
    (other) => isSameCompany(other.subProcessor, subProcessor) || (replaces !== null && other.replaces === replaces),
  );
  if (!rival) return null;
  const what = isSameCompany(rival.subProcessor, subProcessor) ? 'This sub-processor' : 'The replacement of this entry';
  return {
    because: 'change-already-announced',
    detail: `${what} is announced already, by change ${rival.id}. Withdraw that one first.`,
  };
}

/** Refuses a planned day on which a window opened at `toldFrom` would still be open (D4). */
function refusePlannedDate(
  { plannedActivationOn }: Announcement,
  { terms }: AnnouncementFacts,
  toldFrom: Temporal.Instant,
): AnnouncementRefusal | null {
  const earliest = earliestPlannedActivation(toldFrom, terms);
  if (Temporal.PlainDate.compare(plannedActivationOn, earliest) >= 0) return null;
  return {
    because: 'planned-date-too-early',
    detail: `A window opened on ${dayIn(terms.timeZone, toldFrom).toString()} is open to the end of ${earliest.subtract({ days: 1 }).toString()}: expected ${earliest.toString()} or later, found ${plannedActivationOn.toString()}.`,
    earliest,
    path: 'plannedActivationOn',
  };
}

function refuseMissingContacts({ controllersWithoutContact }: AnnouncementFacts): AnnouncementRefusal | null {
  if (controllersWithoutContact.length === 0) return null;
  return {
    because: 'controllers-without-contact',
    detail: `Every controller must be notified; these have no contact: ${controllersWithoutContact.join(', ')}.`,
  };
}
