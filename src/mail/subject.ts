import { changeInShort, namesInWords } from '../domain/change-words.ts';
import { oneLine } from '../domain/text.ts';
import { deadlineDateInWords, dateInWords } from '../domain/wording.ts';
import type { MessageFacts } from './message-view.ts';
import { templateOf } from './templates.ts';

const MAX_SUBJECT = 200;
/** Long enough for real names. */
const MAX_NAME = 48;

/**
 * The subject of a message without its reference: one line of at most 200 characters, whatever the names in it contain. A day
 * stands at its end, and is never cut off.
 */
export function subjectOf(facts: MessageFacts): string {
  const [about, end] = facts.language === 'da' ? danishSubject(facts) : englishSubject(facts);
  const day = end === undefined ? '' : ` – ${end}`;
  const product = clip(oneLine(facts.change.productName), 30);
  return `${clip(oneLine(`${product}: ${about}`), MAX_SUBJECT - day.length)}${day}`;
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

function wordsOf({ change, language, objection, deadline, answerBy }: MessageFacts) {
  const short = (name: string) => clip(oneLine(name), MAX_NAME);
  const dateOf = (at: Temporal.Instant | null) =>
    at === null ? '' : deadlineDateInWords(at, change.terms.timeZone, language);
  return {
    name: short(namesInWords(change, language)),
    what: changeInShort(change, language, short),
    number: objection?.number,
    deadline: dateOf(deadline),
    answerBy: dateOf(answerBy),
    planned: dateInWords(change.plannedActivationOn, language),
  };
}

/** What a subject says, and the day that it ends with. */
type Subject = readonly [about: string, end?: string];

function danishSubject(facts: MessageFacts): Subject {
  const { name, what, number, deadline, answerBy, planned } = wordsOf(facts);
  switch (templateOf(facts)) {
    case 'notice':
      return [what, `indsigelse senest ${deadline}`];
    case 'approval-request':
      return [`vi beder om jeres godkendelse – ${what}`, `svar senest ${answerBy}`];
    case 'information':
      return [`orientering – ${what}`, `tidligst ${planned}`];
    case 'late-notice':
      return [`orientering om ${name}`, `fristen for indsigelse var ${deadline}`];
    case 'reminder':
      return [`påmindelse – indsigelse mod ${name}`, `senest ${deadline}`];
    case 'approval-reminder':
      return [`påmindelse – vi mangler jeres svar om ${name}`, `svar senest ${answerBy}`];
    case 'deadline-moved':
      return [`ny, senere frist for indsigelse mod ${name}`, deadline];
    case 'objection-received':
      return [`vi har modtaget jeres indsigelse nr. ${number} mod ${name}`];
    case 'objection-rejected':
      return [`jeres indsigelse nr. ${number} mod ${name} er afvist`];
    case 'objection-resolved':
      return [`jeres indsigelse nr. ${number} mod ${name} er afsluttet`];
    case 'withdrawal-code':
      return [`kode til at trække indsigelse nr. ${number} mod ${name} tilbage`];
    case 'withdrawal-requested':
      return [`jeres indsigelse nr. ${number} mod ${name} bliver trukket tilbage – er det jer?`];
    case 'withdrawal-stopped':
      return [`jeres indsigelse nr. ${number} mod ${name} står ved magt`];
    case 'approval-code':
      return facts.approval
        ? [`kode til at trække jeres nej vedrørende ${name} tilbage`]
        : [`kode til at godkende ændringen vedrørende ${name}`];
    case 'approval-received':
      return [`vi har modtaget jeres godkendelse vedrørende ${name} – var det jer?`];
    case 'refusal-received':
      return [`vi har registreret, at I ikke godkender ændringen vedrørende ${name}`];
    case 'approval-ended':
      return facts.approval?.decision === 'approval'
        ? [`jeres godkendelse vedrørende ${name} gælder ikke længere`]
        : [`jeres nej vedrørende ${name} er trukket tilbage`];
    case 'change-activated':
      return [`gennemført – ${what}`];
    case 'change-withdrawn':
      return [`den planlagte ændring vedrørende ${name} er trukket tilbage`];
  }
}

function englishSubject(facts: MessageFacts): Subject {
  const { name, what, number, deadline, answerBy, planned } = wordsOf(facts);
  switch (templateOf(facts)) {
    case 'notice':
      return [what, `object by ${deadline}`];
    case 'approval-request':
      return [`we ask for your approval – ${what}`, `answer by ${answerBy}`];
    case 'information':
      return [`for information – ${what}`, `${planned} at the earliest`];
    case 'late-notice':
      return [`information about ${name}`, `the deadline for objecting was ${deadline}`];
    case 'reminder':
      return [`reminder – object to ${name}`, `by ${deadline}`];
    case 'approval-reminder':
      return [`reminder – we need your answer about ${name}`, `answer by ${answerBy}`];
    case 'deadline-moved':
      return [`later deadline for objecting to ${name}`, deadline];
    case 'objection-received':
      return [`we have received your objection no. ${number} to ${name}`];
    case 'objection-rejected':
      return [`your objection no. ${number} to ${name} has been rejected`];
    case 'objection-resolved':
      return [`your objection no. ${number} to ${name} has been resolved`];
    case 'withdrawal-code':
      return [`code for withdrawing objection no. ${number} to ${name}`];
    case 'withdrawal-requested':
      return [`your objection no. ${number} to ${name} is being withdrawn – was that you?`];
    case 'withdrawal-stopped':
      return [`your objection no. ${number} to ${name} stands`];
    case 'approval-code':
      return facts.approval
        ? [`code for withdrawing your refusal concerning ${name}`]
        : [`code for approving the change concerning ${name}`];
    case 'approval-received':
      return [`we have received your approval concerning ${name} – was that you?`];
    case 'refusal-received':
      return [`we have recorded that you do not approve the change concerning ${name}`];
    case 'approval-ended':
      return facts.approval?.decision === 'approval'
        ? [`your approval concerning ${name} no longer stands`]
        : [`your refusal concerning ${name} has been withdrawn`];
    case 'change-activated':
      return [`carried out – ${what}`];
    case 'change-withdrawn':
      return [`the planned change concerning ${name} has been withdrawn`];
  }
}
