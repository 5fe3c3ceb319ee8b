import type { Language } from '../../domain/text.ts';

interface TodayTexts {
  readonly none: string;
  /** Of whoever may do nothing. */
  readonly noRole: string;
  /** Where nothing is on record yet. */
  readonly begin: string;
  readonly toCustomers: string;
  readonly waits: (count: number) => string;
  readonly answers: string;
  readonly mails: string;
  readonly objections: string;
  readonly objection: (number: number, from: string) => string;
  readonly beingWithdrawn: string;
  readonly approvals: string;
  readonly approval: (number: number, from: string) => string;
  readonly nominations: string;
  readonly proposals: string;
  readonly proposed: (by: string, until: string) => string;
  readonly unreached: string;
  readonly notNotified: (count: number) => string;
  readonly untold: (count: number) => string;
  readonly deadlines: string;
  readonly deadline: Readonly<Record<'hold' | 'objections' | 'answers', (when: string) => string>>;
  readonly activation: (day: string) => string;
  readonly clear: string;
  /** Of a planned day that has come, with nothing in the way. */
  readonly ready: string;
  readonly awaited: string;
  readonly blocked: string;
  readonly upstream: string;
  readonly objectBy: (day: string) => string;
  readonly effectiveOn: (day: string) => string;
  readonly missed: string;
  readonly received: (when: string) => string;
  readonly all: (count: number) => string;
  readonly unnamed: string;
}

const TEXTS: Readonly<Record<Language, TodayTexts>> = {
  da: {
    none: 'Intet venter på dig.',
    noRole: 'Du har ingen rolle endnu. Bed en administrator om den, der skal til.',
    begin: 'Ingen ændring er varslet endnu. Begynd med at se, hvem der får besked, eller varsl den første ændring.',
    toCustomers: 'Se kunderne',
    waits: (count) => `${count} ting venter på dig.`,
    answers: 'Svar, der skal læses',
    mails: 'E-mails, som ingen kunne placere',
    objections: 'Indsigelser, der skal afgøres',
    objection: (number, from) => `Indsigelse nr. ${number}: ${from}`,
    beingWithdrawn: 'kunden er ved at trække den tilbage',
    approvals: 'Godkendelser, der skal bekræftes',
    approval: (number, from) => `Godkendelse nr. ${number}: ${from}`,
    nominations: 'Udpegede, der skal bekræftes',
    proposals: 'Forslag, der skal godkendes eller afvises',
    proposed: (by, until) => `foreslået af ${by}, bortfalder ${until}`,
    unreached: 'Underretninger, der ikke er nået frem',
    notNotified: (count) => (count === 1 ? '1 kunde er ikke underrettet' : `${count} kunder er ikke underrettet`),
    untold: (count) =>
      count === 1
        ? 'hos 1 kunde har ingen kontaktperson fået den'
        : `hos ${count} kunder har ingen kontaktperson fået den`,
    deadlines: 'Frister nu og den næste uge',
    deadline: {
      hold: (when) =>
        `Kunderne underrettes ${when}. Indtil da kan ændringen trækkes tilbage, uden at nogen har fået besked`,
      objections: (when) => `Sidste frist for indsigelse er ${when}`,
      answers: (when) => `Sidste frist for svar på anmodningen er ${when}`,
    },
    activation: (day) => `Planlagt til ${day}`,
    clear: 'intet står i vejen',
    ready: 'kan gennemføres nu',
    awaited: 'foreslået, og venter på en anden person',
    blocked: 'noget står i vejen',
    upstream: 'Frister hos underdatabehandleren',
    objectBy: (day) => `I kan selv gøre indsigelse senest ${day}`,
    effectiveOn: (day) => `gælder hos underdatabehandleren fra ${day}`,
    missed: 'kunderne kan gøre indsigelse længere end det',
    received: (when) => `modtaget ${when}`,
    all: (count) => `Se alle ${count}`,
    unnamed: 'uden navn',
  },
  en: {
    none: 'Nothing waits for you.',
    noRole: 'You have no role yet. Ask an administrator for the one it takes.',
    begin: 'No change has been announced yet. Begin by seeing who is told, or announce the first change.',
    toCustomers: 'See the customers',
    waits: (count) => (count === 1 ? '1 thing waits for you.' : `${count} things wait for you.`),
    answers: 'Answers to read',
    mails: 'Mails that nobody could attribute',
    objections: 'Objections to resolve',
    objection: (number, from) => `Objection no. ${number}: ${from}`,
    beingWithdrawn: 'the customer is withdrawing it',
    approvals: 'Approvals to confirm',
    approval: (number, from) => `Approval no. ${number}: ${from}`,
    nominations: 'Named persons to confirm',
    proposals: 'Proposals to approve or reject',
    proposed: (by, until) => `proposed by ${by}, expires on ${until}`,
    unreached: 'Notices that have not arrived',
    notNotified: (count) =>
      count === 1 ? '1 customer has not been notified' : `${count} customers have not been notified`,
    untold: (count) =>
      count === 1 ? 'at 1 customer no contact has received it' : `at ${count} customers no contact has received it`,
    deadlines: 'Deadlines now and in the next week',
    deadline: {
      hold: (when) =>
        `Customers are notified on ${when}. Until then the change can be withdrawn without anybody having been told`,
      objections: (when) => `The last time to object ends on ${when}`,
      answers: (when) => `The last time to answer the request ends on ${when}`,
    },
    activation: (day) => `Planned for ${day}`,
    clear: 'nothing is in the way',
    ready: 'can be activated now',
    awaited: 'proposed, and waits for another person',
    blocked: 'something is in the way',
    upstream: 'Deadlines at the sub-processor',
    objectBy: (day) => `You can object yourselves until ${day}`,
    effectiveOn: (day) => `effective at the sub-processor from ${day}`,
    missed: 'customers can object for longer than that',
    received: (when) => `received on ${when}`,
    all: (count) => `See all ${count}`,
    unnamed: 'without a name',
  },
};

/** The words of the first page in a language. */
export const todayTextsIn = (language: Language): TodayTexts => TEXTS[language];
