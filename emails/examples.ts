import { contentOf as changeContentOf } from '../src/commands/announcement-content.ts';
import { approvalStatement } from '../src/domain/approval-statement.ts';
import type { Approval } from '../src/domain/approval.ts';
import type { AnnouncedChange, Announcement, Change } from '../src/domain/change.ts';
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
import type { RegisterEntry, SubProcessor } from '../src/domain/register.ts';
import { trueTalk } from '../src/examples/truetalk.ts';
import type { MessageFrame } from '../src/mail/message-view.ts';

/** A message to look at: what it is, and the facts it is made of, in any language. */
export interface Example {
  readonly name: string;
  readonly title: string;
  readonly facts: Omit<MessageFrame, 'language'> & MessageContent;
}

const at = (text: string) => Temporal.Instant.from(text);
const onDay = (text: string) => Temporal.PlainDate.from(text);

const ATLASSIAN: RegisterEntry = {
  id: '019ac0de-0000-7000-8000-00000000000e',
  name: 'Atlassian',
  registrationNumber: null,
  address: 'Level 6, 341 George Street, Sydney, NSW 2000',
  country: 'AU',
  contactPerson: null,
  parentId: 'gintel',
  processing: {
    da: 'Fejlrapporteringssystem, hvor supportsager opbevares.',
    en: 'Fault-reporting system that keeps support tickets.',
  },
  personalData: {
    da: 'Ingen adgang. Sager kan indeholde de oplysninger, der er nævnt i punkt A.3.',
    en: 'No access. Tickets may hold what point A.3 lists.',
  },
  locations: [
    { country: 'DE', transferBasis: null },
    { country: 'IE', transferBasis: null },
  ],
  activeFrom: onDay('2026-01-01'),
  activeUntil: null,
  factsFrom: onDay('2026-01-01'),
  forSome: false,
  changeId: null,
};

const NORDLYS: SubProcessor = {
  name: 'Nordlys Kundeservice ApS',
  registrationNumber: '40112233',
  address: 'Åboulevarden 1, 2. sal, 8000 Aarhus C',
  country: 'DK',
  contactPerson: { name: 'Søren Ærø', email: 'privacy@nordlys.example' },
  parentId: 'gintel',
  processing: {
    da: 'Opbevarer supportsager og besvarer henvendelser fra brugere af TrueTalk på vegne af Gintel.',
    en: 'Keeps support tickets and answers enquiries from users of TrueTalk on behalf of Gintel.',
  },
  personalData: ATLASSIAN.personalData,
  locations: [
    { country: 'DK', transferBasis: null },
    { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Nordlys Inc.' } },
  ],
};

const GINTEL: RegisterEntry = { ...ATLASSIAN, id: 'gintel', name: 'Gintel AS', country: 'NO', parentId: null };

/** A change of this announcement, as it is once it is announced. */
function announced(id: string, announcement: Announcement): AnnouncedChange {
  const product = {
    ...trueTalk('indsigelse@telenor.example'),
    objectionAddress: {
      email: 'indsigelse@telenor.example',
      postal: 'Telenor A/S\nAtt.: Databeskyttelse\nFrederikskaj 8\n2450 København SV',
    },
    registerLoadedAt: null,
  };
  return {
    ...changeContentOf(announcement, product, [GINTEL, ATLASSIAN]),
    id,
    contentHash: null,
    status: 'announced',
    version: 1,
    announcedAt: at('2026-11-23T09:00:00Z'),
    announcedBy: 'Contract team',
    heldUntil: null,
    wordingConfirmed: null,
    toldSince: at('2026-11-23T09:00:00Z'),
  };
}

const THE_REPLACEMENT: Announcement = {
  product: 'truetalk',
  kind: 'replacement',
  replaces: ATLASSIAN.id,
  amends: null,
  removes: null,
  entries: [],
  children: [],
  subProcessor: NORDLYS,
  wordingOnly: [],
  regime: { objection: false, approval: false },
  scope: 'all',
  separation: null,
  upstream: null,
  supersedes: null,
  reason: {
    da: 'Gintels aftale med Atlassian udløber ved årets udgang. Med Nordlys bliver supportsagerne opbevaret i Danmark.',
    en: 'Gintel’s agreement with Atlassian expires at the end of the year. Nordlys will keep the tickets in Denmark.',
  },
  plannedActivationOn: onDay('2026-12-15'),
};
const REPLACEMENT = announced('019ac0de-0000-7000-8000-00000000000c', THE_REPLACEMENT);

const ADDITION = announced('019ac0de-0000-7000-8000-00000000000d', {
  ...THE_REPLACEMENT,
  kind: 'addition',
  replaces: null,
  subProcessor: {
    ...NORDLYS,
    name: 'Cloudmesh Inc.',
    registrationNumber: 'C4471209',
    address: '201 Mission Street, San Francisco, CA 94105',
    country: 'US',
    contactPerson: { name: 'Dana Whitfield', email: 'privacy@cloudmesh.example' },
    parentId: null,
    processing: {
      da: 'Leverer den servicekanal, som sender beskeder til brugernes telefoner.',
      en: 'Provides the channel that sends messages to users’ telephones.',
    },
    personalData: {
      da: 'Navn, telefonnummer, enheds-id og tidspunkt for beskeden.',
      en: 'Name, telephone number, device ID and the time of the message.',
    },
    locations: [
      { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Cloudmesh Inc.' } },
      { country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } },
    ],
  },
  reason: {
    da: 'Den nuværende løsning kan ikke sende beskeder til telefoner, der er slået fra. Det kan Cloudmesh.',
    en: 'The present solution cannot send messages to telephones that are switched off. Cloudmesh can.',
  },
});

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
        deadline: at('2026-12-03T23:00:00Z'),
        answerBy: at('2026-12-23T23:00:00Z'),
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
  changeId: ADDITION.id,
  controller: 'kunde-1',
  decision: 'approval',
  contentHash: ADDITION.contentHash ?? '',
  channel: 'link',
  messageId: '019ac0de-0000-7000-8000-00000000000a',
  answerId: null,
  from: { name: 'Bjørn Østergård', role: 'Databeskyttelsesrådgiver', email: 'dpo@aeroe.example' },
  statement: approvalStatement(ADDITION, 'Ærø Kommune', 'da'),
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

const DANISH_ONLY: Change = {
  ...REPLACEMENT,
  reason: { da: REPLACEMENT.reason.da },
  subProcessor: {
    ...NORDLYS,
    processing: { da: NORDLYS.processing.da },
    personalData: { da: NORDLYS.personalData.da },
  },
};

/** A change that asks for approval alone. */
const ASKED: Change = { ...REPLACEMENT, regime: { objection: false, approval: true } };
const AT_ONCE: Change = { ...ADDITION, terms: { ...ADDITION.terms, approvalEffectiveAfterHours: 0 } };
const FOR_EACH: Change = { ...ADDITION, scope: 'each' };
const IN_FORCE: Change = { ...ADDITION, ...ACTIVATED };

/** Every kind, in every form that reads differently. */
export const EXAMPLES: readonly Example[] = [
  example('notice-addition', 'Notice: addition', 'notice', ADDITION),
  example('notice-replacement', 'Notice: replacement', 'notice', REPLACEMENT),
  example('notice-danish-texts', 'Notice: texts in Danish only', 'notice', DANISH_ONLY),
  example('late-notice-addition', 'To a new contact, after the deadline: addition', 'late-notice', ADDITION),
  example('late-notice-replacement', 'To a new contact, after the deadline: replacement', 'late-notice', REPLACEMENT),
  example('reminder', 'Reminder', 'reminder', REPLACEMENT),
  example('approval-reminder', 'Reminder: approval', 'approval-reminder', ASKED),
  example('deadline-moved', 'Deadline moved later', 'deadline-moved', ADDITION, {
    toldDeadline: at('2026-12-02T23:00:00Z'),
  }),
  example('objection-received', 'Objection received', 'objection-received', REPLACEMENT, { objection: OBJECTION }),
  rejected('reasons-required', 'Objection rejected: without reasons', { reasons: 'Nej tak.' }),
  rejected('window-closed', 'Objection rejected: late', { receivedAt: at('2026-12-07T07:12:00Z') }),
  rejected('agreement-ended', 'Objection rejected: agreement ended'),
  rejected('change-ended', 'Objection rejected: after the end'),
  rejected('no-objection-window', 'Objection rejected: no time to object'),
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
  example('approval-code-refusal', 'Code for withdrawing a refusal', 'approval-code', ADDITION, { approval: REFUSAL }),
  example('approval-received', 'Approval received', 'approval-received', ADDITION, { approval: APPROVAL }),
  example('approval-received-at-once', 'Approval received: effective at once', 'approval-received', AT_ONCE, {
    approval: APPROVAL,
  }),
  example('refusal-received', 'Refusal received', 'refusal-received', ADDITION, { approval: REFUSAL }),
  example('refusal-received-each', 'Refusal received: of a change for each', 'refusal-received', FOR_EACH, {
    approval: { ...REFUSAL, statement: null },
  }),
  example('approval-stopped', 'Approval stopped by a contact', 'approval-ended', ADDITION, {
    approval: { ...APPROVAL, status: 'stopped', ended: APPROVAL_ENDED },
  }),
  example('approval-withdrawn', 'Approval withdrawn', 'approval-ended', ADDITION, {
    approval: { ...APPROVAL, status: 'withdrawn', ended: { ...APPROVAL_ENDED, explanation: 'Meddelt i brev.' } },
  }),
  example('approval-withdrawn-afterwards', 'Approval withdrawn after the change', 'approval-ended', IN_FORCE, {
    approval: { ...APPROVAL, status: 'effective', ended: APPROVAL_ENDED },
  }),
  example('refusal-withdrawn', 'Refusal withdrawn', 'approval-ended', ADDITION, {
    approval: { ...REFUSAL, status: 'withdrawn', ended: APPROVAL_ENDED },
  }),
  example('change-activated-addition', 'Change activated: addition', 'change-activated', { ...ADDITION, ...ACTIVATED }),
  example('change-activated-replacement', 'Change activated: replacement', 'change-activated', {
    ...REPLACEMENT,
    ...ACTIVATED,
  }),
  example('change-withdrawn', 'Change withdrawn', 'change-withdrawn', {
    ...REPLACEMENT,
    status: 'withdrawn',
    withdrawnAt: at('2026-11-27T10:00:00Z'),
    withdrawnBy: 'Contract team',
    withdrawalReason: {
      da: 'Adressen på underdatabehandleren var forkert. Vi varsler ændringen igen med den rette adresse.',
      en: 'The address of the sub-processor was wrong. We will announce the change again with the right one.',
    },
  }),
];
