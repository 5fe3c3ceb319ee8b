import * as approvalList from '../../api/approval-list.ts';
import * as approvalOperations from '../../api/approvals.ts';
import * as decisionPreviews from '../../api/decision-previews.ts';
import { APPROVAL_STATUSES, type ApprovalStatus, type viewOfApproval } from '../../domain/approval.ts';
import { authorInWords, isOfPerson } from '../author-words.ts';
import { textOf, textOrNull } from '../form-faults.ts';
import { scanFacts } from '../scans.ts';
import { momentInWords } from '../times.ts';
import { ofApprovalBy, proposalsAbout, waitingAmong } from '../proposals/waiting.ts';
import type { Visit } from '../visit.ts';
import { mailsAsEvidence } from './evidence.ts';
import { doneBy, writerInWords } from './in-words.ts';
import { byStatus, listOf } from './list-page.ts';
import type { Decision, Fact, Noun, Showing, ShownThing } from './noun.ts';
import { addressOf } from './sections.ts';
import type { InboxTexts } from './texts.ts';

type Approval = ReturnType<typeof viewOfApproval>;

const tagOf = (status: ApprovalStatus) => (status === 'unconfirmed' ? 'pending' : 'resolved');
/** What has ended, nobody withdraws. */
const isLive = ({ status, ended }: Approval) => ended === null && status !== 'withdrawn' && status !== 'stopped';

/** `GET /console/inbox/approvals`. */
export const listApprovals = listOf('approvals', (visit, t) => ({
  ...byStatus(visit, approvalList.list, {
    waiting: 'unconfirmed',
    statuses: APPROVAL_STATUSES.map((value) => [value, t.approvals.statuses[value]] as const),
  }),
  row: ({ id, number, decision, from, receivedAt, status }: Approval, { change, customer }) => [
    { text: t.approvals.heading[decision](number), href: addressOf('approvals', id) },
    customer,
    change,
    writerInWords(from, t),
    momentInWords(receivedAt, visit.language),
    { text: t.approvals.statuses[status], tag: tagOf(status) },
  ],
}));

const confirm: Decision = {
  operation: approvalOperations.confirm,
  fields: [],
  body: () => undefined,
  preview: {
    operation: decisionPreviews.confirmation,
    says: () => [],
    becomes: (_result, t) => [t.confirm.becomes],
    does: (_form, t) => t.confirm.does,
  },
};

const withdraw: Decision = {
  operation: approvalOperations.withdraw,
  fields: ['explanation', 'mailId'],
  body: (form) => ({ explanation: textOrNull(form, 'explanation'), mailId: textOrNull(form, 'mailId') }),
  preview: {
    operation: decisionPreviews.withdrawnApproval,
    says: (form, t) => [{ name: t.facts.explanation, value: textOf(form, 'explanation') }],
    becomes: (_result, t) => [t.withdraw.becomes],
    does: (_form, t) => t.withdraw.does,
  },
};

/** One approval or refusal, to be confirmed by a second person, or withdrawn in writing (D42). */
export const approval: Noun<Approval> = {
  section: 'approvals',
  view: 'console/inbox/views/approval',
  get: approvalOperations.get,
  decisions: { confirm, withdraw },
  show: showApproval,
};

async function showApproval(found: Approval, { visit, t, change }: Showing<Approval>): Promise<ShownThing> {
  const isUnconfirmed = found.status === 'unconfirmed' && visit.may('approvals:confirm', change.product);
  const isOwn = isOfPerson(found.recordedBy, visit.person);
  const canWithdraw = isLive(found) && visit.may('approvals:record', change.product);
  const about = ofApprovalBy(await proposalsAbout(visit, change.id, change.product), found.controller);
  return {
    heading: t.approvals.heading[found.decision](found.number),
    tag: { text: t.approvals.statuses[found.status], tag: tagOf(found.status) },
    notes: isUnconfirmed && isOwn ? [t.confirm.own] : [],
    facts: [
      { name: t.facts.received, value: momentInWords(found.receivedAt, visit.language) },
      { name: t.facts.channel, value: t.channels[found.channel] },
      { name: t.facts.from, value: writerInWords(found.from, t) },
      { name: t.facts.recordedBy, value: authorInWords(found.recordedBy, visit.language) },
      { name: t.approvals.authority, value: found.authority ?? '' },
      ...(await scanFacts(visit, { ...found, product: change.product })),
      ...movesOf(found, visit, t),
    ],
    proposals: await waitingAmong(visit, about),
    model: {
      statement: { heading: t.approvals.statement, text: found.statement, none: t.approvals.noStatement },
      answer: found.answerId && addressOf('answers', found.answerId),
      evidence: canWithdraw ? await mailsAsEvidence(visit, found) : [],
      canConfirm: isUnconfirmed && !isOwn,
      canWithdraw,
      withdrawHeading: t.withdraw.heading[found.decision],
    },
  };
}

/** What has become of it since it was recorded. */
function movesOf({ confirmation, takesEffectAt, ended }: Approval, { language }: Visit, t: InboxTexts): Fact[] {
  const { confirmedBy, takesEffect, endedBy } = t.approvals;
  return [
    { name: confirmedBy, value: authorInWords(confirmation?.confirmedBy ?? '', language) },
    { name: takesEffect, value: momentInWords(takesEffectAt, language) },
    { name: endedBy, value: doneBy(ended?.endedBy ?? null, ended?.endedAt ?? null, language) },
    { name: t.facts.explanation, value: ended?.explanation ?? '' },
  ];
}
