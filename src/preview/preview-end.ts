import { audienceOf } from '../db/audience.ts';
import { progressOfOne } from '../db/change-counts.ts';
import { findChange } from '../db/changes.ts';
import type { Queryable } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import type { ActivatedChange, AnnouncedChange, WithdrawnChange } from '../domain/change.ts';
import { isHeld } from '../domain/hold.ts';
import { notFound, Refused } from '../domain/refused.ts';
import type { Language, Text } from '../domain/text.ts';
import { composeMessage } from '../mail/compose.ts';
import { languagesShown, sampleOfEnd } from './sample-mails.ts';
import type { PreviewedMail } from './preview-announcement.ts';

/** Whom the end of a change would be told, and by which mail. */
export interface EndPreview {
  /** How many controllers would be told; nobody, while the change is held (D33). */
  readonly controllers: number;
  readonly messages: readonly PreviewedMail[];
}

interface Asked {
  readonly id: string;
  readonly by: Author;
  /** Where the link of a sample leads. */
  readonly link: (hash: string, language: Language) => string;
}

/**
 * What would go out if the change were withdrawn now, for this reason (D24). Writes nothing. Refuses with `not-found`, and
 * `change-ended`.
 */
export async function previewWithdrawal(db: Queryable, asked: Asked, reason: Text): Promise<EndPreview> {
  const change = await openChange(db, asked.id);
  const { controllers } = await progressOfOne(db, change.id, asked.by.at);
  if (isHeld(change)) return { controllers: 0, messages: [] };
  const { at, actor } = asked.by;
  const ended = {
    ...change,
    status: 'withdrawn',
    withdrawnAt: at,
    withdrawnBy: actor,
    withdrawalReason: reason,
  } as const;
  return { controllers: controllers.notified, messages: await mailsOf(db, ended, asked) };
}

/**
 * What would go out if the change were activated now (D23), of scope `each` as a wave (D43); whether it can be says the change itself.
 * Refuses as `previewWithdrawal` does.
 */
export async function previewActivation(db: Queryable, asked: Asked): Promise<EndPreview> {
  const change = await openChange(db, asked.id);
  const { controllers, approvals } = await progressOfOne(db, change.id, asked.by.at);
  const ended = { ...change, status: 'activated', activatedAt: asked.by.at, activatedBy: asked.by.actor } as const;
  const told = change.scope === 'each' ? (approvals?.ready ?? 0) : controllers.total;
  return { controllers: told, messages: await mailsOf(db, ended, asked) };
}

async function openChange(db: Queryable, id: string): Promise<AnnouncedChange> {
  const change = await findChange(db, id);
  if (change === null) throw notFound(`change ${id}`);
  if (change.status !== 'announced') throw new Refused('change-ended', `The change is ${change.status}.`);
  return change;
}

/** The mail in each language that a contact of the product reads; in both where nobody does. */
async function mailsOf(
  db: Queryable,
  change: ActivatedChange | WithdrawnChange,
  { link, by }: Asked,
): Promise<PreviewedMail[]> {
  const { byLanguage } = await audienceOf(db, change.product);
  const hash = (change.contentHash ?? '').replace(/^sha256:/, '');
  return languagesShown(byLanguage).map((language) => {
    const mail = sampleOfEnd(change, { link: link(hash, language), now: by.at, language });
    const { subject, html, text } = composeMessage(mail);
    return { kind: mail.kind, language, subject, html, text };
  });
}
