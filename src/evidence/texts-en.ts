import { RECORD_WORDS } from '../domain/record-words.ts';
import { dayInWords } from '../domain/wording.ts';
import type { PageTexts } from './page-texts.ts';

const {
  messages: MESSAGES,
  outcomes: OUTCOMES,
  channels: CHANNELS,
  rejected: REJECTED,
  resolved: RESOLVED,
  reports: REPORTS,
} = RECORD_WORDS.en;
const PROPOSED: Readonly<Record<string, string>> = {
  announcement: 'to announce the change',
  activation: 'to activate the change',
  invalid: 'to resolve the objection as invalid',
  approval: 'to record the customer’s answer to the request for approval',
  terms: 'new terms for the product',
};
const DECISIONS: Readonly<Record<string, string>> = {
  objection: 'an objection',
  'not-an-objection': 'no objection',
  approval: 'an approval',
  refusal: 'a refusal',
};

export const EN: PageTexts = {
  language: 'en',
  otherFile: 'LÆS-MIG.html',
  otherLanguage: 'Dansk udgave: LÆS-MIG.html',
  title: (change) => `Evidence of ${change}`,
  shareOf: (name) =>
    `This pack is your own share of the case (customer number ${name}). It holds nothing of other customers.`,
  redacted:
    'This pack is redacted: names, addresses, free text and mails are left out. The lines in data/proof show that nothing else differs.',
  intro:
    'This pack shows what was planned, who was told of it when, what customers answered, and what stood on record when the change came into force. It is made of the system’s record, and every row of it can be verified.',
  plannedHeading: 'What was planned',
  announced: (at, by) => `Announced ${at} by ${author(by)}.`,
  planned: (day) => `Planned for ${day} at the earliest.`,
  reason: 'Reason',
  asked: {
    company: 'Needs the customer’s written approval',
    customer: 'Needs your written approval',
  },
  objectable: {
    company: 'Gives the customer time to object',
    customer: 'Gives you time to object',
  },
  informed: 'Told for information',
  field: 'Fact',
  before: 'Before',
  after: 'After',
  decidedHeading: 'Who proposed, approved and activated',
  countingHeading: 'How the deadline is counted',
  countingFacts: (days, zone) => `${days} calendar days in the time zone ${zone}.`,
  countingExample: 'Example: the first notification in this case',
  dayNotCounted: 'day of the notification, not counted',
  dayNumber: (number) => `day ${number}`,
  dayRolled: 'no working day: the deadline rolls on',
  lastDay: 'last day, until it ends',
  silence: {
    company: 'The change needs the customer’s written approval. That the customer does not answer is no approval.',
    customer: 'The change needs your written approval. That you do not answer is no approval.',
  },
  noWindow: 'The change has no time to object.',
  controllersHeading: 'Who was told when',
  controllersLeftOut: (shown, total) =>
    `The first ${shown} of ${total} customers are shown here. All are in data/controllers.ndjson, and each has a folder in data/controllers.`,
  controller: 'Customer',
  notified: 'Told',
  deadline: 'Deadline',
  objections: 'Objections',
  answers: 'Answers',
  approvals: 'Approvals and refusals',
  storiesHeading: 'What happened with each customer',
  storiesLeftOut: 'Shown are those customers with whom more happened than that they were told.',
  mailFile: 'the mail',
  scanFile: 'the file',
  gateHeading: 'What stood on record at the activation',
  gateNone: 'The change is not in force, or it came into force before this was kept.',
  gateNotShown: 'It is of all customers, and stands in no share of one.',
  gateAt: (at) => `Judged ${at}. Nothing stood in the way.`,
  gate: {
    controllers: 'Customers',
    notified: 'of them told',
    windowsOpen: 'Open windows',
    latestDeadline: 'Latest deadline',
    objections: 'Objections',
    pending: 'of them pending',
    unread: 'Unread answers and mails',
    approvals: 'Effective approvals',
    software: 'Software and rules',
  },
  registerHeading: 'The register of sub-processors',
  registerBefore: 'Before',
  registerAfter: 'After',
  registerUnchanged: 'The change is not in force, so it has not changed the register.',
  verifyHeading: 'How to verify the pack',
  verify: [
    'Unpack the ZIP and run ./verify.sh in a terminal in its folder. It needs bash, coreutils and openssl only, which every Linux system has, and says what is right and what is not.',
    'sha256sum -c manifest-sha256.txt alone shows that the files are unchanged.',
    'data/proof has, of each row of the record, the exact text that was sealed, and the proof that the seal below covers it. Such seals stand in receipts to customers and on the public list. Whoever has kept one can show whether the record was rewritten since.',
  ],
  notInPack: 'What is not in the pack',
  unsealed: (count) =>
    count === 0
      ? 'Every row in the pack is sealed.'
      : `${count} rows are so new that they are not sealed yet. They are listed in data/proof/unsealed.txt.`,
  emptied:
    'Where it says [erased], what was of a person has been erased. The proof of the rest of the row still holds.',
  linksCut: 'Personal links and addresses are cut out of mails. Their hash on record is of the mail that was sent.',
  othersLeftOut: 'What is of other customers, internal acts and events.',
  omitted: '(left out)',
  checkpoints: 'Seal of the record',
  none: '–',
  say: {
    proposed: (c) => `${author(c.proposed_by)} proposed ${named(PROPOSED, c.kind)}`,
    'proposal-decided': (c) =>
      `The proposal ${c.proposal_kind === 'terms' ? 'of ' : ''}${named(PROPOSED, c.proposal_kind)} was ${text(c.decision)} by ${author(c.decided_by)}${c.by_one_person === true ? ', the same person, as in a trial' : ''}`,
    announced: (c) => `Change announced by ${author(c.announced_by)}`,
    activated: (c) => `Change activated by ${author(c.activated_by)}`,
    withdrawn: (c) => `Change withdrawn by ${author(c.withdrawn_by)}`,
    message: (c) => `${named(MESSAGES, c.kind)} to ${text(c.email)} queued`,
    attempt: (c) =>
      `${named(MESSAGES, c.message_kind)} to ${text(c.to)}: ${named(OUTCOMES, c.outcome)}${c.response_code ? ` (answer ${text(c.response_code)})` : ''}${c.tls ? `, encrypted by ${text(c.tls)}` : ''}`,
    report: (c) =>
      `Reported of the ${named(MESSAGES, c.message_kind).toLowerCase()} to ${text(c.to)}: ${named(REPORTS, c.action)}${c.status ? ` (${text(c.status)})` : ''}`,
    arrival: (c) => `${author(c.recorded_by)} has stated that the notice arrived`,
    letter: (c) => `Letter that arrived on ${day(c.arrived_on)}, recorded by ${author(c.recorded_by)}`,
    restoration: () => 'The deadline stands again, because the notice is proved to have arrived',
    objection: (c) =>
      c.rejected_for
        ? `Attempt to object ${named(CHANNELS, c.channel)}, rejected: ${named(REJECTED, c.rejected_for)}`
        : `Objection no. ${text(c.number)} ${named(CHANNELS, c.channel)}${c.from_name ? ` from ${text(c.from_name)}` : ''}`,
    'further-attempt': (c) => `Further attempt to object, rejected: ${named(REJECTED, c.rejected_for)}`,
    'withdrawal-request': (c) => `${author(c.requested_by)} asks to withdraw the objection`,
    'objection-decision': (c) =>
      c.decision === 'resolved'
        ? `Objection resolved by ${author(c.decided_by)}: ${named(RESOLVED, c.outcome)}`
        : `Objection accepted after the deadline by ${author(c.decided_by)}`,
    mail: (c) =>
      `Mail received${c.from_email ? ` from ${text(c.from_email)}` : ''}${c.subject ? `: ${text(c.subject)}` : ''}`,
    'mail-decision': (c) => `Mail decided on by ${author(c.decided_by)}`,
    'answer-decision': (c) => `Answer read by ${author(c.decided_by)}: ${named(DECISIONS, c.decision)}`,
    code: (c) => `Code asked for by ${author(c.asked_by)}`,
    approval: (c) =>
      `${c.decision === 'refusal' ? 'Refusal' : 'Approval'} no. ${text(c.number)} ${named(CHANNELS, c.channel)}${c.from_name ? ` from ${text(c.from_name)}` : ''}${c.from_role ? `, ${text(c.from_role)}` : ''}`,
    'approval-effect': (c) => `Approval no. ${text(c.number)} took effect`,
    'approval-end': (c) =>
      `${c.decision === 'refusal' ? 'Refusal' : 'Approval'} no. ${text(c.number)} ended by ${author(c.ended_by)}`,
    nomination: (c) => `${author(c.nominated_by)} has named ${text(c.name)} as one who may approve`,
    'nomination-confirmed': (c) => `${author(c.confirmed_by)} has confirmed that ${text(c.name)} may approve`,
    'nomination-rejected': (c) => `${author(c.rejected_by)} has rejected that ${text(c.name)} may approve`,
    agreement: () => 'The agreement began',
    'agreement-end': () => 'The agreement ended',
    'in-force': () => 'The change came into force for the customer',
    scan: (c) =>
      `${c.letter_id ? 'Letter' : c.objection_id ? 'Objection' : 'Answer to the request'} added as a file (${text(c.media_type)}, ${text(c.bytes)} bytes) by ${author(c.added_by)}`,
  },
};

/** The columns that are said are texts and numbers. What is left out of a redacted pack is not there. */
const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '(left out)';
/** A day of the record, in words. */
const day = (value: unknown): string => dayInWords(Temporal.PlainDate.from(text(value)), 'en');
const named = (names: Readonly<Partial<Record<string, string>>>, code: unknown): string =>
  names[text(code)] ?? text(code);
/** Who did something: with the name where the page has names, else as the record has it, by role and id (D48). */
function author(value: unknown): string {
  const [, role, id] = /^(person|key|link) (\S+)$/.exec(text(value)) ?? [];
  if (role === 'person') return `an officer (person ${id})`;
  if (role === 'key') return `an officer (key ${id})`;
  if (role === 'link') return `the contact through the link (message ${id})`;
  return value === 'system' ? 'the system' : text(value);
}
