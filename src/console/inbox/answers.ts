import * as answerOperations from '../../api/answers.ts';
import * as decisionPreviews from '../../api/decision-previews.ts';
import { ANSWER_DECISIONS, type AnswerDecision, type viewOfAnswer } from '../../domain/answer.ts';
import type { recordOfObjection } from '../../domain/objection.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Form, Visit } from '../visit.ts';
import { changeOf, customerOf, type ChangeOfInbox } from './context.ts';
import type { Decision, Noun } from './decide.ts';
import { orNull, typed, type Tried } from './form.ts';
import { authorInWords } from '../author-words.ts';
import { writerInWords } from './in-words.ts';
import { momentInWords } from '../times.ts';
import { byStatus, listPage } from './list-page.ts';
import { rawMailFile, rawMailPage } from './raw-mail.ts';
import { sectionsFor } from './sections.ts';
import { inboxTextsIn, type InboxTexts } from './texts.ts';

type Answer = ReturnType<typeof viewOfAnswer>;

const addressOf = (id: string) => `/console/inbox/answers/${id}`;
const tagOf = (status: Answer['status']) => (status === 'unread' ? 'pending' : 'resolved');

/** `GET /console/inbox/answers`. */
export const listAnswers = consolePage('answers:read', (visit) => {
  const t = inboxTextsIn(visit.language);
  const { caption, none, columns, statuses } = t.answers;
  return listPage(visit, {
    section: 'answers',
    scope: 'answers:read',
    caption,
    none,
    columns,
    ...byStatus(visit, answerOperations.list, { waiting: 'unread', statuses: Object.entries(statuses) }),
    row: ({ id, subject, from, controller, receivedAt, status }, change) => [
      { text: subject || t.noSubject, href: addressOf(id) },
      writerInWords(from, t),
      controller,
      change?.name ?? '',
      momentInWords(receivedAt, visit.language),
      { text: statuses[status], tag: tagOf(status) },
    ],
  });
});

const FIELDS = ['decision', 'insteadOf', 'writtenByPerson', 'explanation', 'reasons', 'authority', 'name', 'role'];

/** What the form says; what belongs to another decision than the chosen one is left out. */
function classificationOf(form: Form) {
  const decision = orNull(form, 'decision') ?? undefined;
  const isAnswered = decision === 'approval' || decision === 'refusal';
  return {
    decision,
    insteadOf: orNull(form, 'insteadOf'),
    writtenByPerson: typed(form, 'writtenByPerson') !== '',
    explanation: orNull(form, 'explanation'),
    reasons: decision === 'objection' || isAnswered ? orNull(form, 'reasons') : null,
    authority: decision === 'approval' ? orNull(form, 'authority') : null,
    from: isAnswered ? { name: orNull(form, 'name'), role: orNull(form, 'role') } : { name: null, role: null },
  };
}

const classify: Decision = {
  operation: answerOperations.classify,
  preview: decisionPreviews.classification,
  fields: FIELDS,
  body: classificationOf,
  says: (form, t) => {
    const { decision, explanation, reasons, authority, from } = classificationOf(form);
    return [
      { name: t.answers.is, value: t.answers.statuses[decision as AnswerDecision] },
      { name: t.facts.explanation, value: explanation ?? '' },
      { name: t.objections.reasons, value: reasons ?? '' },
      { name: t.approvals.authority, value: authority ?? '' },
      { name: t.facts.from, value: [from.name, from.role].filter((part) => part !== null).join(', ') },
    ];
  },
  becomes: (result, t) => becomes(result as ClassifiedAnswer, t),
};

/** What the API answers a classification with. */
interface ClassifiedAnswer {
  readonly answer: Answer;
  readonly objection: Pick<ReturnType<typeof recordOfObjection>, 'number' | 'rejectedFor'> | null;
}

/** What an answer would become, and that what it was before would end. */
function becomes({ answer, objection }: ClassifiedAnswer, t: InboxTexts): string[] {
  const words = t.classify.becomes;
  const ended = answer.earlierDecisions.length > 0 ? [words.ended] : [];
  switch (answer.status) {
    case 'unread':
    case 'not-an-objection':
      return [words['not-an-objection'], ...ended];
    case 'objection':
      return objection === null || objection.rejectedFor === null
        ? [words.objection(objection?.number ?? 0), ...ended]
        : [`${words.rejected} ${t.objections.rejectedFor[objection.rejectedFor]}`, ...ended];
    case 'approval':
    case 'refusal':
      return [words[answer.status], ...ended];
  }
}

/** One answer, with what it quotes, and what it is said to be. */
export const answer: Noun = { scope: 'answers:read', address: addressOf, decisions: { classify }, show: showAnswer };

async function showAnswer(visit: Visit, { form, errors, status }: Tried): Promise<Shown> {
  const { language, params } = visit;
  const t = inboxTextsIn(language);
  const found = await visit.ask(answerOperations.get, { params: { id: params['id'] ?? '' } });
  const change = await changeOf(visit, found.changeId);
  const customer = await customerOf(visit, found.controller);
  const heading = t.answers.heading(found.subject || t.noSubject);
  const isOpen = found.status === 'unread' || change.status === 'announced';
  return {
    view: 'console/inbox/views/answer',
    title: heading,
    status,
    isError: errors.length > 0,
    model: {
      t,
      errors,
      heading,
      action: addressOf(found.id),
      sections: sectionsFor(visit, 'answers'),
      tag: { text: t.answers.statuses[found.status], tag: tagOf(found.status) },
      facts: [
        { name: t.facts.customer, value: customer.name, href: customer.href },
        { name: t.facts.change, value: change.name, href: change.href },
        { name: t.facts.received, value: momentInWords(found.receivedAt, language) },
        { name: t.facts.from, value: writerInWords(found.from, t) },
      ],
      own: found.text,
      quoted: found.quoted,
      attachments: found.attachments.map(({ filename, contentType, bytes }) => ({
        name: filename ?? contentType,
        size: t.bytes(Math.ceil(bytes / 1024).toLocaleString(language)),
      })),
      raw: `${addressOf(found.id)}/mail`,
      decisions: decisionsOf(found, visit, t),
      form: Object.fromEntries(FIELDS.map((name) => [name, typed(form, name)])),
      // What this page shows it as: who looked at an older page is refused (D17).
      insteadOf: found.status === 'unread' ? '' : found.status,
      fault: (field: string) => errors.find((error) => error.field === field)?.message ?? null,
      options: optionsFor(found, change, t),
      asksForApproval: change.regime.approval,
      isAnew: found.status !== 'unread',
      canClassify: isOpen && visit.may('answers:classify', change.product),
    },
  };
}

/** What an answer to a change of this regime can be, and is not now. */
function optionsFor({ status }: Answer, { regime }: ChangeOfInbox, t: InboxTexts) {
  const isPossible: Readonly<Record<AnswerDecision, boolean>> = {
    objection: regime.objection,
    approval: regime.approval,
    refusal: regime.approval,
    'not-an-objection': true,
  };
  return ANSWER_DECISIONS.filter((each) => isPossible[each] && each !== status).map((value) => ({
    value,
    ...t.classify.options[value],
  }));
}

/** What it was said to be, the latest last, with a way to what it became. */
function decisionsOf(found: Answer, { language }: Visit, t: InboxTexts) {
  if (found.status === 'unread' || found.decision === null) return [];
  const all = [...found.earlierDecisions, { ...found.decision, status: found.status }];
  return all.map((decision) => {
    const became =
      decision.objectionId === null
        ? decision.approvalId && `/console/inbox/approvals/${decision.approvalId}`
        : `/console/inbox/objections/${decision.objectionId}`;
    return {
      facts: [
        { name: t.answers.is, value: t.answers.statuses[decision.status], ...(became && { href: became }) },
        { name: t.facts.decidedBy, value: authorInWords(decision.decidedBy, language) },
        { name: t.facts.decidedAt, value: momentInWords(decision.decidedAt, language) },
        ...(decision.explanation === null ? [] : [{ name: t.facts.explanation, value: decision.explanation }]),
      ],
    };
  });
}

/** `GET /console/inbox/answers/:id/mail`: the mail that it came in. */
export const showMailOfAnswer = consolePage('answers:read', async (visit) => {
  const said = { params: { id: visit.params['id'] ?? '' } };
  const found = await visit.ask(answerOperations.get, said);
  const raw = await visit.ask(answerOperations.getMail, said);
  if (visit.query['as'] === 'file') return rawMailFile(raw, found.id);
  const { subject, receivedAt } = found;
  return rawMailPage(visit, raw, { section: 'answers', back: addressOf(found.id), subject, receivedAt });
});
