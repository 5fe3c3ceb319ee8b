import { isDeepStrictEqual } from 'node:util';
import { appendToAuditLog } from '../db/audit-log.ts';
import { lockAnnouncedChanges } from '../db/change-locks.ts';
import { startAgreements, type AgreementOnTerms } from '../db/agreements.ts';
import {
  insertMissingControllers,
  lockControllers,
  replaceDetails,
  type Controller,
  type StoredController,
} from '../db/controllers.ts';
import { insertMessages } from '../db/message-queue.ts';
import { insertWindows } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import { lockProductsToJoin } from '../db/products.ts';
import type { Author } from '../domain/author.ts';
import { areSameAddress } from '../domain/contacts.ts';
import type { ComparedController } from '../domain/controller-differences.ts';
import { controllersInEvent } from '../domain/event.ts';
import { InvalidRequest } from '../domain/refused.ts';
import { foreignVersions } from '../domain/terms-version.ts';
import { leaveProducts } from './end-agreement.ts';
import { refuseUnknownProducts } from './expect-products.ts';
import { putOnTerms } from './put-on-terms.ts';
import { recordEvents } from './record-events.ts';
import { haveMoved, tellContacts } from './tell-contacts.ts';

export type SavedAs = 'created' | 'updated' | 'unchanged';

/** How many were saved in each way. */
export function counts(saved: Iterable<SavedAs>): Record<SavedAs, number> {
  const counted = { created: 0, updated: 0, unchanged: 0 };
  for (const how of saved) counted[how] += 1;
  return counted;
}

/** What saving has done. */
export interface SavedControllers {
  /** How each controller was saved, by its external id. */
  readonly savedAs: ReadonlyMap<string, SavedAs>;
  readonly agreementsEnded: number;
  /** How many mails were queued, because changes are announced (D7). */
  readonly mails: number;
  /** What each that is new or another was and is; `before` is `null` of one that is new. */
  readonly changed: readonly {
    readonly savedAs: Exclude<SavedAs, 'unchanged'>;
    readonly before: ComparedController | null;
    readonly after: ComparedController & { readonly externalId: string };
  }[];
}

/** What saving has done, in numbers. */
export function effectsOf({ savedAs, agreementsEnded, mails }: SavedControllers) {
  return { ...counts(savedAs.values()), agreementsEnded, mails };
}

/** A controller before and after it is saved. */
interface Saving {
  readonly savedAs: SavedAs;
  /**
   * Whether `after` differs from `before`. A new controller's row is inserted first, so one without contacts and agreements
   * does not differ.
   */
  readonly isChanged: boolean;
  readonly before: StoredController;
  readonly after: Controller & ComparedController & { readonly id: string };
}

/**
 * Creates or replaces controllers, each given once. Returns what that did. A product that is new for a
 * controller starts an agreement: for every announced change of that product the controller gets a notice and a full window
 * of its own (D7). A product that is no longer given ends an agreement. Each such change gets one `controller.joined` and one
 * `controller.left` for all of them.
 * Refuses with `product-unknown`.
 */
export async function saveControllers(
  tx: Transaction,
  controllers: readonly Controller[],
  by: Author,
): Promise<SavedControllers> {
  const products = new Set(controllers.flatMap((controller) => controller.products));
  refuseUnknownProducts([...products], await lockProductsToJoin(tx));

  const created = new Set(await insertMissingControllers(tx, controllers, by.at));
  const externalIds = controllers.map(({ externalId }) => externalId);
  const stored = new Map((await lockControllers(tx, externalIds)).map((each) => [each.externalId, each]));
  const savings = controllers.map((given) => {
    const before = stored.get(given.externalId);
    if (before === undefined) throw new Error(`controller ${given.externalId} was not inserted`);
    return savingOf(before, given, created.has(given.externalId));
  });
  const toNewContacts = await saveDetails(tx, savings, by);
  const left = savings.flatMap(agreementsLeft);
  await leaveProducts(tx, left, by);
  const toJoined = await joinProducts(tx, savings.flatMap(agreementsJoined), by);
  const toAsked = await putOnTerms(tx, savings.flatMap(agreementsMoved), by);
  const savedAs = new Map(savings.map((saving) => [saving.before.externalId, saving.savedAs]));
  return {
    savedAs,
    agreementsEnded: left.length,
    mails: toNewContacts + toJoined + toAsked,
    changed: savings.flatMap(({ savedAs: how, before, after }) =>
      how === 'unchanged' ? [] : [{ savedAs: how, before: how === 'created' ? null : before, after }],
    ),
  };
}

function savingOf(before: StoredController, given: Controller, isNew: boolean): Saving {
  // Both sides are sorted here, because the database may sort by another collation.
  const sorted = <Some extends Controller>(some: Some): Some => ({ ...some, products: [...some.products].sort() });
  // A contact is known by its id, or else by its address. Who may approve is known by the address alone: another person may not.
  const contacts = given.contacts.map((contact) => {
    const known = before.contacts.find(({ email }) => areSameAddress(email, contact.email));
    const id = contact.id ?? known?.id;
    const mayApprove = contact.mayApprove ?? known?.mayApprove ?? false;
    return id === undefined ? { ...contact, mayApprove } : { ...contact, id, mayApprove };
  });
  const { reference = before.reference, metadata = before.metadata } = given;
  const termsVersions = versionsAfter(before, given);
  const after = { ...sorted(given), id: before.id, contacts, reference, metadata, termsVersions };
  const isChanged = !isDeepStrictEqual(sorted(before), after);
  return { savedAs: isNew ? 'created' : isChanged ? 'updated' : 'unchanged', isChanged, before, after };
}

/** The versions of the terms that each agreement shall be on: what is given, and else what stands. Throws `InvalidRequest` for one of a product that it has no agreement for. */
function versionsAfter(before: StoredController, { products, termsVersions = {} }: Controller): Record<string, string> {
  const errors = foreignVersions({ products, termsVersions });
  if (errors.length > 0) throw new InvalidRequest(errors);
  return Object.fromEntries(
    products.flatMap((product) => {
      const given = termsVersions[product];
      const version = given === undefined ? before.termsVersions[product] : given;
      return version === undefined || version === null ? [] : [[product, version] as const];
    }),
  );
}

function agreementsJoined({ before, after }: Saving) {
  return after.products
    .filter((product) => !before.products.includes(product))
    .map((product) => agreementOf(after, product));
}

/** The agreements that go on, on another version of their terms. */
function agreementsMoved({ before, after }: Saving) {
  return after.products
    .filter((product) => before.products.includes(product))
    .filter((product) => before.termsVersions[product] !== after.termsVersions[product])
    .map((product) => agreementOf(after, product));
}

function agreementOf({ id, externalId, termsVersions }: Saving['after'], product: string) {
  return { controllerId: id, externalId, product, termsVersion: termsVersions[product] ?? null };
}

function agreementsLeft({ before, after }: Saving) {
  return before.products
    .filter((product) => !after.products.includes(product))
    .map((product) => ({ controllerId: before.id, externalId: before.externalId, product }));
}

/** Saves changed names, registration numbers and contacts, on the record, and tells new contacts of announced changes (D35). Returns the number of mails. */
async function saveDetails(tx: Transaction, savings: readonly Saving[], by: Author): Promise<number> {
  const changed = savings.filter(({ isChanged }) => isChanged);
  if (changed.length === 0) return 0;
  const moved = changed.map(contactsOf).filter(haveMoved);
  // Before the contacts are saved: a fan-out writes the notices of a controller to those of before, or to those of after.
  const products = [...new Set(moved.flatMap((each) => each.products))];
  const changes = products.length === 0 ? [] : await lockAnnouncedChanges(tx, products);
  const details = changed.map(({ after }) => after);
  const removed = changed.flatMap(contactsRemoved);
  const mails = await tellContacts(tx, changes, moved, by.at, () => replaceDetails(tx, details, removed, by.at));
  await appendToAuditLog(
    tx,
    by,
    changed.map(({ savedAs, before, after }) => ({
      action: savedAs === 'created' ? ('controller.created' as const) : ('controller.updated' as const),
      subject: after.externalId,
      details: { before: savedAs === 'created' ? null : before, after },
    })),
  );
  return mails;
}

function contactsOf({ before, after }: Saving) {
  return { controllerId: before.id, products: before.products, before: before.contacts, after: after.contacts };
}

function contactsRemoved({ before, after }: Saving): string[] {
  const kept = new Set(after.contacts.map(({ id }) => id));
  return before.contacts.map(({ id }) => id).filter((id) => !kept.has(id));
}

/**
 * Starts agreements, each with a notice and a full window for every announced change of its product (D7), but those that its
 * terms list (D46). Returns the number of mails.
 */
async function joinProducts(
  tx: Transaction,
  joined: readonly (AgreementOnTerms & { externalId: string })[],
  by: Author,
): Promise<number> {
  if (joined.length === 0) return 0;
  let mails = 0;
  await startAgreements(tx, joined, by.at);
  for (const change of await lockAnnouncedChanges(tx, [...new Set(joined.map(({ product }) => product))])) {
    const ofProduct = joined.filter(({ product }) => product === change.product);
    const controllerIds = ofProduct.map(({ controllerId }) => controllerId);
    const { toNotify } = await insertWindows(tx, change, controllerIds, by.at);
    mails += await insertMessages(tx, { kind: 'notice', change, controllerIds: toNotify, now: by.at });
    const controllers = controllersInEvent(ofProduct.map(({ externalId }) => externalId));
    await recordEvents(tx, change.id, by.at, [{ type: 'controller.joined', controllers }]);
  }
  return mails;
}
