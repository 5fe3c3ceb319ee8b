import * as mailOperations from '../../api/mails.ts';
import type { viewOfMail } from '../../domain/mail-on-record.ts';
import { changesToChoose } from '../change/to-choose.ts';
import { customerFieldIn, customerMeant } from '../customer-meant.ts';
import { textOf, textOrNull } from '../form-faults.ts';
import { momentInWords } from '../times.ts';
import type { Form, Visit } from '../visit.ts';
import { decidedInWords, writerInWords } from './in-words.ts';
import { listOf } from './list-page.ts';
import { contentOf, rawMailOf } from './mail-content.ts';
import { explained, type Decision, type Noun, type Showing, type ShownThing } from './noun.ts';
import { addressOf } from './sections.ts';
import type { InboxTexts } from './texts.ts';

type Mail = ReturnType<typeof viewOfMail>;

function kindOf({ takenAs }: Mail, t: InboxTexts) {
  return takenAs === null
    ? { text: t.mails.unread, tag: 'pending' }
    : { text: t.mails.takenAs[takenAs], tag: takenAs === 'unattributed' ? 'pending' : 'resolved' };
}

/** `GET /console/inbox/mails`: what is no answer. */
export const listMails = listOf('mails', (visit, t) => ({
  choices: (['unattributed', 'automatic', 'dismissed'] as const).map((value) => ({
    value,
    name: t.mails.takenAs[value],
  })),
  isOfProducts: false,
  ask: (takenAs, { query }) => visit.ask(mailOperations.list, { query: { ...query, takenAs } }),
  row: (mail, { customer }) => [
    { text: mail.subject || t.noSubject, href: addressOf('mails', mail.id) },
    writerInWords(mail.from, t),
    customer,
    momentInWords(mail.receivedAt, visit.language),
    kindOf(mail, t),
  ],
}));

/** Whose mail it is: one of those that are offered, or a customer and a change of one's own choice. */
async function subjectOf(form: Form, visit: Visit) {
  const explanation = textOrNull(form, 'explanation');
  const [changeId = '', controller] = textOf(form, 'subject').split(' ');
  if (controller !== undefined) return { changeId, controller, explanation };
  const typed = textOf(form, 'controller');
  const meant = await customerMeant(visit, { field: 'controller', typed });
  return { changeId: textOf(form, 'changeId'), controller: meant, explanation };
}

const attribute: Decision = {
  operation: mailOperations.attribute,
  fields: ['subject', 'changeId', 'controller', 'explanation'],
  body: subjectOf,
  preview: null,
};

const dismiss = explained(mailOperations.dismiss, 'dismissal');

const callAnAnswer: Decision = {
  operation: mailOperations.callAnAnswer,
  fields: ['explanation'],
  body: (form) => ({ explanation: textOrNull(form, 'explanation') }),
  preview: null,
};

/** One mail, and whose it is said to be. */
export const mail: Noun<Mail> = {
  section: 'mails',
  view: 'console/inbox/views/mail',
  get: mailOperations.get,
  decisions: { attribute, dismiss, answer: callAnAnswer },
  show: showMail,
};

async function showMail(found: Mail, { visit, t, change }: Showing<Mail>): Promise<ShownThing> {
  const { language } = visit;
  const mayDecide = visit.may('mails:decide', change?.product);
  const canAttribute = mayDecide && (found.takenAs === 'unattributed' || found.takenAs === 'dismissed');
  return {
    heading: t.mails.heading(found.subject || t.noSubject),
    tag: kindOf(found, t),
    facts: [
      { name: t.facts.received, value: momentInWords(found.receivedAt, language) },
      { name: t.facts.from, value: writerInWords(found.from, t) },
      { name: t.mails.sentTo, value: found.sentTo },
    ],
    model: {
      ...contentOf(found, 'mails', language),
      answer: found.answerId && addressOf('answers', found.answerId),
      decisions: decisionsOf(found, visit, t),
      candidates: [...candidatesOf(found), { value: 'other', name: t.mails.attribute.other }],
      changes: canAttribute ? await changesToChoose(visit, 'mails:decide') : [],
      customerField: customerFieldIn(language),
      canAttribute,
      canDismiss: mayDecide && found.takenAs === 'unattributed',
      canCallAnAnswer: mayDecide && found.takenAs === 'automatic',
    },
  };
}

/** Who has its sender as a contact, with each change that it may be about. */
function candidatesOf({ candidates }: Mail): { value: string; name: string }[] {
  return candidates.flatMap(({ controller, name, changes }) =>
    changes.map(({ id, subProcessor }) => ({
      value: `${id} ${controller}`,
      name: `${name} (${controller}): ${subProcessor}`,
    })),
  );
}

function decisionsOf({ decisions }: Mail, { language }: Visit, t: InboxTexts) {
  return decisions.map(({ decision, explanation, decidedBy: by, decidedAt: at }) => ({
    facts: [
      { name: t.mails.decisions, value: t.mails.decided[decision] },
      ...decidedInWords({ by, at, explanation }, { t, language }),
    ],
  }));
}

/** `GET /console/inbox/mails/:id/mail`: the mail as it came. */
export const showRawMail = rawMailOf('mails', { get: mailOperations.get, raw: mailOperations.getRaw });
