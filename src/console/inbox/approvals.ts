import * as approvalList from '../../api/approval-list.ts';
import * as approvalOperations from '../../api/approvals.ts';
import * as decisionPreviews from '../../api/decision-previews.ts';
import { APPROVAL_STATUSES, type ApprovalStatus, type viewOfApproval } from '../../domain/approval.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Form, Visit } from '../visit.ts';
import { changeOf, customerOf } from './context.ts';
import type { Decision, Noun } from './decide.ts';
import { mailsAsEvidence } from './evidence.ts';
import { orNull, typed, type Tried } from './form.ts';
import { authorWithoutId } from '../../domain/author.ts';
import { writerInWords } from './in-words.ts';
import { scanLinks } from '../scans.ts';
import { momentInWords } from '../times.ts';
import { byStatus, listPage } from './list-page.ts';
import { sectionsFor } from './sections.ts';
import { inboxTextsIn, type InboxTexts } from './texts.ts';

type Approval = ReturnType<typeof viewOfApproval>;

const addressOf = (id: string) => `/console/inbox/approvals/${id}`;
const tagOf = (status: ApprovalStatus) => (status === 'unconfirmed' ? 'pending' : 'resolved');
/** What has ended, nobody withdraws. */
const isLive = ({ status, ended }: Approval) => ended === null && status !== 'withdrawn' && status !== 'stopped';

/** `GET /console/inbox/approvals`. */
export const listApprovals = consolePage('approvals:read', (visit) => {
  const t = inboxTextsIn(visit.language);
  const { caption, none, columns, statuses } = t.approvals;
  return listPage(visit, {
    section: 'approvals',
    scope: 'approvals:read',
    caption,
    none,
    columns,
    ...byStatus(visit, approvalList.list, {
      waiting: 'unconfirmed',
      statuses: APPROVAL_STATUSES.map((value) => [value, statuses[value]] as const),
    }),
    row: ({ id, number, decision, controller, from, receivedAt, status }, change) => [
      { text: t.approvals.heading[decision](number), href: addressOf(id) },
      controller,
      change?.name ?? '',
      writerInWords(from, t),
      momentInWords(receivedAt, visit.language),
      { text: statuses[status], tag: tagOf(status) },
    ],
  });
});

const confirm: Decision = {
  operation: approvalOperations.confirm,
  preview: decisionPreviews.confirmation,
  fields: [],
  body: () => undefined,
  says: () => [],
  becomes: (_result, t) => [t.confirm.becomes],
};

const withdraw: Decision = {
  operation: approvalOperations.withdraw,
  preview: decisionPreviews.withdrawnApproval,
  fields: ['explanation', 'mailId'],
  body: (form: Form) => ({ explanation: orNull(form, 'explanation'), mailId: orNull(form, 'mailId') }),
  says: (form, t) => [{ name: t.facts.explanation, value: typed(form, 'explanation') }],
  becomes: (_result, t) => [t.withdraw.becomes],
};

/** One approval or refusal, to be confirmed by a second person, or withdrawn in writing (D42). */
export const approval: Noun = {
  scope: 'approvals:read',
  address: addressOf,
  decisions: { confirm, withdraw },
  show: showApproval,
};

async function showApproval(visit: Visit, { form, errors, status }: Tried): Promise<Shown> {
  const { language, params } = visit;
  const t = inboxTextsIn(language);
  const found = await visit.ask(approvalOperations.get, { params: { id: params['id'] ?? '' } });
  const change = await changeOf(visit, found.changeId);
  const customer = await customerOf(visit, found.controller);
  const scans = await scanLinks(visit, { ...found, product: change.product });
  const heading = t.approvals.heading[found.decision](found.number);
  const isUnconfirmed = found.status === 'unconfirmed' && visit.may('approvals:confirm', change.product);
  const isOwn = found.recordedBy.includes(visit.person.id);
  const canWithdraw = isLive(found) && visit.may('approvals:record', change.product);
  return {
    view: 'console/inbox/views/approval',
    title: heading,
    status,
    isError: errors.length > 0,
    model: {
      t,
      errors,
      heading,
      action: addressOf(found.id),
      sections: sectionsFor(visit, 'approvals'),
      tag: { text: t.approvals.statuses[found.status], tag: tagOf(found.status) },
      facts: [
        { name: t.facts.customer, value: customer.name, href: customer.href },
        { name: t.facts.change, value: change.name, href: change.href },
        { name: t.facts.received, value: momentInWords(found.receivedAt, language) },
        { name: t.facts.channel, value: t.channels[found.channel] },
        { name: t.facts.from, value: writerInWords(found.from, t) },
        { name: t.facts.recordedBy, value: authorWithoutId(found.recordedBy) },
        ...(found.authority === null ? [] : [{ name: t.approvals.authority, value: found.authority }]),
        ...scans
          .filter(({ of }) => of === found.id)
          .map(({ href, name }) => ({ name: t.facts.scan, value: name, href })),
        ...movesOf(found, visit, t),
      ],
      statement: found.statement,
      answer: found.answerId && `/console/inbox/answers/${found.answerId}`,
      form: { explanation: typed(form, 'explanation'), mailId: typed(form, 'mailId') },
      fault: (field: string) => errors.find((error) => error.field === field)?.message ?? null,
      evidence: canWithdraw ? await mailsAsEvidence(visit, found) : [],
      isOwn: isUnconfirmed && isOwn,
      canConfirm: isUnconfirmed && !isOwn,
      canWithdraw,
      withdrawHeading: t.withdraw.heading[found.decision],
    },
  };
}

/** What has become of it since it was recorded. */
function movesOf({ confirmation, takesEffectAt, ended }: Approval, { language }: Visit, t: InboxTexts) {
  return [
    ...(confirmation === null
      ? []
      : [{ name: t.approvals.confirmedBy, value: authorWithoutId(confirmation.confirmedBy) }]),
    ...(takesEffectAt === null
      ? []
      : [{ name: t.approvals.takesEffect, value: momentInWords(takesEffectAt, language) }]),
    ...(ended === null
      ? []
      : [
          {
            name: t.approvals.endedBy,
            value: `${authorWithoutId(ended.endedBy)}, ${momentInWords(ended.endedAt, language)}`,
          },
          ...(ended.explanation === null ? [] : [{ name: t.facts.explanation, value: ended.explanation }]),
        ]),
  ];
}
