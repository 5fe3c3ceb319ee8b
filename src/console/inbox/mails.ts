import type { ApiDependencies } from '../../api/dependencies.ts';
import * as changeList from '../../api/change-list.ts';
import * as mailOperations from '../../api/mails.ts';
import type { viewOfMail } from '../../domain/mail-on-record.ts';
import type { Command } from '../../http/operation.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Form, Visit } from '../visit.ts';
import { changeOf, customerOf } from './context.ts';
import { orNull, triedOf, typed, UNTRIED, type Tried } from './form.ts';
import { authorInWords } from '../author-words.ts';
import { writerInWords } from './in-words.ts';
import { momentInWords } from '../times.ts';
import { listPage } from './list-page.ts';
import { rawMailFile, rawMailPage } from './raw-mail.ts';
import { sectionsFor } from './sections.ts';
import { inboxTextsIn, type InboxTexts } from './texts.ts';

type Mail = ReturnType<typeof viewOfMail>;

const addressOf = (id: string) => `/console/inbox/mails/${id}`;
/** How many changes are offered for a mail that nobody could attribute. */
const OFFERED = 100;

function kindOf({ takenAs }: Mail, t: InboxTexts) {
  return takenAs === null
    ? { text: t.mails.unread, tag: 'pending' }
    : { text: t.mails.takenAs[takenAs], tag: takenAs === 'unattributed' ? 'pending' : 'resolved' };
}

/** `GET /console/inbox/mails`: what is no answer. */
export const listMails = consolePage('mails:read', (visit) => {
  const t = inboxTextsIn(visit.language);
  const { none, columns } = t.mails;
  const choices = (['unattributed', 'automatic', 'dismissed'] as const).map((value) => ({
    value,
    name: t.mails.takenAs[value],
  }));
  return listPage(visit, {
    section: 'mails',
    scope: 'mails:read',
    caption: t.sections.mails,
    none,
    columns,
    choices,
    isOfProducts: false,
    ask: (takenAs, { query }) => visit.ask(mailOperations.list, { query: { ...query, takenAs } }),
    row: (mail) => [
      { text: mail.subject || t.noSubject, href: addressOf(mail.id) },
      writerInWords(mail.from, t),
      mail.controller ?? '',
      momentInWords(mail.receivedAt, visit.language),
      kindOf(mail, t),
    ],
  });
});

/** What is decided about a mail sends nothing to its controller, so it is done at once. */
interface DecisionAboutMail {
  readonly operation: Command<ApiDependencies>;
  readonly body: (form: Form) => object;
}

/** Whose mail it is: one of those that are offered, or a customer and a change of one's own choice. */
function subjectOf(form: Form) {
  const [changeId = '', controller = ''] = typed(form, 'subject').split(' ');
  const chosen = changeId === '' ? { changeId: typed(form, 'changeId'), controller: typed(form, 'controller') } : null;
  return { ...(chosen ?? { changeId, controller }), explanation: orNull(form, 'explanation') };
}

const DECISIONS: Readonly<Record<string, DecisionAboutMail>> = {
  attribute: { operation: mailOperations.attribute, body: subjectOf },
  dismiss: { operation: mailOperations.dismiss, body: (form) => ({ explanation: typed(form, 'dismissal') }) },
  answer: {
    operation: mailOperations.callAnAnswer,
    body: (form) => ({ explanation: orNull(form, 'explanation') }),
  },
};

/** `GET /console/inbox/mails/:id`. */
export const showMail = consolePage('mails:read', (visit) => mailPage(visit, UNTRIED));

/** `POST /console/inbox/mails/:id`: what its forms do. */
export const decideAboutMail = consolePage('mails:decide', async (visit) => {
  const { form, params } = visit;
  const id = params['id'] ?? '';
  const decision = DECISIONS[typed(form, 'decide')];
  if (decision === undefined) return mailPage(visit, { ...UNTRIED, form });
  try {
    await visit.perform(decision.operation, { params: { id }, body: decision.body(form) });
    return { to: addressOf(id) };
  } catch (error) {
    return mailPage(visit, triedOf(error, visit));
  }
});

async function mailPage(visit: Visit, { form, errors, status }: Tried): Promise<Shown> {
  const { language, params } = visit;
  const t = inboxTextsIn(language);
  const found = await visit.ask(mailOperations.get, { params: { id: params['id'] ?? '' } });
  const change = found.changeId === null ? null : await changeOf(visit, found.changeId);
  const customer = found.controller === null ? null : await customerOf(visit, found.controller);
  const mayDecide = visit.may('mails:decide', change?.product);
  const isHomeless = found.takenAs === 'unattributed' || found.takenAs === 'dismissed';
  const heading = t.mails.heading(found.subject || t.noSubject);
  const fields = ['subject', 'changeId', 'controller', 'explanation', 'dismissal'];
  return {
    view: 'console/inbox/views/mail',
    title: heading,
    status,
    isError: errors.length > 0,
    model: {
      t,
      errors,
      heading,
      action: addressOf(found.id),
      sections: sectionsFor(visit, 'mails'),
      tag: kindOf(found, t),
      facts: [
        ...(customer === null ? [] : [{ name: t.facts.customer, value: customer.name, href: customer.href }]),
        ...(change === null ? [] : [{ name: t.facts.change, value: change.name, href: change.href }]),
        { name: t.facts.received, value: momentInWords(found.receivedAt, language) },
        { name: t.facts.from, value: writerInWords(found.from, t) },
        { name: t.mails.sentTo, value: found.sentTo },
      ],
      own: found.text,
      quoted: found.quoted,
      attachments: found.attachments.map(({ filename, contentType, bytes }) => ({
        name: filename ?? contentType,
        size: t.bytes(Math.ceil(bytes / 1024).toLocaleString(language)),
      })),
      raw: `${addressOf(found.id)}/mail`,
      answer: found.answerId && `/console/inbox/answers/${found.answerId}`,
      decisions: decisionsOf(found, visit, t),
      form: Object.fromEntries(fields.map((name) => [name, typed(form, name)])),
      fault: (field: string) => errors.find((error) => error.field === field)?.message ?? null,
      candidates: [...candidatesOf(found), { value: 'other', name: t.mails.attribute.other }],
      changes: mayDecide && isHomeless ? await openChanges(visit) : [],
      canAttribute: mayDecide && isHomeless,
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

async function openChanges(visit: Visit): Promise<{ value: string; name: string }[]> {
  const { items } = await visit.ask(changeList.list, { query: { sort: '-announced', limit: OFFERED } });
  return items.map(({ id, companies, product }) => ({ value: id, name: `${companies.join(', ')} (${product})` }));
}

function decisionsOf({ decisions }: Mail, { language }: Visit, t: InboxTexts) {
  return decisions.map(({ decision, explanation, decidedBy, decidedAt }) => ({
    facts: [
      { name: t.mails.decisions, value: t.mails.decided[decision] },
      { name: t.facts.decidedBy, value: authorInWords(decidedBy, language) },
      { name: t.facts.decidedAt, value: momentInWords(decidedAt, language) },
      ...(explanation === null ? [] : [{ name: t.facts.explanation, value: explanation }]),
    ],
  }));
}

/** `GET /console/inbox/mails/:id/mail`: the mail as it came. */
export const showRawMail = consolePage('mails:read', async (visit) => {
  const said = { params: { id: visit.params['id'] ?? '' } };
  const found = await visit.ask(mailOperations.get, said);
  const raw = await visit.ask(mailOperations.getRaw, said);
  if (visit.query['as'] === 'file') return rawMailFile(raw, found.id);
  const { subject, receivedAt } = found;
  return rawMailPage(visit, raw, { section: 'mails', back: addressOf(found.id), subject, receivedAt });
});
