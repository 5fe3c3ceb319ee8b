import type { Approval } from '../../src/domain/approval.ts';
import { carriesCode } from '../../src/domain/mailed-code.ts';
import type {
  ActivatedChange,
  AnnouncedChange,
  Announcement,
  Change,
  WithdrawnChange,
} from '../../src/domain/change.ts';
import { type MessageContent, contentOf, type RecordedFacts } from '../../src/domain/message-content.ts';
import type { MessageKind } from '../../src/domain/message.ts';
import type {
  Objection,
  ObjectionRefusal,
  PendingObjection,
  RejectedObjection,
  ResolvedObjection,
} from '../../src/domain/objection.ts';
import type { WithdrawalRequest } from '../../src/domain/withdrawal.ts';
import type { RegisterEntry, SubProcessor } from '../../src/domain/register.ts';
import type { Template } from '../../src/mail/templates.ts';
import { composeMessage } from '../../src/mail/compose.ts';
import type { MessageFacts } from '../../src/mail/message-view.ts';
import type { MessageFrame } from '../../src/mail/message-view.ts';
import { aContent, anAnnouncement } from '../support/examples.ts';

const at = (text: string) => Temporal.Instant.from(text);

/** What a change replaces, beside what it announces. */
type Overrides = Partial<AnnouncedChange> & { readonly replaced?: RegisterEntry };

/** A replacement of Atlassian by a Danish company below Gintel AS, with every field filled in. */
export function aReplacement({ replaced = anEntry(), ...overrides }: Overrides = {}): AnnouncedChange {
  const announcement = anAnnouncement({
    kind: 'replacement',
    replaces: replaced.id,
    subProcessor: aNordlys(),
    reason: { da: 'Aftalen med Atlassian udløber', en: 'The agreement with Atlassian expires' },
    plannedActivationOn: Temporal.PlainDate.from('2026-12-15'),
    ...(overrides as Partial<Announcement>),
    regime: { objection: false, approval: false },
  });
  return {
    ...aContent(announcement, [GINTEL, replaced]),
    objectionAddress: { email: 'indsigelse@telenor.example', postal: 'Telenor A/S\nFrederikskaj 8' },
    id: '019ac0de-0000-7000-8000-00000000000c',
    contentHash: null,
    status: 'announced',
    version: 1,
    announcedAt: at('2026-11-23T09:00:00Z'),
    announcedBy: 'Contract team',
    heldUntil: null,
    wordingConfirmed: null,
    toldSince: at('2026-11-23T09:00:00Z'),
    ...overrides,
  };
}

/** An addition of the same company. */
export function anAddition(overrides: Overrides = {}): AnnouncedChange {
  return aReplacement({ kind: 'addition', replaces: null, ...overrides });
}

/** A replacement by a company that also processes where none is listed: its controllers may object, and are asked for approval. */
export function aRequest(overrides: Overrides = {}): AnnouncedChange {
  const nordlys = aNordlys();
  return aReplacement({
    subProcessor: {
      ...nordlys,
      locations: [...nordlys.locations, { country: 'MX', transferBasis: { article: '46', instrument: 'BCR' } }],
    },
    scope: 'each',
    separation: { da: 'Sager holdes i hver sin database', en: 'Tickets are kept in separate databases' },
    ...overrides,
  });
}

/** A removal of a company, which is told for information. */
function aRemoval(overrides: Overrides = {}): AnnouncedChange {
  const replaced = anEntry({ name: 'Nordlys Kundeservice ApS' });
  const removal = { kind: 'removal', replaces: null, removes: replaced.id, subProcessor: null, replaced } as const;
  return aReplacement({ ...removal, ...overrides });
}

export function aNordlys(overrides: Partial<SubProcessor> = {}): SubProcessor {
  return {
    name: 'Nordlys Kundeservice ApS',
    registrationNumber: '40112233',
    address: 'Åboulevarden 1, 8000 Aarhus C',
    country: 'DK',
    contactPerson: { name: 'Søren Ærø', email: 'privacy@nordlys.example' },
    parentId: 'gintel',
    processing: { da: 'Opbevarer supportsager.\nSvarer på henvendelser.', en: 'Keeps tickets.\nAnswers enquiries.' },
    personalData: { da: 'Navn og e-mailadresse', en: 'Name and e-mail address' },
    locations: [
      { country: 'DE', transferBasis: null },
      { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Nordlys Inc.' } },
      { country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } },
    ],
    ...overrides,
  };
}

export function anEntry(overrides: Partial<RegisterEntry> = {}): RegisterEntry {
  return {
    id: '019ac0de-0000-7000-8000-00000000000e',
    name: 'Atlassian',
    registrationNumber: null,
    address: 'Level 6, 341 George Street, Sydney',
    country: 'AU',
    contactPerson: null,
    parentId: 'gintel',
    processing: { da: 'Fejlrapportering' },
    personalData: { da: 'Se punkt A.3' },
    locations: [{ country: 'IE', transferBasis: null }],
    activeFrom: Temporal.PlainDate.from('2026-01-01'),
    activeUntil: null,
    factsFrom: Temporal.PlainDate.from('2026-01-01'),
    changeId: null,
    forSome: false,
    ...overrides,
  };
}

/** It is where `aNordlys` is, which therefore needs no approval. */
const GINTEL = anEntry({
  id: 'gintel',
  name: 'Gintel AS',
  country: 'NO',
  parentId: null,
  locations: aNordlys().locations,
});

/** The same change once it is in force. */
export function activated(change: AnnouncedChange): ActivatedChange {
  return { ...change, status: 'activated', activatedAt: at('2026-12-15T05:00:00Z'), activatedBy: 'Contract team' };
}

function withdrawn(change: AnnouncedChange): WithdrawnChange {
  return {
    ...change,
    status: 'withdrawn',
    withdrawnAt: at('2026-11-27T10:00:00Z'),
    withdrawnBy: 'Contract team',
    withdrawalReason: { da: 'Adressen var forkert', en: 'The address was wrong' },
  };
}

export function anObjection(overrides: Partial<PendingObjection> = {}): PendingObjection {
  return {
    id: '019ac0de-0000-7000-8000-00000000000b',
    number: 42,
    changeId: aReplacement().id,
    controller: 'kunde-1',
    channel: 'email',
    messageId: null,
    from: { name: 'Bjørn Østergård', email: 'dpo@aeroe.example' },
    reasons: 'Vi er uenige i overførslen.\n\n  1. Politik\n  2. Risiko',
    receivedAt: at('2026-11-30T13:05:42Z'),
    recordedAt: at('2026-11-25T09:00:00Z'),
    recordedBy: 'Dorthe Persson <dpo@kunde.example>',
    acceptedLate: null,
    withdrawal: null,
    status: 'pending',
    ...overrides,
  };
}

export function aRejected(rejectedFor: ObjectionRefusal): RejectedObjection {
  return { ...anObjection(), status: 'rejected', rejectedFor };
}

export function aResolved(overrides: Partial<ResolvedObjection['resolution']> = {}): ResolvedObjection {
  const resolution = {
    outcome: 'accommodated',
    explanation: 'Kun i Tyskland',
    resolvedBy: 'officer',
    mailId: null,
  } as const;
  return {
    ...anObjection(),
    status: 'resolved',
    resolution: { ...resolution, resolvedAt: at('2026-12-02T08:30:00Z'), ...overrides },
  };
}

function aWithdrawal(overrides: Partial<WithdrawalRequest> = {}): WithdrawalRequest {
  return {
    status: 'waiting',
    email: 'dpo@aeroe.example',
    explanation: 'Aftalt i telefonen',
    delayHours: 24,
    requestedAt: at('2026-12-01T12:30:00Z'),
    takesEffectAt: null,
    endedAt: null,
    endedBy: null,
    ...overrides,
  };
}

function anApproval(overrides: Partial<Approval> = {}): Approval {
  return {
    id: '019ac0de-0000-7000-8000-0000000000a7',
    number: 7,
    changeId: aReplacement().id,
    controller: 'kunde-1',
    decision: 'approval',
    contentHash: 'c0ffee'.padEnd(64, '0'),
    channel: 'link',
    messageId: '019ac0de-0000-7000-8000-00000000000a',
    answerId: null,
    from: { name: 'Bjørn Østergård', role: 'Databeskyttelsesrådgiver', email: 'dpo@aeroe.example' },
    statement: 'Ærø Kommune godkender som dataansvarlig …',
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
    ...overrides,
  };
}

/** The change that a message of this kind is about. */
function changeFor(kind: MessageKind): Change {
  if (kind === 'approval-reminder') return aRequest();
  if (kind === 'change-activated') return activated(aReplacement());
  return kind === 'change-withdrawn' ? withdrawn(aReplacement()) : aReplacement();
}

/** What the kind needs, in Danish unless overridden. */
export function factsFor(
  kind: MessageKind,
  overrides: Partial<MessageFrame & Omit<RecordedFacts, 'kind'>> = {},
): MessageFacts {
  const objections: Record<MessageKind, Objection | null> = {
    notice: null,
    'late-notice': null,
    reminder: null,
    'approval-reminder': null,
    'deadline-moved': null,
    'change-activated': null,
    'change-withdrawn': null,
    'objection-received': anObjection(),
    'objection-rejected': aRejected('reasons-required'),
    'objection-resolved': aResolved(),
    'withdrawal-code': anObjection(),
    'withdrawal-requested': anObjection({ withdrawal: aWithdrawal() }),
    'withdrawal-stopped': anObjection({ withdrawal: aWithdrawal({ status: 'stopped' }) }),
    'approval-code': null,
    'approval-received': null,
    'refusal-received': null,
    'approval-ended': null,
  };
  const approvals: Partial<Record<MessageKind, Approval>> = {
    'approval-received': anApproval(),
    'refusal-received': anApproval({ decision: 'refusal', status: 'standing' }),
    'approval-ended': anApproval({ status: 'stopped' }),
  };
  const content = contentOf({
    kind,
    change: changeFor(kind),
    deadline: at('2026-12-03T23:00:00Z'),
    answerBy: at('2026-12-23T23:00:00Z'),
    toldDeadline: kind === 'deadline-moved' ? at('2026-12-02T23:00:00Z') : null,
    objection: objections[kind],
    approval: approvals[kind] ?? null,
    ...overrides,
  });
  return {
    language: 'da',
    controllerId: '019ac0de-0000-7000-8000-0000000000c1',
    controllerName: 'Ærø Kommune',
    contactName: 'Dorthe Persson',
    link: 'https://varsel.example/objections/AZq7x0bQcEmY5m3rVq1Yp4kXw2N8sTt0uLhJgFdSaQe',
    reference: 'VS-K7Q2-9F3M',
    code: carriesCode(kind) ? '48120934' : null,
    composedAt: at('2026-11-23T09:00:04.321Z'),
    ...overrides,
    ...content,
  };
}

/** What a message of this template needs. */
export function factsForTemplate(template: Template, overrides: Parameters<typeof factsFor>[1] = {}): MessageFacts {
  if (template === 'approval-request') return factsFor('notice', { change: aRequest(), ...overrides });
  if (template === 'information')
    return factsFor('notice', { change: aRemoval(), deadline: null, answerBy: null, ...overrides });
  return factsFor(template, overrides);
}

/** The words of a mail's HTML as a reader sees them, on one line. */
export function wordsIn(html: string): string {
  return oneLine(
    html
      .replace(/<!--.*?-->|<head>.*?<\/head>/gs, ' ')
      .replace(/<[^>]*>/g, ' ')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&'),
  );
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Both parts as a reader sees them, on one line each. */
export function shownBy(facts: MessageFacts): { html: string; text: string } {
  const { html, text } = composeMessage(facts);
  return { html: wordsIn(html), text: oneLine(text.replace(/^> ?/gm, '')) };
}

/** The facts with this text in every field that somebody writes freely. */
export function facedWith(text: string, facts: MessageFacts): MessageFacts {
  const content = contentOf({
    ...facts,
    change: changeFacedWith(text, facts.change),
    objection: facts.objection && objectionFacedWith(text, facts.objection),
  });
  return {
    ...facts,
    controllerName: text,
    contactName: text,
    ...content,
  };
}

function changeFacedWith(text: string, given: Change): Change {
  const both = { da: text, en: text };
  const change: Change = given.status === 'withdrawn' ? { ...given, withdrawalReason: both } : given;
  return {
    ...change,
    productName: text,
    reason: both,
    separation: change.separation && both,
    elements: change.elements.map((element) => ({
      ...element,
      company: text,
      from: typeof element.from === 'string' ? text : element.from,
      to: typeof element.to === 'string' ? text : element.to,
    })),
    processor: { name: text, registrationNumber: text, address: text },
    objectionAddress: { email: text, postal: text },
    effects: change.effects.map(({ act, entry, from, to }) => ({
      act,
      entry,
      from: from && { company: companyFacedWith(text, from.company), chain: [`${text} (2)`] },
      to: to && { company: companyFacedWith(text, to.company), chain: [text] },
    })),
  };
}

function companyFacedWith(text: string, company: SubProcessor): SubProcessor {
  const both = { da: text, en: text };
  return {
    ...company,
    name: text,
    registrationNumber: text,
    address: text,
    contactPerson: { name: text, email: text },
    processing: both,
    personalData: both,
  };
}

function objectionFacedWith(text: string, given: Objection): Objection {
  const objection = { ...given, from: { name: text, email: text }, reasons: text };
  return objection.status === 'resolved'
    ? { ...objection, resolution: { ...objection.resolution, explanation: text } }
    : objection;
}

/** Where the link in a message leads: to its page, or to the page that stops what it tells of. */
export function linkIn(facts: Omit<MessageFrame, 'language'> & MessageContent): string {
  const { kind, link } = facts;
  if (kind === 'approval-received') return `${link}/answer/${facts.approval.id}/stop`;
  if (kind === 'approval-code')
    return facts.approval ? `${link}/answer/${facts.approval.id}/withdraw` : `${link}/answer`;
  if (kind === 'refusal-received') return `${link}/answer/${facts.approval.id}`;
  return kind === 'withdrawal-requested' ? `${link}/${facts.objection.id}/keep` : link;
}
