import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Author } from '../domain/author.ts';
import { notFound } from '../domain/refused.ts';
import { findChange } from '../db/changes.ts';
import { findMessage, type StoredMessage } from '../db/messages.ts';
import { findWindow } from '../db/objection-windows.ts';
import { findObjection, type StoredObjection } from '../db/objections.ts';
import type { Change } from '../domain/change.ts';
import type { Clock } from '../domain/clock.ts';
import type { Language } from '../domain/text.ts';
import type { ObjectionLinks } from '../security/objection-links.ts';

/** What the pages work with. */
export interface PageDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly links: ObjectionLinks;
}

/** What a customer's link stands for: one message to one contact of one controller about one change (D25). */
export interface CustomerLink {
  readonly token: string;
  readonly message: StoredMessage;
}

/** Where the link's controller stands with the link's change. */
export interface Standing {
  readonly change: Change;
  readonly window: { readonly deadline: Temporal.Instant | null; readonly leftAt: Temporal.Instant | null };
}

const POLL_MS = 50;
const SETTLED_WITHIN_MS = 3_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The one refusal for every kind of wrong link, so that none tells more than another. */
export function noSuchPage() {
  return notFound('page');
}

/**
 * The link behind a token. Refuses with `not-found`.
 *
 * A mail can be read, and its link used, in the milliseconds before our sender has recorded that it was accepted. Its window
 * is open from then on, so while the message is in flight and its controller has no deadline, this waits for the outcome.
 */
export async function openLink({ pool, links }: PageDependencies, token: string): Promise<CustomerLink> {
  const id = links.messageIdOf(token);
  let message = id === null ? null : await findMessage(pool, id);
  for (let waitedMs = 0; message?.status === 'in-flight' && waitedMs < SETTLED_WITHIN_MS; waitedMs += POLL_MS) {
    const window = await findWindow(pool, message.changeId, message.controllerId);
    if (window === null || window.deadline !== null || window.leftAt !== null) break;
    await sleep(POLL_MS);
    message = await findMessage(pool, message.id);
  }
  if (message === null) throw noSuchPage();
  return { token, message };
}

/** The language of the contact that a link was sent to, or `null` for no such link. */
export async function contactLanguage({ pool, links }: PageDependencies, token: string): Promise<Language | null> {
  const id = links.messageIdOf(token);
  return id === null ? null : ((await findMessage(pool, id))?.language ?? null);
}

/** The link's change and its controller's window, as they are now. */
export async function standingOf({ pool }: PageDependencies, { message }: CustomerLink): Promise<Standing> {
  const change = await findChange(pool, message.changeId);
  const window = await findWindow(pool, message.changeId, message.controllerId);
  if (change === null || window === null) throw noSuchPage();
  return { change, window };
}

/** An objection or attempt of the link's controller about the link's change. Refuses with `not-found`, whoever's it is. */
export async function findOwnObjection(
  { pool }: PageDependencies,
  { message }: CustomerLink,
  id: string,
): Promise<StoredObjection> {
  const objection = UUID.test(id) ? await findObjection(pool, id) : null;
  if (objection?.changeId !== message.changeId || objection.controllerId !== message.controllerId) throw noSuchPage();
  return objection;
}

/** Who decides when a contact acts through a link, as it stands on the record. */
export function decisionOf({ message }: CustomerLink, at: Temporal.Instant): Author {
  return { at, actor: `${message.name} (${message.email}, through the link)` };
}

/** The addresses of a link's pages. `lang` is kept where the reader has chosen one. */
export function pathsOf({ token }: CustomerLink, lang: string | null) {
  const query = lang === null ? '' : `?lang=${lang}`;
  return {
    page: `/objections/${token}${query}`,
    receipt: (objectionId: string) => `/objections/${token}/${objectionId}${query}`,
    withdrawal: (objectionId: string) => `/objections/${token}/${objectionId}/withdraw${query}`,
  };
}
export type LinkPaths = ReturnType<typeof pathsOf>;
