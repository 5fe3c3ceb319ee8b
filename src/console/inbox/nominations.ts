import * as decisionPreviews from '../../api/decision-previews.ts';
import * as nominationOperations from '../../api/nominations.ts';
import { authorInWords } from '../author-words.ts';
import { momentInWords } from '../times.ts';
import { writerInWords } from './in-words.ts';
import { listOf } from './list-page.ts';
import type { Decision, Noun, Showing, ShownThing } from './noun.ts';
import { addressOf } from './sections.ts';
import type { InboxTexts } from './texts.ts';

type Nomination = Awaited<ReturnType<(typeof nominationOperations.get)['read']>>;

const tagOf = (confirmedAt: string | null, { nominations }: InboxTexts) =>
  confirmedAt === null ? { text: nominations.waits, tag: 'pending' } : { text: nominations.confirmed, tag: 'resolved' };

/** `GET /console/inbox/nominations`. */
export const listNominations = listOf('nominations', (visit, t) => ({
  choices: [
    { value: 'false', name: t.nominations.waits },
    { value: 'true', name: t.nominations.confirmed },
  ],
  isOfProducts: true,
  ask: (confirmed, { query }) => visit.ask(nominationOperations.list, { query: { ...query, confirmed } }),
  row: ({ id, name, role, nominatedAt, confirmedAt }, { change, customer }) => [
    { text: name, href: addressOf('nominations', id) },
    role,
    customer,
    change,
    momentInWords(nominatedAt, visit.language),
    tagOf(confirmedAt, t),
  ],
}));

const confirm: Decision = {
  operation: nominationOperations.confirm,
  fields: [],
  body: () => undefined,
  preview: {
    operation: decisionPreviews.nomination,
    says: () => [],
    becomes: (_result, t) => [t.nominations.becomes],
    does: (_form, t) => t.nominations.does,
  },
};

/** Whom a contact has named as somebody who may approve, for an officer to confirm (D42). */
export const nomination: Noun<Nomination> = {
  section: 'nominations',
  view: 'console/inbox/views/nomination',
  get: nominationOperations.get,
  decisions: { confirm },
  show: showNomination,
};

function showNomination(found: Nomination, { visit, t, change }: Showing<Nomination>): ShownThing {
  return {
    heading: t.nominations.heading(found.name),
    tag: tagOf(found.confirmedAt, t),
    facts: [
      { name: t.nominations.who, value: writerInWords(found, t) },
      {
        name: t.nominations.by,
        value: `${authorInWords(found.nominatedBy, visit.language)}, ${momentInWords(found.nominatedAt, visit.language)}`,
      },
      { name: t.approvals.confirmedBy, value: authorInWords(found.confirmedBy ?? '', visit.language) },
    ],
    model: { canConfirm: found.confirmedAt === null && visit.may('approvals:confirm', change.product) },
  };
}
