import * as decisionPreviews from '../../api/decision-previews.ts';
import * as nominationOperations from '../../api/nominations.ts';
import { NOMINATION_STATUSES, type NominationStatus } from '../../domain/approval.ts';
import { momentInWords } from '../times.ts';
import { doneBy, writerInWords } from './in-words.ts';
import { listOf } from './list-page.ts';
import { explained, type Decision, type Noun, type Showing, type ShownThing } from './noun.ts';
import { addressOf } from './sections.ts';
import type { InboxTexts } from './texts.ts';

type Nomination = Awaited<ReturnType<(typeof nominationOperations.get)['read']>>;

const tagOf = (status: NominationStatus, { nominations }: InboxTexts) => ({
  text: nominations.statuses[status],
  tag: { waiting: 'pending', confirmed: 'resolved', rejected: 'rejected' }[status],
});

/** `GET /console/inbox/nominations`. */
export const listNominations = listOf('nominations', (visit, t) => ({
  choices: NOMINATION_STATUSES.map((value) => ({ value, name: t.nominations.statuses[value] })),
  isOfProducts: true,
  ask: (status, { query }) => visit.ask(nominationOperations.list, { query: { ...query, status } }),
  row: ({ id, name, role, nominatedAt, status }, { change, customer }) => [
    { text: name, href: addressOf('nominations', id) },
    role,
    customer,
    change,
    momentInWords(nominatedAt, visit.language),
    tagOf(status, t),
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

const reject = explained(nominationOperations.reject, 'rejection');

/** Whom a contact has named as somebody who may approve, for an officer to confirm or reject (D42). */
export const nomination: Noun<Nomination> = {
  section: 'nominations',
  view: 'console/inbox/views/nomination',
  get: nominationOperations.get,
  decisions: { confirm, reject },
  show: showNomination,
};

function showNomination(found: Nomination, { visit, t, change }: Showing<Nomination>): ShownThing {
  return {
    heading: t.nominations.heading(found.name),
    tag: tagOf(found.status, t),
    facts: [
      { name: t.nominations.who, value: writerInWords(found, t) },
      { name: t.nominations.by, value: doneBy(found.nominatedBy, found.nominatedAt, visit.language) },
      { name: t.approvals.confirmedBy, value: doneBy(found.confirmedBy, found.confirmedAt, visit.language) },
      { name: t.nominations.rejectedBy, value: doneBy(found.rejectedBy, found.rejectedAt, visit.language) },
      { name: t.facts.explanation, value: found.explanation ?? '' },
    ],
    model: { canDecide: found.status === 'waiting' && visit.may('approvals:confirm', change.product) },
  };
}
