import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import { actorWithLink, type Author } from '../domain/author.ts';
import { notFound } from '../domain/refused.ts';
import type { Answering } from '../commands/answer-through-link.ts';
import { activationFor } from '../db/activations.ts';
import { findApproval, type StoredApproval } from '../db/approvals.ts';
import { findChange } from '../db/changes.ts';
import { isContact } from '../db/controllers.ts';
import { findMessage, type StoredMessage } from '../db/messages.ts';
import { findWindow } from '../db/objection-windows.ts';
import { findObjection, type StoredObjection } from '../db/objections.ts';
import type { Change } from '../domain/change.ts';
import { changeFor } from '../domain/wave.ts';
import type { Clock } from '../domain/clock.ts';
import type { Language } from '../domain/text.ts';
import { UUID } from '../domain/uuid.ts';
import type { PackOffice } from '../evidence/pack-office.ts';
import type { ObjectionLinks } from '../security/objection-links.ts';
import type { References } from '../security/references.ts';
import type { MailedCodes } from '../security/mailed-codes.ts';
import type { WithoutSecrets } from '../security/secrets-in-text.ts';

/** The dependencies of the pages. */
export interface PageDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly links: ObjectionLinks;
  readonly codes: MailedCodes;
  readonly references: References;
  /** Cuts our own tokens out of what somebody writes. */
  readonly withoutSecrets: WithoutSecrets;
  readonly packs: PackOffice;
}

/** A request to the address behind a link. */
export type LinkRequest = FastifyRequest<{ Params: { token: string } }>;

/** A customer's link: it identifies one message to one contact of one controller about one change (D25). */
export interface CustomerLink {
  readonly token: string;
  readonly message: StoredMessage;
  /**
   * Whether it was sent to who is a contact still. The link of a former contact takes objections as before, and shows none
   * (D25).
   */
  readonly isOfContact: boolean;
}

/** The link's change, as it is for the link's controller, and the objection window that the link's controller has for it. */
export interface ChangeAndWindow {
  readonly change: Change;
  readonly window: {
    readonly number: string;
    readonly notifiedAt: Temporal.Instant | null;
    readonly deadline: Temporal.Instant | null;
    readonly leftAt: Temporal.Instant | null;
    /** When it was written: what the controller said before that was about an agreement that has ended. */
    readonly createdAt: Temporal.Instant;
  };
  /** Whether the change has ended without coming to the link's controller, which is in no wave of it (D43). */
  readonly isLeftOut: boolean;
}

const POLL_MS = 50;
const SETTLED_WITHIN_MS = 3_000;
const ID = new RegExp(`^${UUID}$`);

/** The refusal for every kind of wrong link: always the same, so that it reveals nothing about a link. */
export function noSuchPage() {
  return notFound('page');
}

/** Thrown for a link that we made and whose message is not on record: we have forgotten it (D32). */
export class ForgottenLink extends Error {
  readonly token: string;
  readonly messageId: string;

  constructor(token: string, messageId: string) {
    super('The link is of a message that is not on record.');
    this.name = 'ForgottenLink';
    this.token = token;
    this.messageId = messageId;
  }
}

/**
 * The link behind a token. Refuses with `not-found`, and throws a `ForgottenLink`.
 *
 * A contact can open the link milliseconds before our sender has recorded that the mail was accepted, although the window is
 * open from that acceptance. So this waits for the outcome, for 3 seconds at most, while the message is in flight and the
 * controller has no deadline.
 */
export async function openLink({ pool, links }: PageDependencies, token: string): Promise<CustomerLink> {
  const id = links.messageIdOf(token);
  let message = id === null ? null : await findMessage(pool, id);
  for (let waitedMs = 0; message?.status === 'in-flight' && waitedMs < SETTLED_WITHIN_MS; waitedMs += POLL_MS) {
    const window = await findWindow(pool, message.changeId, message.controllerId);
    if (window === null || window.notifiedAt !== null || window.leftAt !== null) break;
    await sleep(POLL_MS);
    message = await findMessage(pool, message.id);
  }
  if (message === null) throw id === null ? noSuchPage() : new ForgottenLink(token, id);
  return { token, message, isOfContact: await isContact(pool, message.controllerId, message.email) };
}

/** The language and the sender that the frame of a page needs. */
export interface Reader {
  readonly language: Language;
  readonly sender: { readonly processor: string; readonly product: string } | null;
}

/** The language of a link's contact, and who wrote to it; `null` for an unknown link. Does not wait as `openLink` does. */
export async function readerOf({ pool, links }: PageDependencies, token: string): Promise<Reader | null> {
  const id = links.messageIdOf(token);
  const message = id === null ? null : await findMessage(pool, id);
  if (message === null) return null;
  const change = await findChange(pool, message.changeId);
  const sender = change && { processor: change.processor.name, product: change.productName };
  return { language: message.language, sender };
}

/** The link's change and its controller's window, as they are now. */
export async function findChangeAndWindow(
  { pool }: PageDependencies,
  { message }: CustomerLink,
): Promise<ChangeAndWindow> {
  const change = await findChange(pool, message.changeId);
  const window = await findWindow(pool, message.changeId, message.controllerId);
  if (change === null || window === null) throw noSuchPage();
  if (change.scope === 'all') return { change, window, isLeftOut: false };
  const wave = await activationFor(pool, change.id, message.controllerId);
  return { change: changeFor(change, wave), window, isLeftOut: change.status === 'activated' && wave === null };
}

/**
 * An objection or attempt of the link's controller to the link's change. Refuses any other with `not-found`, and all of them
 * where the link is a former contact's.
 */
export async function findOwnObjection(
  { pool }: PageDependencies,
  { message, isOfContact }: CustomerLink,
  id: string,
): Promise<StoredObjection> {
  const objection = isOfContact && ID.test(id) ? await findObjection(pool, id) : null;
  if (objection?.changeId !== message.changeId || objection.controllerId !== message.controllerId) throw noSuchPage();
  return objection;
}

/**
 * An approval or a refusal of the link's controller to the link's change. Refuses any other with `not-found`, and all of them
 * where the link is a former contact's.
 */
export async function findOwnApproval(
  { pool }: PageDependencies,
  { message, isOfContact }: CustomerLink,
  id: string,
): Promise<StoredApproval> {
  const approval = isOfContact && ID.test(id) ? await findApproval(pool, id) : null;
  if (approval?.changeId !== message.changeId || approval.controllerId !== message.controllerId) throw noSuchPage();
  return approval;
}

/** Who answers through a link. */
export function answeringOf({ message }: CustomerLink): Answering {
  const { id: messageId, changeId, controllerId, email } = message;
  return { changeId, controllerId, email, messageId };
}

/** The author of an act through a link, as the record names it. */
export function authorOf({ message }: CustomerLink, at: Temporal.Instant): Author {
  return { at, actor: actorWithLink(message.id) };
}

/** The addresses of a link's pages, with the language if the reader has chosen one. */
export function pathsOf({ token }: Pick<CustomerLink, 'token'>, lang: string | null) {
  const query = lang === null ? '' : `?lang=${lang}`;
  return {
    page: `/objections/${token}${query}`,
    receipt: (objectionId: string) => `/objections/${token}/${objectionId}${query}`,
    withdrawal: (objectionId: string) => `/objections/${token}/${objectionId}/withdraw${query}`,
    keep: (objectionId: string) => `/objections/${token}/${objectionId}/keep${query}`,
    answer: `/objections/${token}/answer${query}`,
    approval: (approvalId: string) => `/objections/${token}/answer/${approvalId}${query}`,
    stop: (approvalId: string) => `/objections/${token}/answer/${approvalId}/stop${query}`,
    withdrawRefusal: (approvalId: string) => `/objections/${token}/answer/${approvalId}/withdraw${query}`,
    nomination: `/objections/${token}/nominate${query}`,
    documentation: `/objections/${token}/documentation${query}`,
  };
}
export type LinkPaths = ReturnType<typeof pathsOf>;
