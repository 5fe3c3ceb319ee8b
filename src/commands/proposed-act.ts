import { countToActivate } from '../db/activations.ts';
import { progressOfOne } from '../db/change-counts.ts';
import { lockChange, lockChangeAgainstMail } from '../db/change-locks.ts';
import { findChange } from '../db/changes.ts';
import { findController } from '../db/controllers.ts';
import { findObjection } from '../db/objections.ts';
import { findPersonOnRecord } from '../db/people-on-record.ts';
import type { Queryable, Transaction } from '../db/postgres.ts';
import { findProduct, lockProduct, type Product } from '../db/products.ts';
import type { NewProposal } from '../db/proposals.ts';
import { liveVersionIds } from '../db/register.ts';
import { refusalsOf } from '../domain/announcement.ts';
import type { AnnouncementRefusal } from '../domain/announcement-refusal.ts';
import type { Announcement, Change, ChangeContent } from '../domain/change.ts';
import { contentHash } from '../domain/content-hash.ts';
import { companiesOf } from '../domain/effect.ts';
import { endOfHold } from '../domain/hold.ts';
import type { Role } from '../domain/permission.ts';
import type { ProposalKind } from '../domain/proposal.ts';
import { notFound } from '../domain/refused.ts';
import { entriesOf } from '../domain/register-version.ts';
import { contentOf } from './announcement-content.ts';
import { announcementFacts } from './announcement-facts.ts';
import type { ReceivedApproval } from './record-approval.ts';
import { asSaved, type ProductToSave } from './save-product.ts';

/** An act that is proposed, with all that its command takes (D60). */
export type ProposedAct =
  | { readonly kind: 'announcement'; readonly announcement: Announcement }
  | { readonly kind: 'activation'; readonly change: string }
  | {
      readonly kind: 'invalid';
      readonly objection: string;
      readonly explanation: string | null;
      readonly mailId: string | null;
    }
  | {
      readonly kind: 'approval';
      readonly change: string;
      readonly approval: Omit<ReceivedApproval, 'changeId' | 'controllerId' | 'decision'> & {
        readonly controller: string;
      };
    }
  | {
      readonly kind: 'terms';
      readonly product: string;
      readonly terms: Omit<ProductToSave, 'id'> & { readonly reason: string | null };
    }
  | { readonly kind: 'role'; readonly person: string; readonly role: Role; readonly product: string | null };

/** What an act would do now, and to what. */
export interface Planned extends Pick<NewProposal, 'product' | 'subject' | 'contentHash' | 'outcome' | 'controllers'> {
  /** What an announcement would be refused for. */
  readonly refusals?: readonly AnnouncementRefusal[];
}

/** Reads what an act is about. */
interface Reader {
  readonly db: Queryable;
  readonly product: (id: string) => Promise<Product | null>;
  readonly change: (id: string, kind: ProposalKind) => Promise<Change | null>;
}

/** Reads for who looks. */
export const looking = (db: Queryable): Reader => ({
  db,
  product: (id) => findProduct(db, id),
  change: (id) => findChange(db, id),
});

/** Reads for who does the act: what it is about stays as it is until the transaction ends. */
export const locking = (tx: Transaction): Reader => ({
  db: tx,
  product: (id) => lockProduct(tx, id),
  change: (id, kind) => (kind === 'activation' ? lockChangeAgainstMail(tx, id) : lockChange(tx, id)),
});

/** What an act would do at `now`. Refuses with `not-found` where there is nothing to do it to. */
export async function planOf(reader: Reader, act: ProposedAct, now: Temporal.Instant): Promise<Planned> {
  switch (act.kind) {
    case 'announcement':
      return announcementPlan(reader, act.announcement, now);
    case 'activation':
      return activationPlan(reader, act.change, now);
    case 'invalid': {
      const objection = await findObjection(reader.db, act.objection);
      const change = objection && (await reader.change(objection.changeId, act.kind));
      if (!objection || !change) throw notFound(`objection ${act.objection}`);
      const { id, number, controller, status } = objection;
      const outcome = { change: change.id, companies: companiesOf(change), number, controller, status };
      return { product: change.product, subject: id, contentHash: null, outcome: asJson(outcome), controllers: null };
    }
    case 'approval': {
      const change = await reader.change(act.change, act.kind);
      if (change === null) throw notFound(`change ${act.change}`);
      const controller = await findController(reader.db, act.approval.controller);
      if (controller === null) throw notFound(`controller ${act.approval.controller}`);
      const { id: subject, product, contentHash: asAnnounced } = change;
      const outcome = { contentHash: asAnnounced, companies: companiesOf(change), name: controller.name };
      return { product, subject, contentHash: null, outcome: asJson(outcome), controllers: null };
    }
    case 'terms': {
      const before = await reader.product(act.product);
      if (before === null) throw notFound(`product ${act.product}`);
      const { registerLoadedAt: _loaded, ...from } = before;
      const { reason: _reason, ...given } = act.terms;
      const outcome = { from, to: asSaved({ id: act.product, ...given }, before) };
      return { product: before.id, subject: before.id, contentHash: null, outcome: asJson(outcome), controllers: null };
    }
    case 'role':
      return rolePlan(reader, act, now);
  }
}

async function rolePlan(
  { db }: Reader,
  { person, product }: { readonly person: string; readonly product: string | null },
  now: Temporal.Instant,
): Promise<Planned> {
  const found = await findPersonOnRecord(db, person, now);
  if (found === null) throw notFound(`person ${person}`);
  const roles = found.roles.map(({ role, product: of }) => ({ role, product: of }));
  const outcome = { name: found.name, roles };
  return { product, subject: person, contentHash: null, outcome: asJson(outcome), controllers: null };
}

async function announcementPlan(reader: Reader, announcement: Announcement, now: Temporal.Instant): Promise<Planned> {
  const product = await reader.product(announcement.product);
  if (product === null) throw notFound(`product ${announcement.product}`);
  const { facts, audience } = await announcementFacts(reader.db, announcement, product, now);
  const content = contentOf(announcement, product, facts.register);
  const holdMinutes = announcement.holdMinutes ?? product.holdMinutes;
  return {
    product: product.id,
    subject: null,
    contentHash: await contentHash(content),
    outcome: asJson({ ...toldOf(content), holdMinutes }),
    controllers: audience.controllers,
    refusals: refusalsOf(announcement, content, facts, endOfHold(now, holdMinutes) ?? now),
  };
}

async function activationPlan(reader: Reader, id: string, now: Temporal.Instant): Promise<Planned> {
  const { db } = reader;
  const change = await reader.change(id, 'activation');
  if (change === null) throw notFound(`change ${id}`);
  const { controllers } = await progressOfOne(db, id, now);
  const versions = await liveVersionIds(db, entriesOf(change));
  return {
    product: change.product,
    subject: id,
    contentHash: change.contentHash,
    outcome: asJson({ ...toldOf(change), versions }),
    controllers: change.scope === 'each' ? await countToActivate(db, id) : controllers.total,
  };
}

/** What a change tells. */
function toldOf(content: ChangeContent) {
  const { kind, scope, regime, stricter, wordingOnly, effects, elements, plannedActivationOn } = content;
  const { productName, processor, objectionAddress, terms } = content;
  const announcer = { productName, processor, objectionAddress, terms };
  return { kind, scope, regime, stricter, wordingOnly, effects, elements, plannedActivationOn, announcer };
}

/** What a document is on record. */
const asJson = (document: unknown): unknown => JSON.parse(JSON.stringify(document));
