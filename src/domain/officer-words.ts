import { changeInWords } from './change-words.ts';
import type { Change } from './change.ts';
import type { MailContent } from './inbound-mail.ts';
import { instantInWords } from './wording.ts';

/** Of how many customers a mail to officers says the name. */
export const NAMED_CUSTOMERS = 10;

/** How much of what a customer writes a mail to officers shows, in Unicode code points; the API has all of it. */
const SHOWN_TEXT = 500;

/** The change that a mail is about. */
export interface ConcernedChange {
  readonly change: Change;
}

export interface Customer {
  readonly externalId: string;
  readonly name: string;
}

/** Customers of whom only the first are named. */
export interface Customers {
  readonly count: number;
  readonly named: readonly Customer[];
}

/** Customers in words: "Kunde 1 A/S (kundenummer 17), Kunde 2 A/S (kundenummer 18) og 12 andre". */
export function customersInWords({ count, named }: Customers): string {
  const names = named.map(customerInWords);
  const others = count - named.length;
  if (others > 0) names.push(others === 1 ? '1 anden' : `${others} andre`);
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' og ');
}

/** A change as a phrase, with its product: "tilføjelse af Acme som underdatabehandler ved levering af TrueTalk". */
export function phraseOf({ change }: ConcernedChange): string {
  return changeInWords(change, 'da');
}

/** Whether a change asks nothing of customers: nothing that they write, or are not told, keeps it from being activated (D40). */
export function isInformation({ regime }: Change): boolean {
  return !regime.objection && !regime.approval;
}

/** "1 kunde", "2 kunder". */
export function many(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** "Kunde 1 A/S (kundenummer 17)". */
export function customerInWords({ name, externalId }: Customer): string {
  return `${name} (kundenummer ${externalId})`;
}

/** Day and time, where the windows of a change are counted. */
export function momentIn({ terms }: Change, at: Temporal.Instant): string {
  return instantInWords(at, terms.timeZone, 'da');
}

/** Who wrote a mail: "Dorthe Persson <dpo@kunde.example>". */
export function senderOf({ from }: Pick<MailContent, 'from'>): string {
  return [from.name, from.email && `<${from.email}>`].filter(Boolean).join(' ') || 'en ukendt afsender';
}

/** What stands above the text of a mail. */
export function subjectLine({ subject }: MailContent): string {
  return subject === '' ? 'E-mailens tekst:' : `Emne: ${subject}`;
}

/** The beginning of what somebody wrote, under a heading. */
export function quoted(heading: string, text: string): string[] {
  const characters = [...text.trim()];
  const shown = characters.slice(0, SHOWN_TEXT).join('').trimEnd();
  return [heading, characters.length > SHOWN_TEXT ? `${shown} […]` : shown, ''];
}
