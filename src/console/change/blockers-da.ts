import type { Blocker } from '../../domain/activation.ts';

type Of<Code extends Blocker['code']> = Extract<Blocker, { code: Code }>;

/** What a blocker says, and what can be done about it. */
export interface BlockerWords {
  readonly what: string;
  readonly todo: string;
}

/** Times and days, in words. */
export interface InWords {
  readonly day: (day: string) => string;
  readonly moment: (instant: string) => string;
  readonly deadline: (instant: string) => string;
  readonly worded: (text: Of<'wording-unconfirmed'>['texts'][number]) => string;
  readonly number: (count: number) => string;
}

/** The words for every blocker (D20): a code that is missing here does not compile. */
export type BlockerTexts = {
  readonly [Code in Blocker['code']]: (blocker: Of<Code>, words: InWords) => BlockerWords;
};

const many = (count: number, one: string, more: string, { number }: InWords) =>
  `${number(count)} ${count === 1 ? one : more}`;

export const danishBlockers: BlockerTexts = {
  'not-announced': ({ status }) => ({
    what: status === 'activated' ? 'Ændringen er gennemført.' : 'Ændringen er trukket tilbage.',
    todo: 'Der er ikke mere at gøre. Skal den laves om, så varsl en ny ændring.',
  }),
  'announcement-held': ({ heldUntil }, { moment }) => ({
    what: `Ingen er underrettet endnu: varslet holdes tilbage til ${moment(heldUntil)}.`,
    todo: 'Vent. Er der en fejl, så træk ændringen tilbage inden da; så får ingen noget at vide.',
  }),
  'notices-being-written': ({ count }, words) => ({
    what: `Underretningen til ${many(count, 'kunde', 'kunder', words)} er ved at blive skrevet.`,
    todo: 'Vent. Det varer sekunder. Varer det minutter, så bed den, der driver Varsel, om at se i loggen.',
  }),
  'controllers-not-notified': ({ count }, words) => ({
    what: `${many(count, 'kunde er', 'kunder er', words)} ikke underrettet.`,
    todo: 'Er e-mails på vej, så vent. Er de fejlet, så ret adressen hos kunden og send igen, eller underret med et brev og registrér det her.',
  }),
  'contacts-untold': ({ count }, words) => ({
    what: `Hos ${many(count, 'kunde', 'kunder', words)} har ingen af de nuværende kontaktpersoner fået besked.`,
    todo: 'Kontaktpersonerne er skiftet siden underretningen. Send igen til kunden, eller registrér et brev.',
  }),
  'objection-windows-open': ({ count, lastDeadline }, words) => ({
    what:
      count === 0
        ? 'Fristen for indsigelse er lige ved at udløbe.'
        : `Fristen for indsigelse løber for ${many(count, 'kunde', 'kunder', words)}${lastDeadline === null ? '' : `, for den sidste til ${words.deadline(lastDeadline)}`}.`,
    todo: 'Vent, til fristerne er udløbet. De kan ikke afkortes.',
  }),
  'objections-pending': ({ count }, words) => ({
    what: `${many(count, 'indsigelse er', 'indsigelser er', words)} ikke afgjort.`,
    todo: 'Læs hver indsigelse, og afgør den: imødekom den, bliv enig med kunden om at trække den tilbage, eller træk ændringen tilbage.',
  }),
  'answers-unread': ({ count }, words) => ({
    what: `${many(count, 'svar er', 'svar er', words)} ikke læst.`,
    todo: 'Læs hvert svar i indbakken, og sig, om det er en indsigelse, en godkendelse, et afslag eller ingen af delene.',
  }),
  'mails-being-read': ({ count }, words) => ({
    what: `${many(count, 'indkommen e-mail er', 'indkomne e-mails er', words)} ved at blive læst af Varsel.`,
    todo: 'Vent. Det varer sekunder. Varer det minutter, så bed den, der driver Varsel, om at se i loggen.',
  }),
  'counts-disagree': () => ({
    what: 'Tællingerne passer ikke med rækkerne bag dem.',
    todo: 'Vent. Varsel retter dem selv i løbet af et minut, og melder det til driften.',
  }),
  'planned-date-not-reached': ({ plannedActivationOn }, { day }) => ({
    what: `Den planlagte dag, ${day(plannedActivationOn)}, er ikke kommet.`,
    todo: 'Vent til den dag. Den er varslet og kan ikke rykkes frem.',
  }),
  'wording-unconfirmed': ({ texts }, { worded }) => ({
    what: `Det er ikke bekræftet, at kun ordlyden ændres: ${texts.map(worded).join(', ')}.`,
    todo: 'En anden end den, der varslede, sammenligner teksterne og bekræfter det her. Er indholdet et andet, så træk ændringen tilbage.',
  }),
  'upstream-not-effective': ({ effectiveOn }, { day }) => ({
    what: `Underdatabehandleren gennemfører først selv ændringen ${day(effectiveOn)}.`,
    todo: 'Vent til den dag.',
  }),
  'register-changed': ({ differences }) => ({
    what: `Registret er ikke længere, som ændringen forudsatte: ${differences.map(({ company }) => company).join(', ')}.`,
    todo: 'Ændringen kan ikke gennemføres. Træk den tilbage, og varsl den på ny ud fra registret, som det er nu.',
  }),
  'nobody-to-activate': () => ({
    what: 'Ingen flere kunder har en godkendelse, der er i kraft.',
    todo: 'Vent på godkendelser. Er der ikke flere at vente på, så afslut ændringen.',
  }),
  'approvals-missing': ({ count }, words) => ({
    what: `${many(count, 'kunde har', 'kunder har', words)} ikke godkendt ændringen. Tavshed er ikke en godkendelse.`,
    todo: 'Tal med de kunder, der mangler. Kommer en godkendelse med brev eller e-mail, så registrér den. Siger en kunde nej, kan ændringen ikke gennemføres for alle.',
  }),
  'approvals-not-effective-yet': ({ count, earliestAt }, words) => ({
    what: `${many(count, 'godkendelse er', 'godkendelser er', words)} ikke i kraft endnu${earliestAt === null ? '' : `, den sidste ${words.moment(earliestAt)}`}.`,
    todo:
      earliestAt === null
        ? 'Vent på, at kvitteringen når frem til kunden.'
        : 'Vent. I mellemtiden kan kunden sige, at godkendelsen ikke var dens.',
  }),
  'authority-unconfirmed': ({ count }, words) => ({
    what: `${many(count, 'godkendelse', 'godkendelser', words)}, der er registreret fra brev eller e-mail, er ikke bekræftet.`,
    todo: 'En anden end den, der registrerede godkendelsen, bekræfter i indbakken, at underskriveren kan binde kunden.',
  }),
};
