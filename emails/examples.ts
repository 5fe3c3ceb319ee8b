import { approvalStatement } from '../src/domain/approval-statement.ts';
import type { Approval } from '../src/domain/approval.ts';
import type { Change } from '../src/domain/change.ts';
import { carriesCode } from '../src/domain/mailed-code.ts';
import { contentOf, type MessageContent, type RecordedFacts } from '../src/domain/message-content.ts';
import type { MessageKind } from '../src/domain/message.ts';
import type {
  Objection,
  ObjectionAsReceived,
  ObjectionRefusal,
  Outcome,
  PendingObjection,
} from '../src/domain/objection.ts';
import { SYSTEM } from '../src/domain/author.ts';
import type { WithdrawalRequest } from '../src/domain/withdrawal.ts';
import type { MessageFrame } from '../src/mail/message-view.ts';
import {
  ADDITION,
  ADDITION_IN_INDIA,
  ADDRESS,
  ASKED_BESIDES,
  CHILD_LEAVES,
  CHILD_STAYS,
  DANISH_ONLY,
  NEW_ACTIVITY,
  REMOVAL,
  REPLACEMENT,
  TRANSFER_BASIS,
  WORDING,
} from './example-changes.ts';

/** A message to look at: what it is, and the facts it is made of, in any language. */
export interface Example {
  readonly name: string;
  readonly title: string;
  readonly facts: Omit<MessageFrame, 'language'> & MessageContent;
}

const at = (text: string) => Temporal.Instant.from(text);

const OBJECTION: PendingObjection = {
  id: '019ac0de-0000-7000-8000-00000000000b',
  number: 42,
  changeId: REPLACEMENT.id,
  controller: 'kunde-1',
  channel: 'link',
  messageId: '019ac0de-0000-7000-8000-00000000000a',
  from: { name: 'Bjørn Østergård', email: 'dpo@aeroe.example' },
  reasons:
    'Vi er uenige i overførslen til USA.\n\n1. Kommunens politik tillader ikke, at borgeres oplysninger behandles uden for EØS.\n2. Risikovurderingen af Nordlys Inc. er fra 2024 og nævner ikke TrueTalk.',
  receivedAt: at('2026-11-30T13:05:42Z'),
  recordedAt: at('2026-11-25T09:00:00Z'),
  recordedBy: 'Dorthe Persson <dpo@kunde.example>',
  acceptedLate: null,
  withdrawal: null,
  status: 'pending',
};

function example(
  name: string,
  title: string,
  kind: MessageKind,
  change: Change,
  more: Partial<Omit<RecordedFacts, 'kind' | 'change'>> = {},
): Example {
  return {
    name,
    title,
    facts: {
      ...contentOf({
        kind,
        change,
        deadline: change.regime.objection ? at('2026-12-03T23:00:00Z') : null,
        answerBy: change.regime.approval ? at('2026-12-23T23:00:00Z') : null,
        toldDeadline: null,
        objection: null,
        ...more,
      }),
      controllerId: '019ac0de-0000-7000-8000-0000000000c1',
      controllerName: 'Ærø Kommune',
      contactName: 'Dorthe Persson',
      link: 'https://varsel.example/objections/AZq7x0bQcEmY5m3rVq1Yp4kXw2N8sTt0uLhJgFdSaQe',
      reference: 'VS-K7Q2-9F3M',
      code: carriesCode(kind) ? '48120934' : null,
      composedAt: at('2026-11-23T09:00:04Z'),
    },
  };
}

function rejected(rejectedFor: ObjectionRefusal, title: string, more: Partial<ObjectionAsReceived> = {}): Example {
  const objection: Objection = { ...OBJECTION, channel: 'email', ...more, status: 'rejected', rejectedFor };
  const change: Change = rejectedFor === 'change-ended' ? { ...REPLACEMENT, ...ACTIVATED } : REPLACEMENT;
  const deadline = rejectedFor === 'agreement-ended' ? null : at('2026-12-03T23:00:00Z');
  const name = `objection-rejected-${rejectedFor}`;
  return example(name, title, 'objection-rejected', change, { objection, deadline });
}

function resolved(outcome: Outcome, title: string, explanation: string | null): Example {
  const resolution = {
    outcome,
    explanation,
    mailId: null,
    resolvedAt: at('2026-12-02T08:30:00Z'),
    resolvedBy: 'officer',
  };
  const objection: Objection = { ...OBJECTION, status: 'resolved', resolution };
  return example(`objection-resolved-${outcome}`, title, 'objection-resolved', REPLACEMENT, { objection });
}

const ENDED = {
  status: 'stopped',
  endedAt: at('2026-12-01T14:02:00Z'),
  endedBy: 'Dorthe Persson (dorthe@aeroe.example, through the link)',
} as const;

function withdrawing(
  name: string,
  title: string,
  kind: 'withdrawal-requested' | 'withdrawal-stopped',
  more: Partial<WithdrawalRequest> = {},
): Example {
  const withdrawal: WithdrawalRequest = {
    status: 'waiting',
    email: 'dpo@aeroe.example',
    explanation: null,
    delayHours: 24,
    requestedAt: at('2026-12-01T12:30:00Z'),
    takesEffectAt: null,
    endedAt: null,
    endedBy: null,
    ...more,
  };
  return example(name, title, kind, REPLACEMENT, { objection: { ...OBJECTION, withdrawal } });
}

const APPROVAL: Approval = {
  id: '019ac0de-0000-7000-8000-00000000000f',
  number: 7,
  changeId: ADDITION_IN_INDIA.id,
  controller: 'kunde-1',
  decision: 'approval',
  contentHash: ADDITION_IN_INDIA.contentHash ?? '',
  channel: 'link',
  messageId: '019ac0de-0000-7000-8000-00000000000a',
  answerId: null,
  from: { name: 'Bjørn Østergård', role: 'Databeskyttelsesrådgiver', email: 'dpo@aeroe.example' },
  statement: approvalStatement(ADDITION_IN_INDIA, 'Ærø Kommune', 'da'),
  authority: null,
  receivedAt: at('2026-11-30T13:05:42Z'),
  recordedAt: at('2026-11-30T13:05:42Z'),
  recordedBy: 'Bjørn Østergård (dpo@aeroe.example, through the link)',
  status: 'waiting',
  confirmation: null,
  takesEffectAt: null,
  effectiveAt: null,
  receiptsFailedAt: null,
  ended: null,
};
const REFUSAL: Approval = {
  ...APPROVAL,
  decision: 'refusal',
  status: 'standing',
  statement: 'Vi vil ikke have oplysningerne behandlet i Indien.',
};
const APPROVAL_ENDED = {
  endedAt: at('2026-12-01T14:02:00Z'),
  endedBy: 'Dorthe Persson (dorthe@aeroe.example, through the link)',
  explanation: null,
  mailId: null,
  messageId: '019ac0de-0000-7000-8000-00000000000a',
};

const ACTIVATED = {
  status: 'activated',
  activatedAt: at('2026-12-15T05:00:00Z'),
  activatedBy: 'Contract team',
} as const;

const WITHDRAWN = {
  status: 'withdrawn',
  withdrawnAt: at('2026-11-27T10:00:00Z'),
  withdrawnBy: 'Contract team',
  withdrawalReason: {
    da: 'Adressen på underdatabehandleren var forkert. Vi varsler ændringen igen med den rette adresse.',
    en: 'The address of the sub-processor was wrong. We will announce the change again with the right one.',
  },
} as const;

const AT_ONCE: Change = { ...ADDITION_IN_INDIA, terms: { ...ADDITION_IN_INDIA.terms, approvalEffectiveAfterHours: 0 } };
const IN_FORCE: Change = { ...ADDITION_IN_INDIA, ...ACTIVATED };

/** Every kind, in every form that reads differently. */
export const EXAMPLES: readonly Example[] = [
  example('notice-addition', 'Notice: addition', 'notice', ADDITION),
  example('notice-replacement', 'Notice: replacement', 'notice', REPLACEMENT),
  example('notice-child-leaves', 'Notice: replacement, a sub-processor of its own leaves', 'notice', CHILD_LEAVES),
  example('notice-child-stays', 'Notice: replacement, a sub-processor of its own stays', 'notice', CHILD_STAYS),
  example('notice-wording', 'Notice: amendment of the wording only', 'notice', WORDING),
  example('notice-danish-texts', 'Notice: texts in Danish only', 'notice', DANISH_ONLY),
  example('request-activity', 'Request: amendment, for each who approves', 'notice', NEW_ACTIVITY),
  example('request-india', 'Request and objection window: addition', 'notice', ADDITION_IN_INDIA),
  example('request-besides', 'Request that no clause demands: removal', 'notice', ASKED_BESIDES),
  example('information-removal', 'Information: removal', 'notice', REMOVAL),
  example('information-transfer-basis', 'Information: transfer basis of two', 'notice', TRANSFER_BASIS),
  example('information-address', 'Information: amendment', 'notice', ADDRESS),
  example('late-notice-addition', 'To a new contact, after the deadline: addition', 'late-notice', ADDITION),
  example('late-notice-replacement', 'To a new contact, after the deadline: replacement', 'late-notice', REPLACEMENT),
  example('late-request', 'To a new contact, after the deadline: request', 'late-notice', ADDITION_IN_INDIA),
  example('reminder', 'Reminder', 'reminder', REPLACEMENT),
  example('reminder-wording', 'Reminder: amendment of the wording only', 'reminder', WORDING),
  example('approval-reminder', 'Reminder of a request', 'approval-reminder', ADDITION_IN_INDIA),
  example('approval-reminder-each', 'Reminder of a request, for each', 'approval-reminder', NEW_ACTIVITY),
  example('deadline-moved', 'Deadline moved later', 'deadline-moved', ADDITION, {
    toldDeadline: at('2026-12-02T23:00:00Z'),
  }),
  example('objection-received', 'Objection received', 'objection-received', REPLACEMENT, { objection: OBJECTION }),
  rejected('reasons-required', 'Objection rejected: without reasons', { reasons: 'Nej tak.' }),
  rejected('window-closed', 'Objection rejected: late', { receivedAt: at('2026-12-07T07:12:00Z') }),
  rejected('agreement-ended', 'Objection rejected: agreement ended'),
  rejected('change-ended', 'Objection rejected: after the end'),
  resolved(
    'accommodated',
    'Objection resolved: accommodated',
    'Jeres supportsager bliver behandlet i Danmark alene. I har bekræftet løsningen i brev af 1. december 2026.',
  ),
  resolved('withdrawn', 'Objection resolved: withdrawn', null),
  resolved('invalid', 'Objection resolved: invalid', 'Indsigelsen gentager indsigelse nr. 41.'),
  resolved('agreement-ended', 'Objection resolved: agreement ended', null),
  resolved('change-withdrawn', 'Objection resolved: change withdrawn', null),
  example('withdrawal-code', 'Code for a withdrawal', 'withdrawal-code', REPLACEMENT, { objection: OBJECTION }),
  withdrawing('withdrawal-requested', 'Withdrawal requested', 'withdrawal-requested'),
  withdrawing('withdrawal-requested-at-once', 'Withdrawal requested: no delay', 'withdrawal-requested', {
    delayHours: 0,
    explanation: 'Aftalt med jer i telefonen: behandlingen bliver i Danmark.',
  }),
  withdrawing('withdrawal-stopped', 'Withdrawal stopped by a contact', 'withdrawal-stopped', ENDED),
  withdrawing('withdrawal-stopped-former-contact', 'Withdrawal stopped: contact removed', 'withdrawal-stopped', {
    ...ENDED,
    endedBy: SYSTEM,
  }),
  example('approval-code', 'Code for an approval', 'approval-code', ADDITION),
  example('approval-code-refusal', 'Code for withdrawing a refusal', 'approval-code', ADDITION_IN_INDIA, {
    approval: REFUSAL,
  }),
  example('approval-received', 'Approval received', 'approval-received', ADDITION_IN_INDIA, { approval: APPROVAL }),
  example('approval-received-at-once', 'Approval received: effective at once', 'approval-received', AT_ONCE, {
    approval: APPROVAL,
  }),
  example('refusal-received', 'Refusal received', 'refusal-received', ADDITION_IN_INDIA, { approval: REFUSAL }),
  example('refusal-received-each', 'Refusal received: of a change for each', 'refusal-received', NEW_ACTIVITY, {
    approval: { ...REFUSAL, statement: null },
  }),
  example('approval-stopped', 'Approval stopped by a contact', 'approval-ended', ADDITION_IN_INDIA, {
    approval: { ...APPROVAL, status: 'stopped', ended: APPROVAL_ENDED },
  }),
  example('approval-withdrawn', 'Approval withdrawn', 'approval-ended', ADDITION_IN_INDIA, {
    approval: { ...APPROVAL, status: 'withdrawn', ended: { ...APPROVAL_ENDED, explanation: 'Meddelt i brev.' } },
  }),
  example('approval-withdrawn-afterwards', 'Approval withdrawn after the change', 'approval-ended', IN_FORCE, {
    approval: { ...APPROVAL, status: 'effective', ended: APPROVAL_ENDED },
  }),
  example('refusal-withdrawn', 'Refusal withdrawn', 'approval-ended', ADDITION_IN_INDIA, {
    approval: { ...REFUSAL, status: 'withdrawn', ended: APPROVAL_ENDED },
  }),
  example('change-activated-addition', 'Change activated: addition', 'change-activated', { ...ADDITION, ...ACTIVATED }),
  example('change-activated-replacement', 'Change activated: replacement', 'change-activated', {
    ...CHILD_STAYS,
    ...ACTIVATED,
  }),
  example('change-activated-each', 'Change activated for those who approved', 'change-activated', {
    ...NEW_ACTIVITY,
    ...ACTIVATED,
  }),
  example('change-activated-removal', 'Change activated: removal', 'change-activated', { ...REMOVAL, ...ACTIVATED }),
  example('change-activated-transfer-basis', 'Change activated: transfer basis', 'change-activated', {
    ...TRANSFER_BASIS,
    ...ACTIVATED,
  }),
  example('change-withdrawn', 'Change withdrawn', 'change-withdrawn', { ...REPLACEMENT, ...WITHDRAWN }),
  example('change-withdrawn-request', 'Request withdrawn', 'change-withdrawn', { ...NEW_ACTIVITY, ...WITHDRAWN }),
  example('change-withdrawn-information', 'Information withdrawn', 'change-withdrawn', { ...ADDRESS, ...WITHDRAWN }),
];
