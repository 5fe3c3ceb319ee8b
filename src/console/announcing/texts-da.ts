import type { Texts } from './texts-shape.ts';

const many = (count: number, one: string, more: string) =>
  `${count.toLocaleString('da-DK')} ${count === 1 ? one : more}`;

export const danish: Texts = {
  title: 'Varsl en ændring',
  intro:
    'Her varsler du kunderne om en ændring i listen over underdatabehandlere. Intet bliver sendt, før du har set det hele igennem og bedt om det.',
  drafts: {
    heading: 'Dine kladder',
    columns: { what: 'Ændring', product: 'Produkt', saved: 'Sidst gemt' },
    untitled: 'Uden navn endnu',
    kept: 'Kun du kan se dine kladder. Dem, der ikke er gemt i 90 dage, slettes af sig selv; en administrator kan have sat et andet tal.',
    discard: 'Slet',
    discarded: 'Kladden er slettet.',
    noProduct: 'Du må ikke varsle ændringer for noget produkt. En administrator kan give dig rollen sagsbehandler.',
    begin: 'Begynd på en ny',
    instead: 'Nej',
  },
  saved: 'Kladden er gemt.',
  savedElsewhere:
    'Kladden er gemt i et andet vindue, siden denne side blev åbnet. Det, du har skrevet her, står nedenfor. Gem igen, hvis det er det, der skal gælde.',
  keeping: {
    saved: (time) => `Gemt ${time}`,
    elsewhere:
      'Kladden er gemt i et andet vindue, siden denne side blev åbnet, så det, du skriver her, gemmes ikke af sig selv. Tryk på Gem kladden, og se, hvad der så står.',
    lapsed:
      'Du er logget ud, så det, du skriver, gemmes ikke længere af sig selv. Tryk på Gem kladden, så huskes det, du har skrevet, mens du logger ind.',
    failed: 'Det kunne ikke gemmes lige nu. Det prøves igen, når du skriver videre.',
  },
  steps: {
    about: 'Produkt og art',
    company: 'Virksomhed',
    places: 'Steder',
    reason: 'Begrundelse',
    when: 'Hvornår',
    review: 'Se igennem',
  },
  stepsHeading: 'Trin',
  state: { done: 'udfyldt', missing: 'mangler' },
  buttons: {
    start: 'Begynd',
    next: 'Gem og fortsæt',
    save: 'Gem kladden',
    find: 'Find',
    use: 'Brug oplysningerne',
    amend: 'Varsl nye oplysninger om den i stedet',
    addPlace: 'Tilføj et sted',
    test: 'Send en prøve til mig',
    announce: (controllers) => `Varsl ${many(controllers, 'kunde', 'kunder')} nu`,
    propose: 'Send til godkendelse',
  },
  kinds: {
    addition: { name: 'En ny underdatabehandler', hint: 'En virksomhed, der ikke står i registret, kommer til.' },
    replacement: {
      name: 'Én underdatabehandler i stedet for en anden',
      hint: 'En ny virksomhed kommer til, og en, der står i registret, udgår.',
    },
    amendment: {
      name: 'Nye oplysninger om en underdatabehandler',
      hint: 'Samme virksomhed med fx et nyt sted, en ny behandling, en ny adresse eller en ny plads i kæden.',
    },
    removal: { name: 'En underdatabehandler udgår', hint: 'Ingen kommer i dens sted.' },
    'transfer-basis': {
      name: 'Nyt overførselsgrundlag',
      hint: 'Et eller flere steder uden for EØS skal hvile på et andet grundlag. Stederne er de samme.',
    },
  },
  labels: {
    product: 'Produkt',
    kind: 'Hvad sker der?',
    supersedes: 'Varsles den i stedet for en ændring, der er trukket tilbage?',
    entry: 'Virksomhed i registret',
    children: 'Underdatabehandler',
    'subProcessor.name': 'Virksomhedens fulde navn',
    'subProcessor.registrationNumber': 'CVR-nummer eller andet registreringsnummer',
    'subProcessor.address': 'Registreret adresse',
    'subProcessor.country': 'Land, hvor virksomheden er registreret',
    'subProcessor.contactPerson.name': 'Kontaktpersonens navn',
    'subProcessor.contactPerson.email': 'Kontaktpersonens e-mailadresse',
    'subProcessor.parentId': 'Hvem er den underdatabehandler for?',
    'subProcessor.processing.da': 'Beskrivelse af behandlingen, på dansk',
    'subProcessor.processing.en': 'Beskrivelse af behandlingen, på engelsk',
    'subProcessor.personalData.da': 'Kategorier af personoplysninger, på dansk',
    'subProcessor.personalData.en': 'Kategorier af personoplysninger, på engelsk',
    'wordingOnly.processing': 'Kun ordlyden af behandlingen ændres',
    'wordingOnly.personalData': 'Kun ordlyden af personoplysningerne ændres',
    country: 'Land',
    basis: 'Overførselsgrundlag',
    certifiedAs: 'Certificeret som (Data Privacy Framework)',
    entries: 'Nyt grundlag',
    'reason.da': 'Begrundelse, på dansk',
    'reason.en': 'Begrundelse, på engelsk',
    plannedActivationOn: 'Planlagt dato',
    farDate: 'Datoen er rigtig, selv om den ligger mere end to år ude i fremtiden',
    holdMinutes: 'Minutter fra varslingen til den første e-mail',
    scope: 'Ændringen skal kun gælde for de kunder, der godkender den',
    'separation.da': 'Hvordan holdes de andre kunders data adskilt? På dansk',
    'separation.en': 'Hvordan holdes de andre kunders data adskilt? På engelsk',
    'regime.objection': 'Giv kunderne frist til at gøre indsigelse, også hvis aftalen ikke kræver det',
    'regime.approval': 'Bed kunderne om godkendelse, også hvis aftalen ikke kræver det',
    'upstream.noticeReceivedOn': 'Modtaget af jer den',
    'upstream.objectBy': 'I kan selv gøre indsigelse til og med',
    'upstream.effectiveOn': 'Gælder hos underdatabehandleren fra',
    'upstream.reference': 'Underdatabehandlerens reference',
    listedInTerms: 'Versioner af vilkårene, der allerede nævner ændringen',
  },
  hints: {
    'subProcessor.registrationNumber': 'Fx 19433692. Mellemrum og landekode gør ingen forskel.',
    'subProcessor.country': 'Adressens land siger intet om, hvor oplysningerne behandles. Det kommer på næste trin.',
    'subProcessor.processing.da': 'Hvad gør virksomheden for jer? Kunderne læser det, som det står her.',
    'subProcessor.processing.en': 'Til kunder, der læser engelsk. Uden den får de den danske tekst.',
    'subProcessor.personalData.da': 'Fx: Navn, telefonnummer og optagne samtaler.',
    'subProcessor.personalData.en': 'Til kunder, der læser engelsk. Uden den får de den danske tekst.',
    certifiedAs: 'Kun for USA: virksomhedens navn på listen på dataprivacyframework.gov.',
    'reason.da': 'Hvorfor sker ændringen? Kunderne læser det, som det står her.',
    'reason.en': 'Til kunder, der læser engelsk. Uden den får de den danske tekst.',
    holdMinutes:
      'Uden et tal gælder produktets vilkår. Indtil da kan varslet trækkes tilbage, uden at nogen får det at vide.',
    scope: 'Kun ændringer, der kræver godkendelse. For alle andre bliver registret, som det er.',
    'separation.da': 'Hvordan det sikres, og hvem der indestår for det.',
    listedInTerms: 'Én på hver linje. Kunder, der kommer til på en af dem, bliver ikke spurgt.',
  },
  entryLabels: {
    replacement: 'Hvem udgår?',
    amendment: 'Hvem får nye oplysninger?',
    removal: 'Hvem udgår?',
  },
  texts: {
    reason: 'begrundelsen',
    'subProcessor.processing': 'beskrivelsen af behandlingen',
    'subProcessor.personalData': 'kategorierne af personoplysninger',
  },
  optional: 'kan udelades',
  lookup: {
    heading: 'Står virksomheden i et register allerede?',
    hint: 'Søg på CVR-nummer eller navn, så slipper du for at skrive det, der er kendt.',
    label: 'CVR-nummer eller navn',
    none: (words) => `Ingen virksomhed i registrene svarer til »${words}«. Udfyld oplysningerne nedenfor.`,
    found: 'Fundet i registrene',
    inProduct: (product) => `i registret for ${product}`,
    inThisRegister: 'Den står allerede i dette register.',
  },
  company: {
    chooseEntry: 'Vælg en virksomhed',
    emptyRegister: 'Der står ingen virksomheder i registret.',
    facts: 'Den nye virksomhed',
    factsOfAmendment: 'Oplysningerne, som de skal være',
    contactPerson: 'Kontaktperson hos virksomheden',
    processing: 'Hvad den gør',
    processor: (name) => `${name} (direkte)`,
    children: 'Dens egne underdatabehandlere',
    childrenHint: 'Når en virksomhed udgår, skal det siges, hvad der sker med dem, den selv bruger.',
    childLabel: (child, under) => `Hvad sker der med ${child}, som i dag er underdatabehandler for ${under}?`,
    choose: 'Vælg',
    leaves: 'Den udgår også',
    staysUnder: (parent) => `Den bliver, som underdatabehandler for ${parent}`,
    staysUnderNew: (replaced) => `Den bliver, som underdatabehandler for den virksomhed, der afløser ${replaced}`,
    wordingHint:
      'Sæt kun kryds, hvis behandlingen er præcis den samme, og kun ordene er nye. En anden person skal bekræfte det.',
  },
  places: {
    hint: 'Alle lande, hvor virksomheden behandler personoplysninger, også ved fjernadgang. Hvad et land kræver, står ved det i listen.',
    row: (row) => `Sted ${row}`,
    groups: {
      none: 'EØS: intet grundlag',
      certified: 'USA: Data Privacy Framework, SCC eller BCR',
      decision: 'Sikre tredjelande: tilstrækkelighedsafgørelse',
      clauses: 'Andre lande: SCC eller BCR',
    },
    bases: {
      '': 'Intet (inden for EØS)',
      '45': 'Tilstrækkelighedsafgørelse (artikel 45; i USA Data Privacy Framework)',
      SCC: 'SCC, standardkontraktbestemmelser (artikel 46)',
      BCR: 'BCR, bindende virksomhedsregler (artikel 46)',
    },
    unchanged: 'Som i dag',
    needs: {
      none: (country) => `${country} er i EØS og kræver intet grundlag.`,
      certified: (country) =>
        `${country}: Data Privacy Framework, hvis virksomheden er certificeret, ellers SCC eller BCR.`,
      decision: (country) => `${country} har en tilstrækkelighedsafgørelse. Du behøver ikke kende dens nummer.`,
      clauses: (country) => `${country} har ingen tilstrækkelighedsafgørelse: SCC eller BCR.`,
    },
    entriesHint: 'Vælg et nyt grundlag for de steder, der skal have et. Resten bliver, som de er.',
    noneOutside: 'Intet sted i registret ligger uden for EØS, så intet hviler på et overførselsgrundlag.',
    today: (basis) => `I dag: ${basis}`,
  },
  when: {
    earliest: (day) =>
      `Tidligst ${day}, hvis kunderne har frist til at gøre indsigelse. Ændringer, der kun er til orientering, kan gælde fra i dag.`,
    upstream: 'Hvad underdatabehandleren selv har varslet',
    upstreamHint:
      'Udfyld det, hvis ændringen kommer fra jeres egen leverandør. Så regner vi ud, hvornår I senest skal varsle.',
    stricter: 'Mere end aftalen kræver',
    each: 'Kun for dem, der godkender',
  },
  review: {
    incomplete: 'Ændringen kan ikke varsles endnu',
    incompleteBody: 'Når det her er på plads, kan du se, hvad kunderne får.',
    refused: 'Det her står i vejen',
    warnings: 'Se på det her en ekstra gang',
    regimeHeading: 'Hvad aftalen kræver',
    wordingOnly: 'En anden person skal bekræfte, at kun ordlyden ændres.',
    needs: {
      both: 'Kunderne skal godkende ændringen, og de får frist til at gøre indsigelse.',
      approval: 'Kunderne skal godkende ændringen. Tavshed er ikke en godkendelse.',
      objection: 'Kunderne får frist til at gøre indsigelse.',
      none: 'Kunderne bliver orienteret. Ingen skal svare, og ingen kan stå i vejen.',
    },
    audience: 'Hvem der får det at vide, og hvornår det sker',
    facts: {
      controllers: 'Kunder',
      notices: 'E-mails',
      noticesValue: (total, da, en) =>
        `${total.toLocaleString('da-DK')} (${da.toLocaleString('da-DK')} på dansk, ${en.toLocaleString('da-DK')} på engelsk)`,
      withoutContact: 'Kan ikke nås',
      withoutApprover: 'Har ingen, der må godkende',
      lastDay: 'Sidste dag at gøre indsigelse',
      planned: 'Planlagt dato',
      earliest: 'Tidligst mulige dato',
      noLaterThan: 'Varsl senest',
      hold: 'Venter, før nogen får det at vide',
      holdValue: (minutes) => many(minutes, 'minut', 'minutter'),
      nobody: 'Ingen',
      unreachable: (count) => `${many(count, 'kunde', 'kunder')} uden kontaktperson`,
    },
    comparison: 'Sådan ser kunderne ændringen',
    comparisonHint: 'Sammenligningen i e-mailen og på siden, som linket åbner.',
    mails: 'E-mailene, som de bliver',
    mailsHint: 'Med en opdigtet kunde i stedet for en rigtig.',
    mailKinds: {
      notice: 'Varslet',
      reminder: 'Påmindelse tre dage før fristen',
      'approval-reminder': 'Påmindelse om at svare',
      'change-activated': 'Ændringen er gennemført',
    },
    mailOf: (kind, language) => `${kind}, ${language}`,
    subject: 'Emne',
    asText: 'Som ren tekst',
    languages: { da: 'på dansk', en: 'på engelsk' },
    test: 'Prøve',
    testHint: (email) =>
      `Varslet, mærket som prøve, sendes til ${email} og til ingen andre. Dets link åbner siden, som kunderne ser den.`,
    tested: (email) => `Prøven er sendt til ${email}.`,
    testFailed: (response) => `Prøven blev ikke modtaget. Mailserveren svarede: ${response}`,
    samplePage: 'Siden, som kunderne ser den',
    act: 'Varsl',
    announceHint: (controllers) =>
      `${many(controllers, 'kunde får', 'kunder får')} det at vide med det samme. Et varsel kan trækkes tilbage, men ikke ændres.`,
    heldHint: (minutes) =>
      `De første ${many(minutes, 'minut', 'minutter')} kan det trækkes tilbage, uden at nogen har fået det at vide.`,
    proposeHint:
      'Send det til godkendelse, hvis en anden skal se det igennem først. Ingen får noget at vide, før det er godkendt.',
    proposeFirst:
      'Produktets vilkår kræver to personer: du foreslår, og en anden godkender. Før det får ingen noget at vide.',
    outdated: 'Noget er ændret, siden du så det igennem',
    outdatedBody: 'Siden viser det, som det er nu. Se det igennem igen, før du varsler.',
  },
  faults: {
    missing: {
      product: 'Vælg et produkt.',
      kind: 'Vælg, hvad der sker.',
      supersedes: 'Vælg en ændring, eller lad være.',
      entry: 'Vælg en virksomhed i registret.',
      children: 'Vælg, hvad der skal ske med den.',
      'subProcessor.name': 'Skriv virksomhedens navn.',
      'subProcessor.registrationNumber': 'Skriv virksomhedens registreringsnummer.',
      'subProcessor.address': 'Skriv virksomhedens registrerede adresse.',
      'subProcessor.country': 'Vælg det land, hvor virksomheden er registreret.',
      'subProcessor.contactPerson.name': 'Skriv kontaktpersonens navn.',
      'subProcessor.contactPerson.email': 'Skriv kontaktpersonens e-mailadresse.',
      'subProcessor.parentId': 'Vælg, hvem den er underdatabehandler for.',
      'subProcessor.processing.da': 'Beskriv behandlingen på dansk.',
      'subProcessor.processing.en': 'Beskriv behandlingen på engelsk.',
      'subProcessor.personalData.da': 'Skriv på dansk, hvilke personoplysninger der behandles.',
      'subProcessor.personalData.en': 'Skriv på engelsk, hvilke personoplysninger der behandles.',
      'wordingOnly.processing': 'Sæt kryds, eller lad være.',
      'wordingOnly.personalData': 'Sæt kryds, eller lad være.',
      country: 'Vælg mindst ét land.',
      basis: 'Vælg et grundlag.',
      certifiedAs: 'Skriv det navn, virksomheden er certificeret under.',
      entries: 'Vælg et nyt grundlag for mindst ét sted.',
      'reason.da': 'Skriv begrundelsen på dansk.',
      'reason.en': 'Skriv begrundelsen på engelsk.',
      plannedActivationOn: 'Skriv den dag, ændringen skal gælde fra.',
      farDate: 'Sæt kryds, eller vælg en anden dag.',
      holdMinutes: 'Skriv et antal minutter, eller lad feltet være tomt.',
      scope: 'Sæt kryds, eller lad være.',
      'separation.da': 'Skriv på dansk, hvordan de andres data holdes adskilt, og hvem der indestår for det.',
      'separation.en': 'Skriv det på engelsk.',
      'regime.objection': 'Sæt kryds, eller lad være.',
      'regime.approval': 'Sæt kryds, eller lad være.',
      'upstream.noticeReceivedOn': 'Skriv den dag, I modtog underdatabehandlerens varsel.',
      'upstream.objectBy': 'Skriv dagen, eller lad feltet være tomt.',
      'upstream.effectiveOn': 'Skriv den dag, det gælder fra hos underdatabehandleren.',
      'upstream.reference': 'Skriv referencen, eller lad feltet være tomt.',
      listedInTerms: 'Skriv versionerne, eller lad feltet være tomt.',
    },
    expected: {
      'subProcessor.registrationNumber': 'Skriv et nummer med bogstaver eller tal, på højst 50 tegn.',
      'subProcessor.contactPerson.email': 'Skriv en e-mailadresse som navn@virksomhed.dk.',
      plannedActivationOn: 'Skriv en dag, der findes, som 2026-12-24.',
      'upstream.noticeReceivedOn': 'Skriv en dag, der findes, som 2026-12-24.',
      'upstream.objectBy': 'Skriv en dag, der findes, som 2026-12-24.',
      'upstream.effectiveOn': 'Skriv en dag, der findes, som 2026-12-24.',
      holdMinutes: 'Skriv et helt antal minutter fra 0 til 10080, som er en uge.',
      listedInTerms: 'Skriv hver version én gang, på højst 200 tegn.',
    },
    illFormed: (label) => `»${label}« kan ikke læses, som det er skrevet.`,
    tooLong: (label, limit, found) =>
      `»${label}« må højst have ${limit.toLocaleString('da-DK')} tegn. Der er ${found.toLocaleString('da-DK')}.`,
    hidden: (label, code, place) =>
      `»${label}« har et tegn, som ingen kan se (${code}, tegn nummer ${place}). Slet det, eller skriv teksten forfra.`,
    otherChange: 'Se den anden ændring',
    customers: 'Se kunderne',
  },
  refusals: {
    'planned-date-too-early': ({ earliest, planned }) => `${planned} er for tidligt: vælg ${earliest} eller senere.`,
    'planned-date-too-far': ({ planned }) =>
      `${planned} ligger mere end to år ude i fremtiden. Sæt kryds ved, at datoen er rigtig, eller vælg en anden.`,
    'upstream-days-out-of-order': () =>
      'Dagene passer ikke sammen: I har modtaget varslet senest i dag, indsigelse kan gøres derefter, og det gælder til sidst.',
    'transfer-basis-missing': ({ country, need }) =>
      need === 'certified'
        ? `${country} ligger uden for EØS: vælg Data Privacy Framework, SCC eller BCR.`
        : need === 'decision'
          ? `${country} ligger uden for EØS: vælg tilstrækkelighedsafgørelsen, SCC eller BCR.`
          : `${country} ligger uden for EØS og har ingen tilstrækkelighedsafgørelse: vælg SCC eller BCR.`,
    'transfer-basis-invalid': ({ country, need }) =>
      need === 'none'
        ? `${country} er i EØS, hvor intet overføres: vælg intet grundlag.`
        : need === 'certified'
          ? `Data Privacy Framework gælder kun certificerede virksomheder: skriv navnet på den, der er certificeret.`
          : `EU-Kommissionen har ingen tilstrækkelighedsafgørelse for ${country}: vælg SCC eller BCR.`,
    'entry-unknown': () => 'Virksomheden står ikke i registret i dag: vælg en anden.',
    'parent-unknown': () =>
      'Den virksomhed, den er underdatabehandler for, står ikke i registret i dag: vælg en anden.',
    'place-unknown': ({ entry, country }) =>
      `${entry} behandler intet i ${country} i dag. Et nyt sted er en ændring af virksomhedens oplysninger.`,
    'children-unsettled': ({ child }) =>
      `Vælg, hvad der skal ske med ${child === '' ? 'dens underdatabehandlere' : child}.`,
    'parent-leaving': () =>
      'Virksomheden udgår, eller en anden kommer under den ved en ændring, der er varslet: vælg en, der bliver, eller afslut den anden ændring først.',
    'chain-loop': () => 'Virksomheden ville blive sin egen underdatabehandler: vælg en, der ikke er under den.',
    'another-company': ({ entry }) =>
      `Det ville blive en anden virksomhed end ${entry}. Er det en anden, er det en udskiftning. Er det den samme, kan land og nummer ikke ændres, og navnet kun alene.`,
    'contact-person-missing': ({ entry }) =>
      `${entry} har en kontaktperson i registret, og kan ikke blive uden: skriv en.`,
    'change-without-effect': () => 'Det er sådan i registret allerede: vælg noget, der ændres.',
    'entry-differs': ({ entry }) =>
      `${entry} er forskellig fra kunde til kunde efter en tidligere ændring, så det kan ikke ændres for alle på én gang.`,
    'wording-unchanged': () => 'Teksten er den samme som i registret, så dens ordlyd ændres ikke.',
    'nothing-to-approve': () => 'Intet i ændringen kræver godkendelse, så den gælder for alle: fjern krydset.',
    'superseded-change-unknown': () =>
      'En ændring kan kun varsles i stedet for en, der er trukket tilbage: vælg en anden.',
    'controllers-without-contact': ({ withoutContact }) =>
      `Alle kunder skal have besked, og ${many(withoutContact, 'kunde har', 'kunder har')} ingen kontaktperson. Giv dem en først.`,
    'already-in-register': ({ company }) =>
      `${company} står allerede i registret. Nye oplysninger om den er en ændring af den.`,
    'change-already-announced': ({ company, entry }) =>
      `${company || entry || 'Virksomheden'} er allerede med i en ændring, der er varslet. Træk den tilbage, eller afslut den først.`,
  },
  warnings: {
    'nobody-to-notify': () => 'Ingen kunde har en aftale om produktet, så ingen får noget at vide.',
    'nobody-may-approve': ({ withoutApprover }) =>
      `${many(withoutApprover, 'kunde har', 'kunder har')} ingen, der må godkende. De skal først pege på en, og det tager tid.`,
    'few-working-days': () => 'Fristen rammer helligdage, så kunderne har færre arbejdsdage, end det ser ud til.',
    'last-day-not-working': () => 'Den sidste dag til indsigelse er ikke en arbejdsdag i Danmark.',
    'no-day-to-spare': ({ planned }) =>
      `${planned} er den tidligst mulige dag. Den kan ikke holdes, hvis blot ét varsel først modtages i morgen.`,
    'planned-date-far': ({ planned }) => `${planned} er mere end et år væk.`,
    'similar-name': ({ company, similar }) =>
      `${company} hedder næsten det samme som ${similar || 'en virksomhed i en anden ændring, der er varslet'}. Er det en anden virksomhed?`,
    'not-translated': ({ inEnglish, untranslated }) =>
      `${many(inEnglish, 'e-mail er', 'e-mails er')} på engelsk, men det her står kun på dansk: ${untranslated}.`,
    'could-be-apart': ({ waiting }) =>
      `${waiting} kræver ingen godkendelse og kommer her til at vente på en. Varslet for sig selv behøver det ikke.`,
    'upstream-deadline-missed': () =>
      'Kundernes frist udløber efter den dag, hvor I selv senest kan gøre indsigelse hos underdatabehandleren.',
    'upstream-effective-later': () =>
      'Hos underdatabehandleren gælder ændringen først senere, og den kan ikke gennemføres før det.',
  },
};
