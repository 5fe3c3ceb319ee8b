/** The pages' words in Danish. `I` is the controller, `du` the person who reads. */
export const danish = {
  count: (count: number) => count.toLocaleString('da-DK'),
  characters: (typed: number, limit: number) => {
    const number = (count: number) => count.toLocaleString('da-DK');
    const rest = limit - typed;
    return `Du har skrevet ${number(typed)} tegn. ${rest < 0 ? `Det er ${number(-rest)} for mange.` : `Du har ${number(rest)} tilbage.`}`;
  },
  personalLink: (name: string, email: string, controller: string) =>
    `Linket er personligt og er sendt til ${name} (${email}) hos ${controller}. Del det kun med personer, der må handle på jeres vegne.`,
  formerContact: (name: string, email: string, controller: string) =>
    `Linket er sendt til ${name} (${email}), der ikke længere er kontaktperson hos ${controller}. Siden viser ikke, hvad ${controller} har sendt os om ændringen.`,

  documentation: {
    heading: 'Jeres dokumentation',
    body: 'En zip-fil med det, som er gemt om jer i denne sag: hvem der blev underrettet hvornår, og hvad I har svaret, med beviser for, at intet er ændret siden. Begynd med LÆS-MIG.html. Filen indeholder intet om andre kunder.',
    action: 'Hent jeres dokumentation',
  },

  heading: {
    addition: (name: string, product: string, _replaced: string) => `Ny underdatabehandler i ${product}: ${name}`,
    replacement: (name: string, product: string, replaced: string) =>
      `Ny underdatabehandler i ${product}: ${name} erstatter ${replaced}`,
    amendment: (name: string, product: string) => `Ændring hos en underdatabehandler i ${product}: ${name}`,
    removal: (name: string, product: string) => `En underdatabehandler udgår af ${product}: ${name}`,
    'transfer-basis': (name: string, product: string) => `Nyt overførselsgrundlag i ${product}: ${name}`,
  },
  intro: (processor: string, product: string, controller: string, phrase: string) =>
    `${processor} behandler personoplysninger for ${controller}, når I bruger ${product}, og planlægger en ændring: ${phrase}.`,

  /** Of a change that needs the controller's approval. */
  asked: {
    heading: 'Vi beder om jeres skriftlige godkendelse',
    answerBy: (day: string) => `Svar senest ${day}.`,
    silence: { all: 'Svarer I ikke, sker det ikke.', each: 'Svarer I ikke, sker det ikke for jer.' },
    later:
      'En godkendelse, der kommer senere, gælder også, så længe ændringen hverken er gennemført eller trukket tilbage.',
    action: 'Læs og svar',
    ifNot: {
      heading: 'Hvis I siger nej eller ikke svarer',
      body: (product: string) =>
        `Svarer I ikke, tæller det som et nej. En godkendelse opstår aldrig af, at tiden går, at I åbner siden, eller at I fortsat bruger ${product}. Et nej kræver ingen begrundelse.`,
      all: (product: string) =>
        `Så gennemføres ændringen ikke. Den kræver godkendelse fra alle dataansvarlige, der bruger ${product}.`,
      each: (_product: string) =>
        'Så gennemføres ændringen ikke for jer. Den kan blive gennemført for andre dataansvarlige, som har godkendt den.',
      separation: 'Jeres oplysninger holdes adskilt fra ændringen sådan:',
    },
  },
  demands: {
    asked: 'Det beder vi jer godkende',
    objectable: 'Det kan I gøre indsigelse mod',
    informed: 'Til orientering',
    ended: {
      asked: 'Det, der krævede godkendelse',
      objectable: 'Det, der kunne gøres indsigelse mod',
      informed: 'Til orientering',
    },
    besides: (processor: string) =>
      `Databehandlervilkårene kræver ikke godkendelse af dette. ${processor} har valgt at bede om den alligevel, og ændringen gennemføres ikke uden.`,
    wordingOnly: (processor: string) =>
      `Hvor der står »kun ordlyden«, oplyser ${processor}, at behandlingen er den samme som før, og at kun beskrivelsen af den bliver en anden.`,
  },

  state: {
    'not-notified': {
      heading: 'Fristen er ikke begyndt',
      body: (days: number) =>
        `Fristen begynder, når jeres mailsystem har modtaget vores underretning. Det har vi ikke registreret. Derefter har I de fulde ${days} dage. Er underretningen kommet retur til os, skal I have en ny, før fristen begynder. Viser det sig, at den alligevel nåede frem, gælder fristen i den, dog mindst tre dage endnu.`,
      already: 'I behøver ikke vente på det: I kan gøre indsigelse nu.',
    },
    open: {
      heading: 'I kan gøre indsigelse',
      /** `hours` are rounded down. */
      timeLeft: ({ days, hours }: { days: number; hours: number }, deadline: string) => {
        if (days > 0) return `${days === 1 ? '1 dag' : `${days} dage`} tilbage, indtil ${deadline}.`;
        const left = hours === 0 ? 'Mindre end 1 time' : `Mere end ${hours === 1 ? '1 time' : `${hours} timer`}`;
        return `Sidste dag er i dag. ${left} tilbage, indtil ${deadline}.`;
      },
      silence: (processor: string, deed: string, planned: string) =>
        `Gør I ikke indsigelse inden fristen, kan ${processor} ${deed} fra ${planned}.`,
      noApproval: 'En indsigelse er noget andet end et nej. Gør I ikke indsigelse, har I dermed ikke godkendt noget.',
      effect: 'Gør I indsigelse, må ændringen ikke gennemføres, før indsigelsen er afsluttet.',
      action: 'Gør indsigelse',
      another: 'I kan gøre indsigelse igen, så længe fristen løber.',
      anotherAction: 'Gør indsigelse igen',
    },
    /** While an objection is pending, whether the window is open or closed. */
    objected: {
      heading: 'I har gjort indsigelse',
      effect: 'Ændringen må ikke gennemføres, så længe jeres indsigelse er under behandling.',
    },
    closed: {
      heading: 'Fristen er udløbet',
      body: (deadline: string) => `Fristen for at gøre indsigelse udløb ${deadline}.`,
      late: (processor: string) =>
        `En indsigelse, der kommer efter fristen, afvises. ${processor} kan dog vælge at behandle den, som om den var kommet i tide, så længe ændringen ikke er gennemført. Vil I bede om det, så skriv til os og forklar hvorfor.`,
      planned: (planned: string) => `Ændringen kan tidligst gennemføres ${planned}.`,
    },
    /** Of a change that informs alone. */
    told: {
      heading: 'I behøver ikke svare',
      body: (planned: string) =>
        `I behøver ikke svare eller gøre noget. Ændringen kan tidligst gennemføres ${planned}, og I får besked, når det er sket. Har I spørgsmål eller bemærkninger, så skriv til os.`,
    },
    'agreement-ended': {
      heading: 'Jeres aftale er ophørt',
      body: (product: string, day: string) =>
        `Vi har registreret, at jeres aftale om ${product} ophørte ${day}. Ændringen vedrører derfor ikke længere jer, og I kan ikke gøre indsigelse mod den her.`,
      mistake: 'Er det en fejl, så skriv til os.',
    },
    activated: {
      heading: 'Ændringen er gennemført',
      body: (day: string) => `Ændringen blev gennemført ${day}.`,
      questions: 'Har I spørgsmål eller indvendinger, så skriv til os.',
    },
    'not-activated': {
      heading: 'Ændringen gælder ikke for jer',
      body: (processor: string, day: string) =>
        `${processor} afsluttede ændringen ${day}. Den er kun gennemført for de kunder, der har godkendt den. For jer er der ikke ændret noget, og I behøver ikke gøre noget.`,
      questions: 'Har I spørgsmål, så skriv til os.',
    },
    withdrawn: {
      heading: 'Ændringen er trukket tilbage',
      body: (processor: string, day: string) =>
        `${processor} trak ændringen tilbage ${day}. Den bliver ikke gennemført på grundlag af den underretning, I har fået, og I behøver ikke gøre noget.`,
      reason: 'Begrundelsen er:',
      anew: {
        objection: 'Planlægger vi ændringen igen, får I en ny underretning med en ny, fuld frist.',
        approval: 'Planlægger vi ændringen igen, får I en ny underretning, og så beder vi om jeres godkendelse på ny.',
        inform: 'Planlægger vi ændringen igen, får I en ny underretning.',
      },
      questions: 'Har I spørgsmål, så skriv til os.',
    },
  },
  writeTo: 'Har I spørgsmål, så skriv til',

  change: {
    heading: 'Hvad ændres, og hvorfor',
    endedHeading: 'Det, vi underrettede jer om',
    reason: 'Begrundelse',
    planned: 'Planlagt dato',
    plannedHint: 'Den tidligste dag, ændringen kan gennemføres.',
    deadline: 'Frist for indsigelse',
  },
  company: {
    about: 'Oplysning',
    current: 'I dag',
    planned: 'Planlagt',
    endedLabels: { current: 'Før', planned: 'Efter' },
    marks: { differs: 'ændres', same: 'uændret' },
    endedMarks: { differs: 'forskellig', same: 'ens' },
    notStated: 'Ikke oplyst',
  },

  form: {
    heading: 'Gør indsigelse',
    required: 'En indsigelse skal være skriftlig og indeholde jeres specifikke grunde.',
    guidanceHeading: 'Hvad er specifikke grunde?',
    guidance: [
      'Skriv, hvad det er ved ændringen, I gør indsigelse mod: for eksempel virksomheden, et behandlingssted, overførselsgrundlaget, sikkerheden eller de oplysninger, der behandles.',
      'Skriv, hvad det betyder for jer eller for de personer, oplysningerne handler om.',
      'Det behøver ikke være langt, for eksempel: »Vores politik tillader ikke, at borgernes oplysninger behandles uden for EØS«. Vi afviser ikke en indsigelse, fordi vi er uenige i grundene.',
      'Et »nej« uden begrundelse er ikke nok.',
    ],
    reasons: 'Jeres grunde',
    reasonsHint: (limit: string) => `Skriv, hvad I gør indsigelse mod, og hvorfor. Højst ${limit} tegn.`,
    name: 'Dit navn',
    nameHint: (controller: string) => `Du gør indsigelse på vegne af ${controller}, der er dataansvarlig.`,
    submit: 'Send indsigelsen',
    after: (controller: string) =>
      `Når du har sendt den, får du en kvittering med nummer og tidspunkt. Alle kontaktpersoner hos ${controller} får den også på e-mail.`,
    kept: 'Det, du skrev',
    keptHint: 'Kopiér teksten, hvis du vil sende den på en anden måde.',
  },
  /** Of a form whose browser keeps what is typed (D67). */
  keeping: {
    here: (days: number) =>
      `Det, du skriver, gemmes kun i denne browser, indtil du sender det, dog højst ${days} dage. Lukkes siden, står det her igen, når du åbner linket. Vi får det først, når du sender det. Deler du computeren med andre, så slet det, før du går.`,
    /** Where it cannot be sent any more. */
    left: (days: number) =>
      `Teksten ligger kun i denne browser, højst ${days} dage. Deler du computeren med andre, så slet den, før du går.`,
    restored: 'Det, du skrev tidligere, står her igen.',
    clear: 'Slet det, jeg har skrevet',
    sure: 'Slet det, du har skrevet?',
    cleared: 'Teksten er slettet fra denne browser.',
  },
  otherWays: {
    heading: 'Andre måder at gøre indsigelse på',
    body: (name: string, product: string, reference: string) =>
      `I kan også svare på den e-mail, som linket stod i, eller sende en ny e-mail eller et brev. Skriv, hvem I er, at indsigelsen gælder ${name} og ${product}, og hvad jeres grunde er, og oplys jeres reference, ${reference}. Vi skal have modtaget den inden fristen.`,
    answering: {
      heading: 'Andre måder at svare på',
      body: (name: string, product: string, reference: string) =>
        `I kan også svare på den e-mail, som linket stod i, eller sende en ny e-mail eller et brev. Skriv, hvem I er, at svaret gælder ${name} og ${product}, hvem der godkender, og hvorfor vedkommende må gøre det på jeres vegne, og oplys jeres reference, ${reference}. En godkendelse skal være uden forbehold.`,
      objecting:
        'Vil I gøre indsigelse, så skriv det for sig med jeres grunde. Vi skal have modtaget den inden sin frist.',
    },
    email: 'E-mail',
    post: 'Post',
  },

  error: {
    'reasons-required': {
      summary: 'Skriv jeres grunde til indsigelsen',
      field: 'Skriv, hvad I gør indsigelse mod, og hvorfor. En indsigelse uden grunde gælder ikke.',
      /** `null`: the time to object has not begun. */
      body: (deadline: string | null) =>
        `Indsigelsen er afvist, fordi den ikke indeholder nogen grunde. Du kan sende den igen${deadline === null ? '' : ` indtil ${deadline}`}.`,
    },
    'reasons-too-long': {
      summary: 'Teksten er for lang',
      field: (limit: string, found: string) =>
        `Teksten må højst være på ${limit} tegn. Den er på ${found}. Forkort den, eller send den på e-mail.`,
    },
    'reasons-repeated': {
      summary: 'Teksten kom mere end én gang',
      field: 'Feltet blev sendt flere gange. Vi har sat teksterne sammen her. Se dem igennem, og send igen.',
    },
    'name-too-long': {
      summary: 'Navnet er for langt',
      field: (limit: string, found: string) => `Navnet må højst være på ${limit} tegn. Det er på ${found}.`,
    },
    'name-repeated': {
      summary: 'Navnet kom mere end én gang',
      field: 'Feltet blev sendt flere gange. Ret navnet, og send igen.',
    },
    'window-closed': {
      summary: 'Indsigelsen kom efter fristen',
      body: (deadline: string) => `Indsigelsen er afvist, fordi fristen udløb ${deadline}.`,
    },
    'counts-as-refusal': {
      summary: 'I har afvist at godkende ændringen',
      body: 'Ændringen kræver jeres godkendelse. Det, I har sendt, gælder som et afslag på at give den.',
    },
    'no-objection-window': {
      summary: 'Der kan ikke gøres indsigelse mod denne ændring',
      body: 'Indsigelsen er afvist, fordi ændringen ikke giver adgang til at gøre indsigelse. Skriv til os, hvis I er uenige i den.',
    },
    'change-ended': {
      summary: 'Ændringen er afsluttet',
      body: 'Indsigelsen er afvist, fordi ændringen er afsluttet.',
    },
    'agreement-ended': {
      summary: 'Jeres aftale er ophørt',
      body: 'Indsigelsen er afvist, fordi ændringen ikke længere vedrører jer.',
    },
    onRecord: (number: number) => `Henvendelsen er gemt med hele sin tekst som nr. ${number}.`,
    counted:
      'Der er kommet mange henvendelser gennem dette link. Vi tæller dem og gemmer teksten i de første og de seneste.',
    notSent: 'Vi har endnu ikke registreret indsigelsen. Ret fejlen, og send igen.',
  },

  objections: {
    heading: 'Jeres indsigelser',
    number: 'Nr.',
    fullNumber: 'Nummer',
    received: 'Modtaget',
    status: 'Status',
    sender: 'Afsender',
    noText: 'Ingen tekst',
    receipt: (number: number) => `Kvittering for nr. ${number}`,
    withdraw: (number: number) => `Træk nr. ${number} tilbage`,
    withdrawing: 'I er ved at trække den tilbage.',
    keep: (number: number) => `Behold nr. ${number}`,
    more: 'Der er flere, end vi viser her. Skriv til os, hvis I vil have dem alle.',
    channel: { link: 'gennem linket', email: 'på e-mail', letter: 'med brev' },
    statuses: { pending: 'Under behandling', resolved: 'Afsluttet', rejected: 'Afvist' },
    rejectedFor: {
      'reasons-required': 'Den indeholder ingen grunde.',
      'window-closed': 'Den kom efter fristen.',
      'agreement-ended': 'Den kom, efter at jeres aftale var ophørt.',
      'change-ended': 'Den kom, efter at ændringen var afsluttet.',
      'no-objection-window': 'Der kan ikke gøres indsigelse mod ændringen.',
    },
    outcome: {
      withdrawn: 'I har trukket indsigelsen tilbage.',
      accommodated: 'Indsigelsen er imødekommet, og I har bekræftet løsningen.',
      'agreement-ended': 'Indsigelsen er bortfaldet, fordi jeres aftale er ophørt.',
      'change-withdrawn': 'Indsigelsen er bortfaldet, fordi ændringen er trukket tilbage.',
      invalid: 'Det er ikke en gyldig indsigelse mod denne ændring.',
    },
  },

  receipt: {
    heading: {
      pending: (number: number) => `Vi har modtaget jeres indsigelse nr. ${number}`,
      resolved: (number: number) => `Indsigelse nr. ${number} er afsluttet`,
      rejected: (number: number) => `Henvendelse nr. ${number} er afvist`,
    },
    next: 'Ændringen må ikke gennemføres, så længe indsigelsen er under behandling. I får besked, når den er afsluttet.',
    keep: 'Gem eller udskriv siden som dokumentation.',
    again: (deadline: string | null) => `I kan gøre indsigelse igen${deadline === null ? '' : ` indtil ${deadline}`}.`,
    concerns: 'Angår',
    controller: 'Dataansvarlig',
    closedAt: 'Afsluttet',
    explanation: 'Bemærkning',
    textAsReceived: 'Teksten, som vi modtog den',
    back: 'Tilbage til ændringen',
    former: (controller: string) =>
      `Alle kontaktpersoner hos ${controller} får en kvittering på e-mail og kan følge indsigelsen. Det kan du ikke gennem dette link.`,
    withdraw: 'Træk indsigelsen tilbage',
    keepIt: 'Det var ikke os: behold indsigelsen',
  },

  withdrawal: {
    heading: (number: number) => `Vil I trække indsigelse nr. ${number} tilbage?`,
    effect: 'Når indsigelsen er trukket tilbage, hindrer den ikke længere, at ændringen gennemføres.',
    again: (deadline: string | null) => `I kan gøre en ny indsigelse${deadline === null ? '' : ` indtil ${deadline}`}.`,
    noneAgain: 'Fristen er udløbet, så I kan ikke gøre indsigelse igen.',
    told: (controller: string) =>
      `Alle kontaktpersoner hos ${controller} får besked på e-mail og kan stoppe det, før det får virkning.`,
    explanation: 'Bemærkning (kan udelades)',
    explanationHint: (limit: string) => `For eksempel hvad I har aftalt med os. Højst ${limit} tegn.`,
    explanationTooLong: (limit: string, found: string) =>
      `Bemærkningen må højst være på ${limit} tegn. Den er på ${found}.`,
    explanationRepeated:
      'Feltet blev sendt flere gange. Vi har sat teksterne sammen her. Se dem igennem, og send igen.',
    codeFirst: (email: string) =>
      `Kun en kontaktperson kan trække indsigelsen tilbage. Derfor sender vi først en kode til ${email}, som du skal skrive på næste side.`,
    sendCode: 'Send koden',
    codeHeading: (number: number) => `Træk indsigelse nr. ${number} tilbage`,
    codeSent: (email: string, until: string) =>
      `Vi har sendt en e-mail med en kode til ${email}. Den gælder til ${until}.`,
    code: 'Koden fra e-mailen',
    codeHint: 'Otte cifre.',
    codeMissing: 'Skriv koden fra e-mailen',
    codeWrong: (triesLeft: number) =>
      `Koden er forkert. Du kan prøve ${triesLeft === 1 ? '1 gang' : `${triesLeft} gange`} til. Har du fået flere koder, gælder kun den nyeste.`,
    codeOver: { summary: 'Koden gælder ikke længere', body: 'Få sendt en ny kode her på siden.' },
    codeLimit: {
      summary: 'Vi har ikke sendt en kode',
      body: (email: string) =>
        `Vi har sendt flere koder til ${email} inden for den seneste time. Brug den nyeste, eller prøv igen senere.`,
    },
    newCode: 'Er koden ikke kommet?',
    sendNewCode: 'Send en ny kode',
    submit: 'Træk indsigelsen tilbage',
    cancel: 'Behold indsigelsen',
    waiting: {
      asked: (email: string, when: string) =>
        `${email} bad ${when} om at trække indsigelsen tilbage. Alle kontaktpersoner får besked på e-mail og kan stoppe det. Indsigelsen er under behandling så længe.`,
      at: (when: string) => `Den bliver trukket tilbage ${when}, hvis ingen stopper det.`,
      afterAllAreTold: (hours: number) =>
        hours === 0
          ? 'Den bliver trukket tilbage, når alle har fået besked.'
          : `Den bliver trukket tilbage ${hours === 1 ? '1 time' : `${hours} timer`} efter, at alle har fået besked, hvis ingen stopper det.`,
    },
    problem: {
      alreadyResolved: 'Indsigelsen er allerede afsluttet og kan ikke trækkes tilbage.',
      notPending: 'Henvendelsen er afvist, så der er ingen indsigelse at trække tilbage.',
      alreadyRequested: 'En kontaktperson har allerede bedt om at trække indsigelsen tilbage.',
      nothingToStop: 'Ingen er ved at trække indsigelsen tilbage, så der er ikke noget at stoppe.',
    },
  },

  keep: {
    heading: (number: number) => `Vil I beholde indsigelse nr. ${number}?`,
    effect:
      'Beholder I den, bliver den ikke trukket tilbage. Ændringen må ikke gennemføres, så længe den er under behandling.',
    told: (controller: string, processor: string) =>
      `Alle kontaktpersoner hos ${controller} får besked på e-mail, og ${processor} får besked om, at det ikke var jer.`,
    confirmation: (number: number) => `Ja, vi beholder indsigelse nr. ${number}`,
    confirmationMissing: 'Sæt kryds, hvis I vil beholde indsigelsen',
    submit: 'Behold indsigelsen',
    cancel: 'Tilbage til indsigelsen',
  },

  forgotten: {
    heading: 'Vi kan ikke finde den meddelelse, linket hører til',
    body: [
      'Linket er ægte, og fejlen er vores: Meddelelsen er gået tabt hos os. I har ikke mistet nogen ret.',
      'Vil I gøre indsigelse eller fortælle os noget andet, så skriv det her. Det bliver gemt med det tidspunkt, det kom, og et menneske læser det. I kan også svare på den e-mail, som linket stod i.',
    ],
    text: 'Det, I vil sige',
    textHint:
      'Skriv, hvem I er, hvilken virksomhed eller ændring det drejer sig om, og jeres grunde. Højst 20.000 tegn.',
    nameHint: 'Så vi ved, hvem vi skal svare.',
    submit: 'Send',
    error: 'Det er ikke gemt. Skriv en tekst på højst 20.000 tegn. Har I sendt mange, så svar på e-mailen.',
    received: {
      heading: 'Vi har modtaget det, du skrev',
      body: [
        'Det er gemt med det tidspunkt, det kom. Et menneske læser det og finder ud af, hvilken ændring det drejer sig om. Er det en indsigelse, gælder den fra nu.',
        'Gem eller udskriv siden som dokumentation.',
      ],
    },
  },

  sample: {
    titlePrefix: 'PRØVE',
    banner:
      'PRØVE – sådan vil siden se ud for en kunde, hvis ændringen bliver varslet. Ingen frist løber, og intet, der sendes herfra, bliver gemt.',
    heading: 'Det var en prøve',
    body: 'Intet er sendt, og det, du skrev, er hverken læst eller gemt. En kunde ville nu få en kvittering for sin indsigelse.',
    back: 'Tilbage til prøven',
    none: {
      heading: 'Her er ingen prøve at se',
      body: [
        'Linket stammer fra en forhåndsvisning, som intet gemmer. Siden kan ses her, når der er sendt en prøveunderretning om den samme ændring, og i 30 dage derefter.',
      ],
    },
  },
  failure: {
    notFound: {
      heading: 'Siden findes ikke',
      body: [
        'Linket virker ikke. Det kan være blevet afkortet eller delt over to linjer i e-mailen.',
        'Kopiér hele linket fra e-mailen ind i browserens adressefelt. Virker det stadig ikke, så svar på e-mailen. Det er også en skriftlig måde at gøre indsigelse på.',
      ],
    },
    tooLarge: {
      heading: 'Det, du sendte, er for stort',
      body: [
        'En indsigelse må højst være på 20.000 tegn.',
        'Gå tilbage i browseren: din tekst står der som regel endnu. Forkort den, eller send den på e-mail til den adresse, der står i underretningen.',
      ],
    },
    unsupported: {
      heading: 'Vi kan ikke læse det format',
      body: [
        'Det, du sendte, er ikke registreret. Brug formularen på siden, og skriv teksten direkte i feltet.',
        'Filer kan ikke sendes her. Send dem på e-mail til den adresse, der står i underretningen.',
      ],
    },
    malformed: {
      heading: 'Vi kunne ikke læse det, du sendte',
      body: ['Det, du sendte, er ikke registreret. Gå tilbage i browseren, og prøv igen.'],
    },
    tooMany: {
      heading: 'Vent et øjeblik',
      body: [
        'Der kom for mange forespørgsler på kort tid. Det, du sendte, er ikke registreret.',
        'Gå tilbage i browseren, vent et minut, og prøv igen.',
      ],
    },
    internal: {
      heading: 'Der er sket en fejl hos os',
      body: [
        'Vi kan ikke bekræfte, at vi har modtaget noget. Gå tilbage i browseren, og prøv igen om lidt.',
        'Bliver det ved, og nærmer fristen sig, så send indsigelsen på e-mail til den adresse, der står i underretningen.',
      ],
    },
  },
};

export type Texts = typeof danish;
