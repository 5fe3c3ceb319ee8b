import { contentOf } from '../commands/announcement-content.ts';
import { announcementFacts } from '../commands/announcement-facts.ts';
import type { Queryable } from '../db/postgres.ts';
import { findProduct } from '../db/products.ts';
import { earliestPlannedOn, refusalsOf } from '../domain/announcement.ts';
import type { AnnouncementRefusal } from '../domain/announcement-refusal.ts';
import { announcementWarnings } from '../domain/announcement-warnings.ts';
import type { Announcement } from '../domain/change.ts';
import { contentHash } from '../domain/content-hash.ts';
import type { MessageKind } from '../domain/message.ts';
import { endOfHold } from '../domain/hold.ts';
import { referenceRefusals } from '../domain/named-entries.ts';
import type { ChangeElement, Regime } from '../domain/regime.ts';
import { notFound } from '../domain/refused.ts';
import type { Language } from '../domain/text.ts';
import { announceNoLaterThan, upstreamWarnings } from '../domain/upstream.ts';
import type { Warning } from '../domain/warning.ts';
import { composeMessage } from '../mail/compose.ts';
import { languagesShown, sampleMails } from './sample-mails.ts';

/** What an announcement would do, and what would go out (D34). */
export interface Preview {
  readonly regime: Regime;
  readonly elements: readonly ChangeElement[];
  readonly controllers: {
    readonly total: number;
    readonly withoutContact: number;
    /** How many have nobody who may approve (D42); `null` where the change needs no approval. */
    readonly withoutApprover: number | null;
  };
  readonly notices: { readonly total: number; readonly byLanguage: Readonly<Record<Language, number>> };
  readonly earliestPlannedActivationOn: Temporal.PlainDate;
  readonly announceNoLaterThan: Temporal.PlainDate | null;
  readonly refusals: readonly AnnouncementRefusal[];
  readonly warnings: readonly Warning[];
  readonly messages: readonly PreviewedMail[];
  readonly hash: string;
}

/** A mail made out to a controller that there is not. */
export interface PreviewedMail {
  readonly kind: MessageKind;
  readonly language: Language;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/**
 * What would happen if this were announced at `now` (D34). Writes nothing. The mails are in each language that a contact reads,
 * in both where nobody does, and none while they cannot be written: without the entry that is replaced, or the parent.
 * `linkOf` is the address of the sample page. Refuses with `not-found` for an unknown product.
 */
export async function previewAnnouncement(
  db: Queryable,
  announcement: Announcement,
  linkOf: (hash: string, language: Language) => string,
  now: Temporal.Instant,
): Promise<Preview> {
  const product = await findProduct(db, announcement.product);
  if (product === null) throw notFound(`product ${announcement.product}`);
  const holdMinutes = announcement.holdMinutes ?? product.holdMinutes;
  const toldFrom = endOfHold(now, holdMinutes) ?? now;
  const { facts, audience } = await announcementFacts(db, announcement, product, now);
  const { controllers, contacts, byLanguage, withoutContact } = audience;
  const content = contentOf(announcement, product, facts.register);
  const hash = await contentHash(content);
  const sample = { content, link: linkOf.bind(null, hash), now: toldFrom };
  const canBeWritten = referenceRefusals(announcement, facts.register).length === 0;
  const withoutApprover = content.regime.approval ? audience.withoutApprover : null;
  const counted = { controllers, byLanguage, withoutApprover };
  return {
    regime: content.regime,
    elements: content.elements,
    controllers: { total: controllers, withoutContact: withoutContact.controllers, withoutApprover },
    notices: { total: contacts, byLanguage },
    earliestPlannedActivationOn: earliestPlannedOn(toldFrom, product.terms, content.regime),
    announceNoLaterThan: announceNoLaterThan(content.upstream, content, holdMinutes),
    refusals: refusalsOf(announcement, content, facts, toldFrom),
    warnings: [
      ...announcementWarnings(announcement, content, facts, counted, toldFrom),
      ...upstreamWarnings(content, holdMinutes, toldFrom),
    ],
    messages: canBeWritten
      ? languagesShown(byLanguage).flatMap((language) =>
          sampleMails(sample, language).map((mail) => {
            const { subject, html, text } = composeMessage(mail);
            return { kind: mail.kind, language, subject, html, text };
          }),
        )
      : [],
    hash,
  };
}
