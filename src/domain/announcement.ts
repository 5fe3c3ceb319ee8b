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
    | 'planned-date-too-far'
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

/** A planned day later than this is a slip of the pen, unless the announcement says `farDate`. */
const FAR = { years: 2 };

/**
 * Every reason why this announcement cannot be made, in a fixed order; none when it can (D1, D3, D4, D6, D7). `toldFrom` is when
 * controllers begin to be told: now, or at the end of the hold (D33).
 */
export function refusalsOf(
  announcement: Announcement,
  facts: AnnouncementFacts,
  toldFrom: Temporal.Instant,
): AnnouncementRefusal[] {
  return [
    ...locationRefusals(announcement),
    ...referenceRefusals(announcement, facts.register),
    ...supersededRefusals(announcement, facts),
    ...repetitionRefusals(announcement, facts),
    ...plannedDateRefusals(announcement, facts, toldFrom),
    ...contactRefusals(facts),
  ];
}

function locationRefusals({ subProcessor }: Announcement): AnnouncementRefusal[] {
  return (subProcessor?.locations ?? []).flatMap((location, index) => {
    const refusal = refuseTransferBasis(location);
    return refusal === null ? [] : [{ ...refusal, path: `subProcessor.locations.${index}.transferBasis` }];
  });
}

/** Refuses a replaced entry and a parent that are not in the register. Without them no mail about the change can be written. */
export function referenceRefusals(
  { product, subProcessor, replaces }: Announcement,
  register: AnnouncementFacts['register'],
): (AnnouncementRefusal & { readonly path: string })[] {
  const inRegister = (id: string) => register.some((entry) => entry.id === id);
  const refusals: (AnnouncementRefusal & { readonly path: string })[] = [];
  if (replaces !== null && !inRegister(replaces)) {
    refusals.push({
      because: 'replaced-entry-unknown',
      detail: `No entry ${replaces} is in the register of ${product} today.`,
      path: 'replaces',
    });
  }
  const parentId = subProcessor?.parentId ?? null;
  if (parentId === null) return refusals;
  const because = 'parent-unknown';
  const path = 'subProcessor.parentId';
  if (!inRegister(parentId)) {
    refusals.push({ because, detail: `No entry ${parentId} is in the register of ${product} today.`, path });
  } else if (parentId === replaces) {
    const detail = 'The parent is the entry that is replaced: it leaves the register when this one enters it.';
    refusals.push({ because, detail, path });
  }
  return refusals;
}

function supersededRefusals({ supersedes }: Announcement, { superseded }: AnnouncementFacts): AnnouncementRefusal[] {
  if (supersedes === null || superseded?.status === 'withdrawn') return [];
  return [
    {
      because: 'superseded-change-unknown',
      detail: `A change supersedes a withdrawn change of the same product; ${supersedes} is ${superseded ? superseded.status : 'none of this product'}.`,
      path: 'supersedes',
    },
  ];
}

/** Refuses a company that is in the register or announced already, and a second replacement of one entry. */
function repetitionRefusals(
  { product, subProcessor, replaces }: Announcement,
  { register, announced }: AnnouncementFacts,
): AnnouncementRefusal[] {
  const refusals: AnnouncementRefusal[] = [];
  if (subProcessor === null) return refusals;
  const listed = register.find((entry) => isSameCompany(entry, subProcessor));
  if (listed) {
    refusals.push({
      because: 'already-in-register',
      detail: `${listed.name} is in the register of ${product} already (entry ${listed.id}). Another processing activity of an approved sub-processor needs the controllers' written approval (B.1), not a notice.`,
      path: 'subProcessor',
    });
  }
  for (const rival of announced) {
    const isSame = rival.subProcessor !== null && isSameCompany(rival.subProcessor, subProcessor);
    if (!isSame && (replaces === null || rival.replaces !== replaces)) continue;
    refusals.push({
      because: 'change-already-announced',
      detail: `${isSame ? 'This sub-processor' : 'The replacement of this entry'} is announced already, by change ${rival.id}. Withdraw that one first.`,
    });
  }
  return refusals;
}

/** Refuses a planned day on which a window opened at `toldFrom` would still be open (D4), and one that cannot be meant. */
function plannedDateRefusals(
  { plannedActivationOn: planned, farDate = false }: Announcement,
  { terms }: AnnouncementFacts,
  toldFrom: Temporal.Instant,
): AnnouncementRefusal[] {
  const path = 'plannedActivationOn';
  const earliest = earliestPlannedActivation(toldFrom, terms);
  const toldOn = dayIn(terms.timeZone, toldFrom);
  const furthest = toldOn.add(FAR);
  if (Temporal.PlainDate.compare(planned, earliest) < 0) {
    const detail = `A window opened on ${toldOn.toString()} is open to the end of ${earliest.subtract({ days: 1 }).toString()}: expected ${earliest.toString()} or later, found ${planned.toString()}.`;
    return [{ because: 'planned-date-too-early', detail, earliest, path }];
  }
  if (farDate || Temporal.PlainDate.compare(planned, furthest) <= 0) return [];
  const detail = `${planned.toString()} is more than ${FAR.years} years away: expected ${furthest.toString()} or earlier, or "farDate": true where that day is meant.`;
  return [{ because: 'planned-date-too-far', detail, path }];
}

function contactRefusals({ controllersWithoutContact }: AnnouncementFacts): AnnouncementRefusal[] {
  if (controllersWithoutContact.length === 0) return [];
  return [
    {
      because: 'controllers-without-contact',
      detail: `Every controller must be notified; these have no contact: ${controllersWithoutContact.join(', ')}.`,
    },
  ];
}
