import * as changeEnds from '../../api/change-ends.ts';
import { listOfChange } from '../../api/objection-list.ts';
import type { Queryable } from '../../db/postgres.ts';
import { notFound } from '../../domain/refused.ts';
import { namesOfCustomers } from '../customer-names.ts';
import { outcomeInWords } from '../inbox/in-words.ts';
import { addressOf } from '../inbox/sections.ts';
import { inboxTextsIn } from '../inbox/texts.ts';
import { numberInWords } from '../numbers.ts';
import type { Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { withQuery } from '../addresses.ts';
import type { ChangeShown } from './change-shown.ts';

export type EndPreview = Awaited<ReturnType<(typeof changeEnds.activate)['read']>>;
const NOBODY: EndPreview = { controllers: 0, messages: [] };

/**
 * What an activation does: what cannot be undone, the objections and how each was resolved, and the mails that it sends, with their pictures
 * at `href`. The same for who activates, who proposes it and who approves that.
 */
export async function activationShown(
  visit: Visit,
  { change, t }: Pick<ChangeShown, 'change' | 't'>,
  href: string,
  db: Queryable,
) {
  const isOpen = change.status === 'announced';
  const preview = isOpen ? await visit.ask(changeEnds.activate, { params: { id: change.id } }) : NOBODY;
  const count = numberInWords(preview.controllers, visit.language);
  return {
    paragraphs: [
      t.activate.what,
      ...(change.scope === 'each' ? [t.activate.wave(count)] : []),
      ...(isOpen ? [t.activate.tells(count)] : []),
    ],
    objections: await objectionsTo(visit, change, db),
    mailHeading: t.activate.mail,
    messages: pictured(preview, href),
  };
}

/** How many objections a page lists; the rest are in the inbox. */
const LISTED = 50;

/** The objections to a change as rows of a table, with how each was resolved; `null` for who may not read them. */
async function objectionsTo(visit: Visit, { id, product }: ChangeShown['change'], db: Queryable) {
  if (!visit.may('objections:read', product)) return null;
  const t = inboxTextsIn(visit.language);
  const { items } = await visit.ask(listOfChange, { params: { id }, query: { limit: LISTED } });
  const nameOf = await namesOfCustomers(
    db,
    items.map(({ controller }) => controller),
  );
  return items.map(({ id: objection, number, controller, status, resolution }) => [
    { text: String(number), href: addressOf('objections', objection) },
    nameOf(controller),
    t.objections.statuses[status],
    resolution === null ? '' : outcomeInWords(resolution.outcome, t),
    resolution?.explanation ?? '',
  ]);
}

/** The mail of these that is in the language that the address names, or else the first. */
export function mailIn({ query }: Visit, { messages }: EndPreview): Shown {
  const message = messages.find(({ language }) => language === query.language) ?? messages[0];
  if (message === undefined) throw notFound('mail that would be sent');
  return { mail: message.html };
}

/** The longest address of a picture: what is longer, a server may not take. The mail then stands as text alone. */
const MAX_ADDRESS = 6_000;

/** The mails that would be sent, each with the address of its picture. */
export function pictured({ messages }: EndPreview, href: string, reason: Readonly<Record<string, string>> = {}) {
  return messages.map(({ language, subject, text }) => {
    const picture = withQuery(`${href}/mail.html`, { ...reason, language });
    return { language, subject, text, picture: picture.length > MAX_ADDRESS ? null : picture };
  });
}
