/** The words of the public register in Danish. Anyone may read it, so the texts do not address the reader as a customer. */
export const danish = {
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
    forSome: 'Gælder for nogle kunder',
    factsFrom: (day: string) => `Som her siden ${day}`,
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
    factsFrom: 'Uændret siden',
    holdsFor: 'Gælder for',
  },
  /** Whether an entry is as it is for every customer. */
  holdsFor: {
    all: 'Alle kunder',
    some: 'Nogle kunder',
  },

  planned: {
    heading: 'Planlagte ændringer',
    intro: 'Hver kunde bliver underrettet om en ændring, før den træder i kraft.',
    none: 'Der er ingen planlagte ændringer.',
  },
  change: {
    planned: 'Planlagt dato',
    plannedHint: 'Den tidligste dag, ændringen kan træde i kraft.',
    announced: 'Varslet',
    regime: 'Kundernes rolle',
    forWhom: 'Gælder for',
    each: 'Kun de kunder, der har godkendt ændringen.',
    eachSince: (day: string) => `Kun de kunder, der har godkendt ændringen. For nogle af dem gælder den siden ${day}.`,
    reason: 'Begrundelse',
    engagedBy: 'Underdatabehandler til',
    of: (name: string) => `Hvad der ændres for ${name}`,
    nothing: 'ikke på listen',
    unstated: 'ikke oplyst',
    leaves: (name: string) => `${name} står derefter ikke på listen`,
    notPublic: 'Kun oplysninger, som ikke er offentlige.',
  },
  /** What a change needs of customers. */
  regime: {
    objection:
      'Kunderne kan gøre indsigelse inden for en frist. En indsigelse, der ikke er afgjort, standser ændringen.',
    approval: 'Kunderne bliver bedt om skriftlig godkendelse. Svarer en kunde ikke, er det et nej.',
    both: 'Kunderne bliver bedt om skriftlig godkendelse og kan gøre indsigelse. Svarer en kunde ikke, er det et nej.',
    information: 'Kunderne bliver underrettet. Ændringen kræver ikke, at de gør noget.',
  },
  /** What has happened to a change, or is planned. `names`: the companies that it is about; `replaced`: the one replaced. */
  event: {
    announced: {
      addition: (names: string) => `Planlagt: ${names} tilføjes`,
      replacement: (names: string, replaced: string) => `Planlagt: ${names} erstatter ${replaced}`,
      amendment: (names: string) => `Planlagt: ændring hos ${names}`,
      removal: (names: string) => `Planlagt: ${names} fjernes`,
      'transfer-basis': (names: string) => `Planlagt: nyt overførselsgrundlag for ${names}`,
    },
    begun: {
      addition: (names: string) => `For nogle kunder: ${names} er tilføjet`,
      replacement: (names: string, replaced: string) => `For nogle kunder: ${names} har erstattet ${replaced}`,
      amendment: (names: string) => `For nogle kunder: ændring hos ${names} er gennemført`,
      removal: (names: string) => `For nogle kunder: ${names} er fjernet`,
      'transfer-basis': (names: string) => `For nogle kunder: nyt overførselsgrundlag for ${names}`,
    },
    activated: {
      addition: (names: string) => `${names} er tilføjet`,
      replacement: (names: string, replaced: string) => `${names} har erstattet ${replaced}`,
      amendment: (names: string) => `Ændring hos ${names} er gennemført`,
      removal: (names: string) => `${names} er fjernet`,
      'transfer-basis': (names: string) => `Nyt overførselsgrundlag for ${names}`,
    },
    withdrawn: {
      addition: (names: string) => `Trukket tilbage: ${names} skulle være tilføjet`,
      replacement: (names: string, replaced: string) => `Trukket tilbage: ${names} skulle have erstattet ${replaced}`,
      amendment: (names: string) => `Trukket tilbage: ændring hos ${names}`,
      removal: (names: string) => `Trukket tilbage: ${names} skulle være fjernet`,
      'transfer-basis': (names: string) => `Trukket tilbage: nyt overførselsgrundlag for ${names}`,
    },
  },
  history: {
    heading: 'Tidligere ændringer',
    none: 'Der er ingen tidligere ændringer.',
    day: 'Dato',
    what: 'Ændring',
    reason: 'Begrundelse, da ændringen blev varslet',
  },

  checkpoint: 'Segl over optegnelserne. Gem det, hvis du vil kunne se, at de ikke er skrevet om:',
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

export type RegisterTexts = typeof danish;
