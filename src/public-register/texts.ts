import type { Language } from '../domain/text.ts';

/** The words of the public register. Anyone may read it, so the texts do not address the reader as a customer. */
const danish = {
  heading: (product: string) => `Underdatabehandlere i ${product}`,
  intro: (processor: string, product: string) =>
    `${processor} behandler personoplysninger for de kunder, der bruger ${product}. Her kan du se, hvilke underdatabehandlere der er godkendt til det, hvad de gør, og hvor det sker.`,
  processor: (name: string, registrationNumber: string, address: string) =>
    `Databehandler: ${name}, CVR-nr. ${registrationNumber}, ${address}.`,

  day: {
    label: 'Se listen, som den var en anden dag',
    hint: 'Vælg en dag frem til i dag.',
    submit: 'Vis listen',
    faults: {
      'not-a-day': (typed: string, example: string) =>
        `»${typed}« er ikke en dag. Skriv år, måned og dag, for eksempel ${example}.`,
      'not-yet': (typed: string) => `Dagen ${typed} er ikke kommet endnu. Vælg en dag frem til i dag.`,
    },
  },

  list: {
    today: (day: string) => `Listen i dag, ${day}`,
    past: (day: string) => `Listen, som den var ${day}`,
    isPast: 'Det er ikke listen i dag.',
    toToday: 'Se listen i dag',
    ofProcessor: (processor: string) => `Underdatabehandlere til databehandleren, ${processor}`,
    of: (parent: string) => `Underdatabehandlere til ${parent}`,
    parentIsNotListed: (parent: string) => `${parent} står ikke selv på listen denne dag.`,
    empty: 'Der står ingen underdatabehandlere på listen denne dag.',
  },
  columns: {
    name: 'Navn',
    registrationNumber: 'Registreringsnummer',
    address: 'Adresse',
    processing: 'Beskrivelse af behandlingen',
    personalData: 'Personoplysninger, der behandles',
    places: 'Behandlingssteder og overførselsgrundlag',
  },
  csv: {
    name: 'Navn',
    registrationNumber: 'Registreringsnummer',
    address: 'Adresse',
    country: 'Land',
    engagedBy: 'Underdatabehandler til',
    processing: 'Beskrivelse af behandlingen',
    personalData: 'Personoplysninger, der behandles',
    places: 'Behandlingssteder og overførselsgrundlag',
    activeFrom: 'På listen fra',
    activeUntil: 'Ikke på listen fra',
  },

  planned: {
    heading: 'Planlagte ændringer',
    intro: 'Hver kunde bliver underrettet om ændringen og får en frist for at gøre indsigelse.',
    none: 'Der er ingen planlagte ændringer.',
  },
  change: {
    planned: 'Planlagt dato',
    plannedHint: 'Den tidligste dag, underdatabehandleren kan tages i brug.',
    announced: 'Varslet',
    reason: 'Begrundelse',
    engagedBy: 'Underdatabehandler til',
  },
  /** What has happened to a change, or is planned. `replaced`: the name of the company that is replaced. */
  event: {
    announced: (name: string, replaced: string | null) =>
      replaced === null ? `Planlagt: ${name} tilføjes` : `Planlagt: ${name} erstatter ${replaced}`,
    activated: (name: string, replaced: string | null) =>
      replaced === null ? `${name} er tilføjet` : `${name} har erstattet ${replaced}`,
    withdrawn: (name: string, replaced: string | null) =>
      replaced === null
        ? `Trukket tilbage: ${name} skulle være tilføjet`
        : `Trukket tilbage: ${name} skulle have erstattet ${replaced}`,
  },
  history: {
    heading: 'Tidligere ændringer',
    none: 'Der er ingen tidligere ændringer.',
    day: 'Dato',
    what: 'Ændring',
    reason: 'Begrundelse, da ændringen blev varslet',
  },

  downloads: {
    heading: 'Hent listen',
    csv: 'Som CSV til et regneark',
    json: 'Som JSON til et program',
    atom: 'Følg ændringerne som Atom-feed',
  },
  feed: {
    title: (product: string) => `Underdatabehandlere i ${product}: ændringer`,
    subtitle: (processor: string) => `Planlagte, gennemførte og tilbagetrukne ændringer hos ${processor}`,
  },

  failure: {
    notFound: {
      heading: 'Listen findes ikke',
      body: ['Der er ingen liste over underdatabehandlere på denne adresse. Se efter, om adressen er skrevet rigtigt.'],
    },
    internal: {
      heading: 'Der er sket en fejl hos os',
      body: ['Listen kan ikke vises lige nu. Prøv igen om lidt.'],
    },
    malformed: {
      heading: 'Vi kunne ikke læse det, du sendte',
      body: ['Det, du sendte, er ikke registreret. Gå tilbage i browseren, og prøv igen.'],
    },
  },
};

type RegisterTexts = typeof danish;

const english: RegisterTexts = {
  heading: (product) => `Sub-processors of ${product}`,
  intro: (processor, product) =>
    `${processor} processes personal data for the customers who use ${product}. This page lists the sub-processors that are approved for it, what they do, and where.`,
  processor: (name, registrationNumber, address) =>
    `Processor: ${name}, company registration number (CVR) ${registrationNumber}, ${address}.`,

  day: {
    label: 'See the list as it was on another day',
    hint: 'Choose a day up to today.',
    submit: 'Show the list',
    faults: {
      'not-a-day': (typed, example) => `“${typed}” is not a day. Enter year, month and day, for example ${example}.`,
      'not-yet': (typed) => `The day ${typed} has not come yet. Choose a day up to today.`,
    },
  },

  list: {
    today: (day) => `The list today, ${day}`,
    past: (day) => `The list as it was on ${day}`,
    isPast: 'This is not today’s list.',
    toToday: 'See today’s list',
    ofProcessor: (processor) => `Sub-processors of the processor, ${processor}`,
    of: (parent) => `Sub-processors of ${parent}`,
    parentIsNotListed: (parent) => `${parent} is not on the list itself on this day.`,
    empty: 'There are no sub-processors on the list on this day.',
  },
  columns: {
    name: 'Name',
    registrationNumber: 'Registration number',
    address: 'Address',
    processing: 'Description of the processing',
    personalData: 'Personal data processed',
    places: 'Places of processing and transfer basis',
  },
  csv: {
    name: 'Name',
    registrationNumber: 'Registration number',
    address: 'Address',
    country: 'Country',
    engagedBy: 'Sub-processor of',
    processing: 'Description of the processing',
    personalData: 'Personal data processed',
    places: 'Places of processing and transfer basis',
    activeFrom: 'On the list from',
    activeUntil: 'Not on the list from',
  },

  planned: {
    heading: 'Planned changes',
    intro: 'Every customer is notified of the change and has a period in which to object.',
    none: 'No changes are planned.',
  },
  change: {
    planned: 'Planned date',
    plannedHint: 'The earliest day on which the sub-processor can be engaged.',
    announced: 'Announced',
    reason: 'Reason',
    engagedBy: 'Sub-processor of',
  },
  event: {
    announced: (name, replaced) =>
      replaced === null ? `Planned: ${name} will be added` : `Planned: ${name} will replace ${replaced}`,
    activated: (name, replaced) => (replaced === null ? `${name} has been added` : `${name} has replaced ${replaced}`),
    withdrawn: (name, replaced) =>
      replaced === null ? `Withdrawn: ${name} was to be added` : `Withdrawn: ${name} was to replace ${replaced}`,
  },
  history: {
    heading: 'Past changes',
    none: 'There are no past changes.',
    day: 'Date',
    what: 'Change',
    reason: 'Reason given when it was announced',
  },

  downloads: {
    heading: 'Get the list',
    csv: 'As CSV for a spreadsheet',
    json: 'As JSON for a program',
    atom: 'Follow the changes as an Atom feed',
  },
  feed: {
    title: (product) => `Sub-processors of ${product}: changes`,
    subtitle: (processor) => `Planned, completed and withdrawn changes at ${processor}`,
  },

  failure: {
    notFound: {
      heading: 'There is no such list',
      body: ['There is no list of sub-processors at this address. Check that the address is right.'],
    },
    internal: {
      heading: 'Something went wrong here',
      body: ['The list cannot be shown just now. Please try again in a while.'],
    },
    malformed: {
      heading: 'We could not read what you sent',
      body: ['What you sent has not been recorded. Go back in your browser and try again.'],
    },
  },
};

const TEXTS: Readonly<Record<Language, RegisterTexts>> = { da: danish, en: english };

/** The public register's own words in a language. */
export function registerTextsIn(language: Language): RegisterTexts {
  return TEXTS[language];
}
