import * as answers from '../../api/answers.ts';
import * as decisionPreviews from '../../api/decision-previews.ts';
import * as objectionList from '../../api/objection-list.ts';
import * as objections from '../../api/objections.ts';
import type { recordOfObjection } from '../../domain/objection.ts';
import { authorInWords } from '../author-words.ts';
import { textOf, textOrNull } from '../form-faults.ts';
import { scanFacts } from '../scans.ts';
import { momentInWords } from '../times.ts';
import { proposalsAbout, waitingAmong } from '../proposals/waiting.ts';
import type { Visit } from '../visit.ts';
import { mailsAsEvidence } from './evidence.ts';
import { beginningOf, decidedInWords, outcomeInWords, writerInWords } from './in-words.ts';
import { byStatus, listOf } from './list-page.ts';
import type { Decision, Fact, Noun, Showing, ShownThing } from './noun.ts';
import { addressOf } from './sections.ts';
import type { InboxTexts } from './texts.ts';

type Objection = ReturnType<typeof recordOfObjection>;

/** `GET /console/inbox/objections`. */
export const listObjections = listOf('objections', (visit, t) => ({
  ...byStatus(visit, objectionList.list, { waiting: 'pending', statuses: Object.entries(t.objections.statuses) }),
  row: ({ id, number, reasons, receivedAt, status }: Objection, { change, customer }) => [
    { text: nameOf({ number, status }, t), href: addressOf('objections', id) },
    customer,
    change,
    beginningOf(reasons),
    momentInWords(receivedAt, visit.language),
    { text: t.objections.statuses[status], tag: status },
  ],
}));

/** What it is called: an attempt that was rejected is no objection (D15). */
const nameOf = ({ number, status }: Pick<Objection, 'number' | 'status'>, t: InboxTexts) =>
  t.objections[status === 'rejected' ? 'attempt' : 'heading'](number);

const resolve: Decision = {
  operation: objections.resolve,
  fields: ['outcome', 'explanation', 'mailId'],
  body: (form) => ({
    outcome: textOrNull(form, 'outcome') ?? undefined,
    explanation: textOrNull(form, 'explanation'),
    mailId: textOrNull(form, 'mailId'),
  }),
  act: (objection, form) => ({
    kind: 'invalid',
    objection,
    explanation: textOrNull(form, 'explanation'),
    mailId: textOrNull(form, 'mailId'),
  }),
  preview: {
    operation: decisionPreviews.resolution,
    says: (form, t) => [
      { name: t.objections.outcome, value: outcomeInWords(textOf(form, 'outcome'), t) },
      { name: t.facts.explanation, value: textOf(form, 'explanation') },
    ],
    becomes: (_result, t) => [t.resolve.becomes],
    does: (_form, t) => t.resolve.heading,
  },
};

const acceptLate: Decision = {
  operation: objections.acceptLate,
  fields: ['explanation'],
  body: (form) => ({ explanation: textOrNull(form, 'explanation') }),
  preview: {
    operation: decisionPreviews.lateAcceptance,
    says: (form, t) => [{ name: t.facts.explanation, value: textOf(form, 'explanation') }],
    becomes: (_result, t) => [t.acceptLate.becomes],
    does: (_form, t) => t.acceptLate.does,
  },
};

/** One objection, or a rejected attempt, and what can be decided about it. */
export const objection: Noun<Objection> = {
  section: 'objections',
  view: 'console/inbox/views/objection',
  get: objections.get,
  decisions: { resolve, acceptLate },
  show: showObjection,
};

async function showObjection(found: Objection, { visit, t, change }: Showing<Objection>): Promise<ShownThing> {
  const mayResolve = visit.may('objections:resolve', change.product);
  const canResolve = mayResolve && found.status === 'pending';
  const isLate = found.rejectedFor === 'window-closed' && change.status === 'announced';
  return {
    heading: nameOf(found, t),
    tag: { text: t.objections.statuses[found.status], tag: found.status },
    notes: notesOf(found, visit, t),
    facts: [
      { name: t.facts.received, value: momentInWords(found.receivedAt, visit.language) },
      { name: t.facts.channel, value: t.channels[found.channel] },
      { name: t.facts.from, value: writerInWords(found.from, t) },
      {
        name: t.facts.recordedBy,
        value: found.channel === 'link' ? '' : authorInWords(found.recordedBy, visit.language),
      },
      ...(await scanFacts(visit, { ...found, product: change.product })),
      ...endOf(found, visit, t),
    ],
    proposals: await waitingAmong(visit, await proposalsAbout(visit, found.id, change.product)),
    model: {
      statement: { heading: t.objections.reasons, text: found.reasons, none: t.objections.noReasons },
      answer: await answerOf(visit, found),
      outcomes: Object.entries(t.resolve.options).map(([value, option]) => ({ value, ...option })),
      evidence: canResolve ? await mailsAsEvidence(visit, found) : [],
      canResolve,
      canAcceptLate: mayResolve && isLate,
    },
  };
}

/** How it ended, and who accepted it late. */
function endOf({ resolution, acceptedLate }: Objection, { language }: Visit, t: InboxTexts): Fact[] {
  const accepted = [
    { name: t.facts.acceptedLate, value: authorInWords(acceptedLate?.acceptedBy ?? '', language) },
    { name: t.facts.explanation, value: acceptedLate?.explanation ?? '' },
  ];
  if (resolution === null) return accepted;
  const { outcome, resolvedBy: by, resolvedAt: at, explanation, mailId } = resolution;
  return [
    ...accepted,
    { name: t.resolve.done, value: outcomeInWords(outcome, t) },
    ...decidedInWords({ by, at, explanation }, { t, language }),
    ...(mailId === null ? [] : [{ name: t.facts.evidence, value: t.facts.mail, href: addressOf('mails', mailId) }]),
  ];
}

function notesOf({ rejectedFor, withdrawal }: Objection, { language }: Visit, t: InboxTexts): string[] {
  const rejected = rejectedFor === null ? [] : [t.objections.rejectedFor[rejectedFor]];
  if (withdrawal?.status !== 'waiting') return rejected;
  const { email, takesEffectAt } = withdrawal;
  return [...rejected, t.objections.beingWithdrawn(email, takesEffectAt && momentInWords(takesEffectAt, language))];
}

/** The address of the answer that it came in; `null` where it came otherwise, or for who reads no answers. */
async function answerOf(visit: Visit, { id, changeId, controller, channel }: Objection): Promise<string | null> {
  if (channel !== 'email' || !visit.may('answers:read')) return null;
  const { items } = await visit.ask(answers.listOfChange, {
    params: { id: changeId },
    query: { controller, limit: 200 },
  });
  const found = items.find((each) =>
    [each.decision, ...each.earlierDecisions].some((decision) => decision?.objectionId === id),
  );
  return found === undefined ? null : addressOf('answers', found.id);
}
