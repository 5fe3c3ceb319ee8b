import * as decisionPreviews from '../../api/decision-previews.ts';
import * as nominationOperations from '../../api/nominations.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { changeOf, customerOf } from './context.ts';
import type { Decision, Noun } from './decide.ts';
import type { Tried } from './form.ts';
import { authorInWords } from '../author-words.ts';
import { writerInWords } from './in-words.ts';
import { momentInWords } from '../times.ts';
import { listPage } from './list-page.ts';
import { sectionsFor } from './sections.ts';
import { inboxTextsIn } from './texts.ts';

const addressOf = (id: string) => `/console/inbox/nominations/${id}`;

/** `GET /console/inbox/nominations`. */
export const listNominations = consolePage('approvals:read', (visit) => {
  const t = inboxTextsIn(visit.language);
  const { caption, none, columns, waits, confirmed } = t.nominations;
  return listPage(visit, {
    section: 'nominations',
    scope: 'approvals:read',
    caption,
    none,
    columns,
    choices: [
      { value: 'false', name: waits },
      { value: 'true', name: confirmed },
    ],
    isOfProducts: true,
    ask: (choice, { query }) => visit.ask(nominationOperations.list, { query: { ...query, confirmed: choice } }),
    row: ({ id, name, role, controller, nominatedAt, confirmedAt }, change) => [
      { text: name, href: addressOf(id) },
      role,
      controller,
      change?.name ?? '',
      momentInWords(nominatedAt, visit.language),
      confirmedAt === null ? { text: waits, tag: 'pending' } : { text: confirmed, tag: 'resolved' },
    ],
  });
});

const confirm: Decision = {
  operation: nominationOperations.confirm,
  preview: decisionPreviews.nomination,
  fields: [],
  body: () => undefined,
  says: () => [],
  becomes: (_result, t) => [t.nominations.becomes],
};

/** Whom a contact has named as somebody who may approve, for an officer to confirm (D42). */
export const nomination: Noun = {
  scope: 'approvals:read',
  address: addressOf,
  decisions: { confirm },
  show: showNomination,
};

async function showNomination(visit: Visit, { errors, status }: Tried): Promise<Shown> {
  const { language, params } = visit;
  const t = inboxTextsIn(language);
  const found = await visit.ask(nominationOperations.get, { params: { id: params['id'] ?? '' } });
  const change = await changeOf(visit, found.changeId);
  const customer = await customerOf(visit, found.controller);
  const { waits, confirmed, heading, by } = t.nominations;
  return {
    view: 'console/inbox/views/nomination',
    title: heading(found.name),
    status,
    isError: errors.length > 0,
    model: {
      t,
      errors,
      heading: heading(found.name),
      action: addressOf(found.id),
      sections: sectionsFor(visit, 'nominations'),
      tag: found.confirmedAt === null ? { text: waits, tag: 'pending' } : { text: confirmed, tag: 'resolved' },
      facts: [
        { name: t.facts.customer, value: customer.name, href: customer.href },
        { name: t.facts.change, value: change.name, href: change.href },
        { name: t.facts.from, value: writerInWords(found, t) },
        {
          name: by,
          value: `${authorInWords(found.nominatedBy, language)}, ${momentInWords(found.nominatedAt, language)}`,
        },
        ...(found.confirmedBy === null
          ? []
          : [{ name: t.approvals.confirmedBy, value: authorInWords(found.confirmedBy, language) }]),
      ],
      canConfirm: found.confirmedAt === null && visit.may('approvals:confirm', change.product),
    },
  };
}
