import { factRefusals } from './amended-facts.ts';
import type { AnnouncementRefusal } from './announcement-refusal.ts';
import type { AnnouncedChange, Announcement, Change, ChangeContent } from './change.ts';
import { chainRefusals } from './children.ts';
import { dayIn } from './instant.ts';
import { pathOfEntry, referenceRefusals } from './named-entries.ts';
import { earliestPlannedActivation, type WindowTerms } from './objection-window.ts';
import { overlapRefusals, repetitionRefusals } from './open-changes.ts';
import type { Regime } from './regime.ts';
import { registerDifferences } from './register-changed.ts';
import type { EntryNow, RegisterEntry } from './register.ts';
import { refuseTransferBasis } from './transfer-basis.ts';
import { upstreamRefusals } from './upstream.ts';

/** What an announcement is judged against, read under the product's row lock. */
export interface AnnouncementFacts {
  readonly terms: WindowTerms;
  /** The product's register as of today. */
  readonly register: readonly RegisterEntry[];
  /** Every version of its entries of today: more than one where controllers have an entry differently (D43). */
  readonly entriesNow: readonly EntryNow[];
  /** The changes of this product that are announced and not ended. */
  readonly announced: readonly Pick<AnnouncedChange, 'id' | 'effects' | 'elements'>[];
  /** External ids of the product's controllers that have no contact. */
  readonly controllersWithoutContact: readonly string[];
  /** The change named by `supersedes`; `null` if there is none of that id for this product. */
  readonly superseded: Pick<Change, 'status'> | null;
}

/** What an announcement would do to the register of its facts, and what that needs. */
export type Plan = Pick<ChangeContent, 'effects' | 'elements' | 'regime'>;

/** A planned day later than this is a slip of the pen, unless the announcement says `farDate`. */
const FAR = { years: 2 };

/**
 * Every reason why this announcement cannot be made, in a fixed order; none when it can (D1, D3, D4, D6, D7, D38, D39, D47). `plan` is
 * what it would do to the register of `facts`. `toldFrom` is when controllers begin to be told: now, or at the end of the hold
 * (D33).
 */
export function refusalsOf(
  announcement: Announcement,
  plan: Plan,
  facts: AnnouncementFacts,
  toldFrom: Temporal.Instant,
): AnnouncementRefusal[] {
  const { register, announced } = facts;
  return [
    ...basisRefusals(announcement),
    ...referenceRefusals(announcement, register),
    ...chainRefusals(announcement, plan.effects, facts),
    ...factRefusals(announcement, plan.elements, register),
    ...supersededRefusals(announcement, facts),
    ...repetitionRefusals(announcement, plan, facts),
    ...overlapRefusals(announcement, plan, announced),
    ...splitRefusals(announcement, plan, facts),
    ...plannedDateRefusals(announcement, plan, facts, toldFrom),
    ...upstreamRefusals(announcement.upstream, facts.terms, toldFrom),
    ...contactRefusals(facts),
  ];
}

/** Refuses places without a transfer basis that holds (D3). */
function basisRefusals({ subProcessor, entries }: Announcement): AnnouncementRefusal[] {
  const places = [
    ...(subProcessor?.locations ?? []).map((location, index) => ({
      location,
      path: `subProcessor.locations.${index}`,
    })),
    ...entries.map((location, index) => ({ location, path: `entries.${index}` })),
  ];
  return places.flatMap(({ location, path }) => {
    const refusal = refuseTransferBasis(location);
    return refusal === null ? [] : [{ ...refusal, path: `${path}.transferBasis` }];
  });
}

/** Refuses an element that controllers have differently: what it was told to be would not be so for some of them (D38, D43). */
function splitRefusals(
  announcement: Announcement,
  plan: Plan,
  { entriesNow }: AnnouncementFacts,
): AnnouncementRefusal[] {
  // An entry that is not there at all is refused as unknown.
  const differing = registerDifferences(plan, entriesNow).filter(({ element }) => element !== 'company');
  // A child that stays where it is for the most has no element, and is elsewhere for some.
  const staying = announcement.children.flatMap((child) => {
    const isMoved = plan.elements.some(({ entry, element }) => entry === child.entry && element === 'parentId');
    if (child.then === 'leaves' || isMoved) return [];
    const other = entriesNow.find(({ id, parentId }) => id === child.entry && parentId !== child.parentId);
    return other === undefined ? [] : [{ entry: other.id, company: other.name, element: 'parentId' }];
  });
  return [...differing, ...staying].map(({ entry, company, element }) => ({
    because: 'entry-differs',
    detail: `"${element}" of ${company} is another for some controllers, by a change of scope "each": expected an element that all have alike.`,
    path: pathOfEntry(announcement, entry),
  }));
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

/**
 * The earliest day that a change may be planned for (D4): where it opens windows, the day after the last day of one opened at
 * `toldFrom`; otherwise that day itself.
 */
export function earliestPlannedOn(
  toldFrom: Temporal.Instant,
  terms: WindowTerms,
  { objection }: Regime,
): Temporal.PlainDate {
  return objection ? earliestPlannedActivation(toldFrom, terms) : dayIn(terms.timeZone, toldFrom);
}

/** Refuses a planned day that is too early (D4), and one that cannot be meant. */
function plannedDateRefusals(
  { plannedActivationOn: planned, farDate = false }: Announcement,
  { regime }: Plan,
  { terms }: AnnouncementFacts,
  toldFrom: Temporal.Instant,
): AnnouncementRefusal[] {
  const path = 'plannedActivationOn';
  const earliest = earliestPlannedOn(toldFrom, terms, regime);
  const toldOn = dayIn(terms.timeZone, toldFrom);
  const furthest = toldOn.add(FAR);
  if (Temporal.PlainDate.compare(planned, earliest) < 0) {
    const because = regime.objection
      ? `A window opened on ${toldOn.toString()} is open to the end of ${earliest.subtract({ days: 1 }).toString()}`
      : 'A change comes into force on the day that controllers are told, or later';
    const detail = `${because}: expected ${earliest.toString()} or later, found ${planned.toString()}.`;
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
