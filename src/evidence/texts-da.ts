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
} = RECORD_WORDS.da;
const PROPOSED: Readonly<Record<string, string>> = {
  announcement: 'at annoncere ændringen',
  activation: 'at gennemføre ændringen',
  invalid: 'at afgøre indsigelsen som ugyldig',
  approval: 'at registrere kundens svar på anmodningen om godkendelse',
  terms: 'nye vilkår for produktet',
};
const DECIDED: Readonly<Record<string, string>> = {
  approved: 'godkendt',
  rejected: 'afvist',
  cancelled: 'trukket tilbage',
};
const DECISIONS: Readonly<Record<string, string>> = {
  objection: 'en indsigelse',
  'not-an-objection': 'ikke en indsigelse',
  approval: 'en godkendelse',
  refusal: 'et afslag',
};

export const DA: PageTexts = {
  language: 'da',
  otherFile: 'README.html',
  otherLanguage: 'English version: README.html',
  title: (change) => `Dokumentation for ${change}`,
  shareOf: (name) =>
    `Denne pakke er jeres egen del af sagen (kundenummer ${name}). Den indeholder intet om andre kunder.`,
  redacted:
    'Denne pakke er redigeret: navne, adresser, fritekst og mails er udeladt. Linjerne i data/proof viser, at intet andet er ændret.',
  intro:
    'Pakken viser, hvad der blev planlagt, hvem der blev underrettet hvornår, hvad kunderne svarede, og hvad der lå til grund, da ændringen trådte i kraft. Den er dannet af det, systemet har optegnet, og hver optegnelse i den kan efterprøves.',
  plannedHeading: 'Hvad der blev planlagt',
  announced: (at, by) => `Annonceret ${at} af ${author(by)}.`,
  planned: (day) => `Planlagt til tidligst ${day}.`,
  reason: 'Begrundelse',
  asked: {
    company: 'Kræver kundens skriftlige godkendelse',
    customer: 'Kræver jeres skriftlige godkendelse',
  },
  objectable: {
    company: 'Giver kunden ret til indsigelse',
    customer: 'Giver jer ret til indsigelse',
  },
  informed: 'Meddeles til orientering',
  field: 'Oplysning',
  before: 'Før',
  after: 'Efter',
  decidedHeading: 'Hvem der foreslog, godkendte og gennemførte',
  countingHeading: 'Hvordan fristen er regnet',
  countingFacts: (days, zone) => `${days} kalenderdage i tidszonen ${zone}.`,
  countingExample: 'Eksempel: den første underretning i denne sag',
  dayNotCounted: 'underretningsdag, tælles ikke',
  dayNumber: (number) => `dag ${number}`,
  dayRolled: 'ikke en arbejdsdag: fristen ruller videre',
  lastDay: 'sidste dag, til dagens udgang',
  silence: {
    company: 'Ændringen kræver kundens skriftlige godkendelse. At kunden ikke svarer, er ikke en godkendelse.',
    customer: 'Ændringen kræver jeres skriftlige godkendelse. At I ikke svarer, er ikke en godkendelse.',
  },
  noWindow: 'Ændringen har ingen indsigelsesfrist.',
  controllersHeading: 'Hvem der blev underrettet hvornår',
  controllersLeftOut: (shown, total) =>
    `De første ${shown} af ${total} kunder vises her. Alle står i data/controllers.ndjson, og hver har en mappe i data/controllers.`,
  controller: 'Kunde',
  notified: 'Underrettet',
  deadline: 'Frist',
  objections: 'Indsigelser',
  answers: 'Svar',
  approvals: 'Godkendelser og afslag',
  storiesHeading: 'Hvad der skete hos den enkelte kunde',
  storiesLeftOut: 'Her vises de kunder, hos hvem der skete andet, end at de blev underrettet.',
  mailFile: 'mailen',
  scanFile: 'filen',
  gateHeading: 'Hvad der lå til grund for ikrafttrædelsen',
  gateNone: 'Ændringen er ikke trådt i kraft, eller den trådte i kraft, før grundlaget blev gemt.',
  gateNotShown: 'Grundlaget omhandler alle kunder og er ikke med i en enkelt kundes del.',
  gateAt: (at) => `Bedømt ${at}. Intet stod i vejen.`,
  gate: {
    controllers: 'Kunder i alt',
    notified: 'heraf underrettet',
    windowsOpen: 'Åbne frister',
    latestDeadline: 'Seneste frist',
    objections: 'Indsigelser i alt',
    pending: 'heraf uafklarede',
    unread: 'Ulæste svar og mails',
    approvals: 'Gældende godkendelser',
    software: 'Program og regler',
  },
  registerHeading: 'Fortegnelsen over underdatabehandlere',
  registerBefore: 'Før',
  registerAfter: 'Efter',
  registerUnchanged: 'Ændringen er ikke trådt i kraft, så fortegnelsen er ikke ændret af den.',
  verifyHeading: 'Sådan efterprøves pakken',
  verify: [
    'Pak zip-filen ud, åbn en terminal i mappen, og kør ./verify.sh. Det kræver kun bash, coreutils og openssl, som findes på ethvert Linux-system, og skriver, hvad der er i orden, og hvad der ikke er.',
    'sha256sum -c manifest-sha256.txt viser alene, at filerne er uændrede.',
    'data/proof har for hver optegnelse den nøjagtige tekst, som er forseglet, og beviset for, at den er omfattet af seglet nedenfor. Sådanne segl står i kvitteringer til kunderne og på den offentlige liste. Hvem der har gemt ét, kan vise, om optegnelserne siden er skrevet om.',
  ],
  notInPack: 'Hvad der ikke er i pakken',
  unsealed: (count) =>
    count === 0
      ? 'Alle optegnelser i pakken er forseglet.'
      : `${count} optegnelser er så nye, at de endnu ikke er forseglet. De står i data/proof/unsealed.txt.`,
  emptied:
    'Hvor der står [erased], er en persons oplysninger slettet. Beviset for resten af optegnelsen gælder stadig.',
  linksCut:
    'Personlige links og adresser er klippet ud af mails. Kontrolsummen i optegnelsen er af mailen, som den blev sendt.',
  othersLeftOut: 'Oplysninger om andre kunder, interne handlinger og hændelser.',
  omitted: '(udeladt)',
  checkpoints: 'Segl over optegnelserne',
  none: '–',
  say: {
    proposed: (c) => `${author(c.proposed_by)} har foreslået ${named(PROPOSED, c.kind)}`,
    'proposal-decided': (c) =>
      `Forslaget om ${named(PROPOSED, c.proposal_kind)} blev ${named(DECIDED, c.decision)} af ${author(c.decided_by)}${c.by_one_person === true ? ', den samme person, som i en prøve' : ''}`,
    announced: (c) => `Ændringen annonceret af ${author(c.announced_by)}`,
    activated: (c) => `Ændringen gennemført af ${author(c.activated_by)}`,
    withdrawn: (c) => `Ændringen trukket tilbage af ${author(c.withdrawn_by)}`,
    message: (c) => `${named(MESSAGES, c.kind)} til ${text(c.email)} lagt i kø`,
    attempt: (c) =>
      `${named(MESSAGES, c.message_kind)} til ${text(c.to)}: ${named(OUTCOMES, c.outcome)}${c.response_code ? ` (svar ${text(c.response_code)})` : ''}${c.tls ? `, krypteret med ${text(c.tls)}` : ''}`,
    report: (c) =>
      `Meldt tilbage om ${named(MESSAGES, c.message_kind).toLowerCase()} til ${text(c.to)}: ${named(REPORTS, c.action)}${c.status ? ` (${text(c.status)})` : ''}`,
    arrival: (c) => `${author(c.recorded_by)} har noteret, at underretningen kom frem`,
    letter: (c) => `Brev, som kom frem ${day(c.arrived_on)}, noteret af ${author(c.recorded_by)}`,
    restoration: () => 'Fristen gælder igen, fordi underretningen bevisligt kom frem',
    objection: (c) =>
      c.rejected_for
        ? `Forsøg på indsigelse ${named(CHANNELS, c.channel)}, afvist: ${named(REJECTED, c.rejected_for)}`
        : `Indsigelse nr. ${text(c.number)} ${named(CHANNELS, c.channel)}${c.from_name ? ` fra ${text(c.from_name)}` : ''}`,
    'further-attempt': (c) => `Yderligere forsøg på indsigelse, afvist: ${named(REJECTED, c.rejected_for)}`,
    'withdrawal-request': (c) => `${author(c.requested_by)} beder om at trække indsigelsen tilbage`,
    'objection-decision': (c) =>
      c.decision === 'resolved'
        ? `Indsigelsen afgjort af ${author(c.decided_by)}: ${named(RESOLVED, c.outcome)}`
        : `Indsigelsen taget i betragtning efter fristen af ${author(c.decided_by)}`,
    mail: (c) =>
      `Mail modtaget${c.from_email ? ` fra ${text(c.from_email)}` : ''}${c.subject ? `: ${text(c.subject)}` : ''}`,
    'mail-decision': (c) => `Mailen vurderet af ${author(c.decided_by)}`,
    'answer-decision': (c) => `Svaret læst af ${author(c.decided_by)}: ${named(DECISIONS, c.decision)}`,
    code: (c) => `Kode bestilt af ${author(c.asked_by)}`,
    approval: (c) =>
      `${c.decision === 'refusal' ? 'Afslag' : 'Godkendelse'} nr. ${text(c.number)} ${named(CHANNELS, c.channel)}${c.from_name ? ` fra ${text(c.from_name)}` : ''}${c.from_role ? `, ${text(c.from_role)}` : ''}`,
    'approval-effect': (c) => `Godkendelse nr. ${text(c.number)} fik virkning`,
    'approval-end': (c) =>
      `${c.decision === 'refusal' ? 'Afslag' : 'Godkendelse'} nr. ${text(c.number)} ophørt ved ${author(c.ended_by)}`,
    nomination: (c) => `${author(c.nominated_by)} har udpeget ${text(c.name)}, som kan godkende`,
    'nomination-confirmed': (c) => `${author(c.confirmed_by)} har bekræftet, at ${text(c.name)} kan godkende`,
    'nomination-rejected': (c) => `${author(c.rejected_by)} har afvist, at ${text(c.name)} kan godkende`,
    agreement: () => 'Aftalen begyndte',
    'agreement-end': () => 'Aftalen ophørte',
    'in-force': () => 'Ændringen trådte i kraft for kunden',
    scan: (c) =>
      `${c.letter_id ? 'Brevet' : c.objection_id ? 'Indsigelsen' : 'Svaret på anmodningen'} lagt ved som fil (${text(c.media_type)}, ${text(c.bytes)} byte) af ${author(c.added_by)}`,
  },
};

/** The columns that are said are texts and numbers. What is left out of a redacted pack is not there. */
const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '(udeladt)';
/** A day of the record, in words. */
const day = (value: unknown): string => dayInWords(Temporal.PlainDate.from(text(value)), 'da');
const named = (names: Readonly<Partial<Record<string, string>>>, code: unknown): string =>
  names[text(code)] ?? text(code);
/** Who did something: with the name where the page has names, else as the record has it, by role and id (D48). */
function author(value: unknown): string {
  const [, role, id] = /^(person|key|link) (\S+)$/.exec(text(value)) ?? [];
  if (role === 'person') return `en medarbejder (person ${id})`;
  if (role === 'key') return `en medarbejder (nøgle ${id})`;
  if (role === 'link') return `kontakten gennem linket (meddelelse ${id})`;
  return value === 'system' ? 'systemet' : text(value);
}
