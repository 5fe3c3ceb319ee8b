import * as answers from '../../api/answers.ts';
import * as decisionPreviews from '../../api/decision-previews.ts';
import * as objectionList from '../../api/objection-list.ts';
import * as objections from '../../api/objections.ts';
import type { recordOfObjection } from '../../domain/objection.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { changeOf, customerOf } from './context.ts';
import type { Decision, Noun } from './decide.ts';
import { mailsAsEvidence } from './evidence.ts';
import { orNull, typed, type Tried } from './form.ts';
import { authorWithoutId } from '../../domain/author.ts';
import { beginningOf, writerInWords } from './in-words.ts';
import { scanLinks } from '../scans.ts';
import { momentInWords } from '../times.ts';
import { byStatus, listPage } from './list-page.ts';
import { sectionsFor } from './sections.ts';
import { inboxTextsIn, type InboxTexts } from './texts.ts';

type Objection = ReturnType<typeof recordOfObjection>;

const TAGS = { pending: 'pending', resolved: 'resolved', rejected: 'rejected' } as const;

/** `GET /console/inbox/objections`. */
export const listObjections = consolePage('objections:read', (visit) => {
  const t = inboxTextsIn(visit.language);
  const { caption, none, columns, statuses } = t.objections;
  return listPage(visit, {
    section: 'objections',
    scope: 'objections:read',
    caption,
    none,
    columns,
    ...byStatus(visit, objectionList.list, { waiting: 'pending', statuses: Object.entries(statuses) }),
    row: ({ id, number, controller, reasons, receivedAt, status }, change) => [
      { text: String(number), href: `/console/inbox/objections/${id}` },
      controller,
      change?.name ?? '',
      beginningOf(reasons),
      momentInWords(receivedAt, visit.language),
      { text: statuses[status], tag: TAGS[status] },
    ],
  });
});

const resolve: Decision = {
  operation: objections.resolve,
  preview: decisionPreviews.resolution,
  fields: ['outcome', 'explanation', 'mailId'],
  body: (form) => ({
    outcome: orNull(form, 'outcome') ?? undefined,
    explanation: orNull(form, 'explanation'),
    mailId: orNull(form, 'mailId'),
  }),
  act: (objection, form) => ({
    kind: 'invalid',
    objection,
    explanation: orNull(form, 'explanation'),
    mailId: orNull(form, 'mailId'),
  }),
  says: (form, t) => [
    { name: t.objections.outcome, value: outcomeInWords(typed(form, 'outcome'), t) },
    { name: t.facts.explanation, value: typed(form, 'explanation') },
  ],
  becomes: (_result, t) => [t.resolve.becomes],
};

const acceptLate: Decision = {
  operation: objections.acceptLate,
  preview: decisionPreviews.lateAcceptance,
  fields: ['explanation'],
  body: (form) => ({ explanation: orNull(form, 'explanation') }),
  says: (form, t) => [{ name: t.facts.explanation, value: typed(form, 'explanation') }],
  becomes: (_result, t) => [t.acceptLate.becomes],
};

/** One objection, or a rejected attempt, and what can be decided about it. */
export const objection: Noun = {
  scope: 'objections:read',
  address: (id) => `/console/inbox/objections/${id}`,
  decisions: { resolve, acceptLate },
  show: showObjection,
};

async function showObjection(visit: Visit, { form, errors, status, offer = null }: Tried): Promise<Shown> {
  const { language, params } = visit;
  const t = inboxTextsIn(language);
  const found = await visit.ask(objections.get, { params: { id: params['id'] ?? '' } });
  const change = await changeOf(visit, found.changeId);
  const customer = await customerOf(visit, found.controller);
  const scans = await scanLinks(visit, { ...found, product: change.product });
  const mayResolve = visit.may('objections:resolve', change.product);
  const isLate = found.rejectedFor === 'window-closed' && change.status === 'announced';
  const heading = found.status === 'rejected' ? t.objections.attempt(found.number) : t.objections.heading(found.number);
  const canResolve = mayResolve && found.status === 'pending';
  return {
    view: 'console/inbox/views/objection',
    title: heading,
    status,
    isError: errors.length > 0,
    model: {
      t,
      errors,
      offer,
      heading,
      action: `/console/inbox/objections/${found.id}`,
      sections: sectionsFor(visit, 'objections'),
      tag: { text: t.objections.statuses[found.status], tag: TAGS[found.status] },
      facts: [
        { name: t.facts.customer, value: customer.name, href: customer.href },
        { name: t.facts.change, value: change.name, href: change.href },
        { name: t.facts.received, value: momentInWords(found.receivedAt, language) },
        { name: t.facts.channel, value: t.channels[found.channel] },
        { name: t.facts.from, value: writerInWords(found.from, t) },
        ...(found.channel === 'link' ? [] : [{ name: t.facts.recordedBy, value: authorWithoutId(found.recordedBy) }]),
        ...scans
          .filter(({ of }) => of === found.id)
          .map(({ href, name }) => ({ name: t.facts.scan, value: name, href })),
        ...endOf(found, visit, t),
      ],
      reasons: found.reasons,
      notes: notesOf(found, visit, t),
      answer: await answerOf(visit, found),
      form: {
        outcome: typed(form, 'outcome'),
        explanation: typed(form, 'explanation'),
        mailId: typed(form, 'mailId'),
      },
      fault: (field: string) => errors.find((error) => error.field === field)?.message ?? null,
      outcomes: Object.entries(t.resolve.options).map(([value, option]) => ({ value, ...option })),
      evidence: canResolve ? await mailsAsEvidence(visit, found) : [],
      canResolve,
      canAcceptLate: mayResolve && isLate,
    },
  };
}

/** How it ended, and who accepted it late. */
function endOf({ resolution, acceptedLate }: Objection, { language }: Visit, t: InboxTexts) {
  return [
    ...(acceptedLate === null
      ? []
      : [
          { name: t.facts.acceptedLate, value: authorWithoutId(acceptedLate.acceptedBy) },
          ...(acceptedLate.explanation === null
            ? []
            : [{ name: t.facts.explanation, value: acceptedLate.explanation }]),
        ]),
    ...(resolution === null
      ? []
      : [
          { name: t.resolve.done, value: outcomeInWords(resolution.outcome, t) },
          { name: t.facts.decidedBy, value: authorWithoutId(resolution.resolvedBy) },
          { name: t.facts.decidedAt, value: momentInWords(resolution.resolvedAt, language) },
          ...(resolution.explanation === null ? [] : [{ name: t.facts.explanation, value: resolution.explanation }]),
          ...(resolution.mailId === null
            ? []
            : [{ name: t.facts.evidence, value: t.facts.mail, href: `/console/inbox/mails/${resolution.mailId}` }]),
        ]),
  ];
}

function outcomeInWords(outcome: string, t: InboxTexts): string {
  return outcome in t.resolve.options
    ? t.resolve.options[outcome as keyof typeof t.resolve.options].name
    : (t.outcomes[outcome as keyof typeof t.outcomes] ?? outcome);
}

function notesOf({ rejectedFor, withdrawal }: Objection, { language }: Visit, t: InboxTexts): string[] {
  const isWaiting = withdrawal?.status === 'waiting';
  return [
    ...(rejectedFor === null ? [] : [t.objections.rejectedFor[rejectedFor]]),
    ...(isWaiting
      ? [
          t.objections.beingWithdrawn(
            withdrawal.email,
            withdrawal.takesEffectAt && momentInWords(withdrawal.takesEffectAt, language),
          ),
        ]
      : []),
  ];
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
  return found === undefined ? null : `/console/inbox/answers/${found.id}`;
}
