import * as answerOperations from '../../api/answers.ts';
import * as decisionPreviews from '../../api/decision-previews.ts';
import { ANSWER_DECISIONS, type AnswerDecision, type viewOfAnswer } from '../../domain/answer.ts';
import type { recordOfObjection } from '../../domain/objection.ts';
import { textOf, textOrNull } from '../form-faults.ts';
import { momentInWords } from '../times.ts';
import type { Form, Visit } from '../visit.ts';
import type { ChangeOfInbox } from './context.ts';
import { decidedInWords, writerInWords } from './in-words.ts';
import { byStatus, listOf } from './list-page.ts';
import { contentOf, rawMailOf } from './mail-content.ts';
import type { Decision, Noun, Showing, ShownThing } from './noun.ts';
import { addressOf } from './sections.ts';
import type { InboxTexts } from './texts.ts';

type Answer = ReturnType<typeof viewOfAnswer>;

const tagOf = (status: Answer['status']) => (status === 'unread' ? 'pending' : 'resolved');

/** `GET /console/inbox/answers`. */
export const listAnswers = listOf('answers', (visit, t) => ({
  ...byStatus(visit, answerOperations.list, { waiting: 'unread', statuses: Object.entries(t.answers.statuses) }),
  row: ({ id, subject, from, receivedAt, status }: Answer, { change, customer }) => [
    { text: subject || t.noSubject, href: addressOf('answers', id) },
    writerInWords(from, t),
    customer,
    change,
    momentInWords(receivedAt, visit.language),
    { text: t.answers.statuses[status], tag: tagOf(status) },
  ],
}));

/** What the form says; what belongs to another decision than the chosen one is left out. */
function classificationOf(form: Form) {
  const decision = textOrNull(form, 'decision') ?? undefined;
  const isAnswered = decision === 'approval' || decision === 'refusal';
  return {
    decision,
    insteadOf: textOrNull(form, 'insteadOf'),
    writtenByPerson: textOf(form, 'writtenByPerson') !== '',
    explanation: textOrNull(form, 'explanation'),
    reasons: decision === 'objection' || isAnswered ? textOrNull(form, 'reasons') : null,
    authority: decision === 'approval' ? textOrNull(form, 'authority') : null,
    from: isAnswered ? { name: textOrNull(form, 'name'), role: textOrNull(form, 'role') } : { name: null, role: null },
  };
}

const classify: Decision = {
  operation: answerOperations.classify,
  fields: ['decision', 'insteadOf', 'writtenByPerson', 'explanation', 'reasons', 'authority', 'name', 'role'],
  body: classificationOf,
  fieldOf: { 'from.name': 'name', 'from.role': 'role' },
  preview: {
    operation: decisionPreviews.classification,
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
    does: (form, t) => t.classify.does[textOf(form, 'decision') as AnswerDecision],
  },
};

/** What the API answers a classification with. */
interface ClassifiedAnswer {
  readonly answer: Answer;
  readonly objection: Pick<ReturnType<typeof recordOfObjection>, 'number' | 'rejectedFor'> | null;
}

/** What an answer would become, and that what it was before would end. */
function becomes({ answer: { status, earlierDecisions }, objection }: ClassifiedAnswer, t: InboxTexts): string[] {
  const words = t.classify.becomes;
  const ended = earlierDecisions.length > 0 ? [words.ended] : [];
  switch (status) {
    case 'unread':
    case 'not-an-objection':
      return [words['not-an-objection'], ...ended];
    case 'objection':
      return objection === null || objection.rejectedFor === null
        ? [words.objection(objection?.number ?? 0), ...ended]
        : [`${words.rejected} ${t.objections.rejectedFor[objection.rejectedFor]}`, ...ended];
    case 'approval':
    case 'refusal':
      return [words[status], ...ended];
  }
}

/** One answer, with what it quotes, and what it is said to be. */
export const answer: Noun<Answer> = {
  section: 'answers',
  view: 'console/inbox/views/answer',
  get: answerOperations.get,
  decisions: { classify },
  show: showAnswer,
};

function showAnswer(found: Answer, { visit, t, change }: Showing<Answer>): ShownThing {
  const { language } = visit;
  const isRead = found.status !== 'unread';
  return {
    heading: t.answers.heading(found.subject || t.noSubject),
    tag: { text: t.answers.statuses[found.status], tag: tagOf(found.status) },
    facts: [
      { name: t.facts.received, value: momentInWords(found.receivedAt, language) },
      { name: t.facts.from, value: writerInWords(found.from, t) },
    ],
    model: {
      ...contentOf(found, 'answers', language),
      decisions: decisionsOf(found, visit, t),
      // What this page shows it as: who looked at an older page is refused (D17).
      insteadOf: isRead ? found.status : '',
      options: optionsFor(found, change, t),
      asksForApproval: change.regime.approval,
      isAnew: isRead,
      canClassify: (!isRead || change.status === 'announced') && visit.may('answers:classify', change.product),
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
  return all.map(({ status, objectionId, approvalId, decidedBy: by, decidedAt: at, explanation }) => {
    const became =
      objectionId === null ? approvalId && addressOf('approvals', approvalId) : addressOf('objections', objectionId);
    return {
      facts: [
        { name: t.answers.is, value: t.answers.statuses[status], ...(became && { href: became }) },
        ...decidedInWords({ by, at, explanation }, { t, language }),
      ],
    };
  });
}

/** `GET /console/inbox/answers/:id/mail`: the mail that it came in. */
export const showMailOfAnswer = rawMailOf('answers', { get: answerOperations.get, raw: answerOperations.getMail });
