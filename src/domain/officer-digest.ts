import { pageFor, type OfficerMail } from './officer-mail.ts';
import {
  customersInWords,
  isInformation,
  many,
  phraseOf,
  type ConcernedChange,
  type Customers,
} from './officer-words.ts';
import { instantInWords } from './wording.ts';

/** What is told by an hour's digest only when the hour is over for so long: what happens is dated a little before its record. */
const RECORDED_WITHIN = { minutes: 5 };

/** The end of the last hour of the clock whose digest can be written at `now`: all that belongs to it is on record. */
export function endOfDigest(now: Temporal.Instant): Temporal.Instant {
  return now.subtract(RECORDED_WITHIN).round({ smallestUnit: 'hour', roundingMode: 'floor' });
}

/** How far back the first digest of a product looks. */
export const FIRST_DIGEST = { hours: 24 * 7 };

/** The notices of a change that could not be delivered. */
export interface FailuresOfChange {
  /** Failed, or bounced after they were accepted. */
  readonly notices: number;
  readonly customers: Customers;
  /** Those of them who are not notified, and to whom no notice is on its way. */
  readonly unreached: Customers;
}

/** Mails of one kind that were not sent one by one, and the subjects of the first of them. */
export interface FoldedMails {
  readonly count: number;
  readonly subjects: readonly string[];
}

/** The digest of a product: what has failed until `until` and was not told before. */
export function digestMail(
  product: { readonly id: string; readonly name: string; readonly timeZone: string },
  until: Temporal.Instant,
  { failures, folded }: { failures: readonly (ConcernedChange & FailuresOfChange)[]; folded: readonly FoldedMails[] },
): OfficerMail {
  const notices = failures.reduce((sum, each) => sum + each.notices, 0);
  const others = folded.reduce((sum, each) => sum + each.count, 0);
  const subject = [
    ...(notices === 0 ? [] : [`${many(notices, 'underretning', 'underretninger')} kunne ikke afleveres`]),
    ...(others === 0 ? [] : [`${many(others, 'henvendelse er samlet', 'henvendelser er samlet')} i denne e-mail`]),
  ].join(', og ');
  return {
    kind: 'digest',
    subject: `${product.name}: ${subject}`,
    body: [
      `Opgørelsen omfatter det, der er sket indtil ${instantInWords(until, product.timeZone, 'da')}, og som ikke er meddelt jer før.`,
      '',
      ...failures.flatMap(failuresInWords),
      ...folded.flatMap(foldedInWords),
      'De planlagte ændringer i det offentlige register:',
    ].join('\n'),
    page: pageFor(product.id, null),
  };
}

function failuresInWords(failed: ConcernedChange & FailuresOfChange): string[] {
  const { change, notices, customers, unreached } = failed;
  return [
    `Om ${phraseOf(failed)}:`,
    `- ${many(notices, 'underretning', 'underretninger')} kunne ikke afleveres eller kom retur, til ${customersInWords(customers)}.`,
    ...(unreached.count === 0
      ? []
      : [
          `- ${many(unreached.count, 'kunde er', 'kunder er')} ikke underrettet, og ingen underretning er på vej: ${customersInWords(unreached)}. ${isInformation(change) ? 'Det hindrer ikke, at ændringen gennemføres.' : 'Ændringen kan ikke gennemføres, før det er sket.'} Ret kontaktpersonens e-mailadresse, og send underretningen igen, eller underret pr. brev.`,
        ]),
    `- Kundernes status findes i API’et: GET /v1/changes/${change.id}/controllers`,
    '',
  ];
}

function foldedInWords({ count, subjects }: FoldedMails): string[] {
  const left = count - subjects.length;
  return [
    `${many(count, 'henvendelse er ikke sendt for sig, fordi der kom mange', 'henvendelser er ikke sendt hver for sig, fordi der kom mange')} på en time:`,
    ...subjects.map((subject) => `- ${subject}`),
    ...(left > 0 ? [`- og ${left === 1 ? '1 anden' : `${left} andre`}`] : []),
    '',
  ];
}
