import { companiesOf, replacedBy } from '../domain/effect.ts';
import { oneLine } from '../domain/text.ts';
import { deadlineDateInWords } from '../domain/wording.ts';
import type { MessageFacts } from './message-view.ts';

const MAX_SUBJECT = 200;
/** Long enough for real names, and short enough that the deadline at the end is never cut off. */
const MAX_NAME = 48;

/** The subject of a message without its reference: one line of at most 200 characters, whatever the names in it contain. */
export function subjectOf(facts: MessageFacts): string {
  return clip(oneLine(facts.language === 'da' ? danishSubject(facts) : englishSubject(facts)), MAX_SUBJECT);
}

function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  // Cuts between code points, never inside a surrogate pair.
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length >= length) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

function namesIn({ change }: MessageFacts) {
  const short = (name: string) => clip(oneLine(name), MAX_NAME);
  return {
    product: clip(oneLine(change.productName), 30),
    name: short(companiesOf(change).join(', ')),
    replacedName: replacedBy(change) && short(replacedBy(change) ?? ''),
  };
}

function danishSubject(facts: MessageFacts): string {
  const { product, name, replacedName } = namesIn(facts);
  const number = facts.objection?.number;
  switch (facts.kind) {
    case 'notice': {
      const change = replacedName
        ? `${name} erstatter underdatabehandler ${replacedName}`
        : `ny underdatabehandler ${name}`;
      return `${product}: ${change} – indsigelse senest ${deadlineDate(facts)}`;
    }
    case 'late-notice':
      return `${product}: orientering om ${name} – fristen for indsigelse var ${deadlineDate(facts)}`;
    case 'reminder':
      return `${product}: påmindelse – indsigelse mod ${name} senest ${deadlineDate(facts)}`;
    case 'approval-reminder':
      return `${product}: påmindelse – vi beder om jeres svar om ${name} senest ${answerDate(facts)}`;
    case 'deadline-moved':
      return `${product}: ny, senere frist for indsigelse mod ${name} – ${deadlineDate(facts)}`;
    case 'objection-received':
      return `${product}: vi har modtaget jeres indsigelse nr. ${number} mod ${name}`;
    case 'objection-rejected':
      return `${product}: jeres indsigelse nr. ${number} mod ${name} er afvist`;
    case 'objection-resolved':
      return `${product}: jeres indsigelse nr. ${number} mod ${name} er afsluttet`;
    case 'withdrawal-code':
      return `${product}: kode til at trække indsigelse nr. ${number} mod ${name} tilbage`;
    case 'withdrawal-requested':
      return `${product}: jeres indsigelse nr. ${number} mod ${name} bliver trukket tilbage – er det jer?`;
    case 'withdrawal-stopped':
      return `${product}: jeres indsigelse nr. ${number} mod ${name} står ved magt`;
    case 'approval-code':
      return facts.approval
        ? `${product}: kode til at trække jeres nej vedrørende ${name} tilbage`
        : `${product}: kode til at godkende ændringen vedrørende ${name}`;
    case 'approval-received':
      return `${product}: vi har modtaget jeres godkendelse vedrørende ${name} – var det jer?`;
    case 'refusal-received':
      return `${product}: vi har registreret, at I ikke godkender ændringen vedrørende ${name}`;
    case 'approval-ended':
      return facts.approval.decision === 'approval'
        ? `${product}: jeres godkendelse vedrørende ${name} gælder ikke længere`
        : `${product}: jeres nej vedrørende ${name} er trukket tilbage`;
    case 'change-activated':
      return replacedName
        ? `${product}: ${name} har erstattet underdatabehandler ${replacedName}`
        : `${product}: ${name} er nu underdatabehandler`;
    case 'change-withdrawn':
      return `${product}: den planlagte ændring vedrørende ${name} er trukket tilbage`;
  }
}

function englishSubject(facts: MessageFacts): string {
  const { product, name, replacedName } = namesIn(facts);
  const number = facts.objection?.number;
  switch (facts.kind) {
    case 'notice': {
      const change = replacedName ? `${name} to replace sub-processor ${replacedName}` : `new sub-processor ${name}`;
      return `${product}: ${change} – object by ${deadlineDate(facts)}`;
    }
    case 'late-notice':
      return `${product}: information about ${name} – the deadline for objecting was ${deadlineDate(facts)}`;
    case 'reminder':
      return `${product}: reminder – object to ${name} by ${deadlineDate(facts)}`;
    case 'approval-reminder':
      return `${product}: reminder – please answer about ${name} by ${answerDate(facts)}`;
    case 'deadline-moved':
      return `${product}: later deadline for objecting to ${name} – ${deadlineDate(facts)}`;
    case 'objection-received':
      return `${product}: we have received your objection no. ${number} to ${name}`;
    case 'objection-rejected':
      return `${product}: your objection no. ${number} to ${name} has been rejected`;
    case 'objection-resolved':
      return `${product}: your objection no. ${number} to ${name} has been resolved`;
    case 'withdrawal-code':
      return `${product}: code for withdrawing objection no. ${number} to ${name}`;
    case 'withdrawal-requested':
      return `${product}: your objection no. ${number} to ${name} is being withdrawn – was that you?`;
    case 'withdrawal-stopped':
      return `${product}: your objection no. ${number} to ${name} stands`;
    case 'approval-code':
      return facts.approval
        ? `${product}: code for withdrawing your refusal concerning ${name}`
        : `${product}: code for approving the change concerning ${name}`;
    case 'approval-received':
      return `${product}: we have received your approval concerning ${name} – was that you?`;
    case 'refusal-received':
      return `${product}: we have recorded that you do not approve the change concerning ${name}`;
    case 'approval-ended':
      return facts.approval.decision === 'approval'
        ? `${product}: your approval concerning ${name} no longer stands`
        : `${product}: your refusal concerning ${name} has been withdrawn`;
    case 'change-activated':
      return replacedName
        ? `${product}: ${name} has replaced sub-processor ${replacedName}`
        : `${product}: ${name} is now a sub-processor`;
    case 'change-withdrawn':
      return `${product}: the planned change concerning ${name} has been withdrawn`;
  }
}

function deadlineDate(facts: MessageFacts): string {
  return dateOf(facts.deadline, facts);
}

function answerDate(facts: MessageFacts): string {
  return dateOf(facts.answerBy, facts);
}

function dateOf(end: Temporal.Instant | null, { change, language }: MessageFacts): string {
  return end === null ? '' : deadlineDateInWords(end, change.terms.timeZone, language);
}
