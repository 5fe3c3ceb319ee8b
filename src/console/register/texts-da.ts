/** The words of the register in the console, in Danish. */
export const danish = {
  heading: (product: string) => `Registret for ${product}`,
  intro:
    'De underdatabehandlere, der er godkendt, som kunderne har dem. Registret ændres kun, når en varslet ændring træder i kraft.',
  none: 'Der er ingen produkter endnu. En administrator opretter dem under Indstillinger.',
  today: (day: string) => `I dag, ${day}`,
  onDay: (day: string) => `Som det var ${day}`,
  forController: (name: string) => `Som det er for ${name}`,
  forAll: 'Vis det, som det er for de fleste kunder',
  publicPage: 'Den offentlige side',
  csv: 'Hent som CSV',
  changes: 'Ændringer af registret',

  form: {
    product: 'Produkt',
    productHint: 'Hvert har sit eget register.',
    asOf: 'Som det var den dag',
    asOfHint: 'Tomt felt: i dag.',
    since: 'Sammenlign med',
    sinceHint: 'En tidligere dag.',
    submit: 'Vis',
    faults: {
      day: 'Vælg en dag, som kalenderen har.',
      order: 'Dagen at sammenligne med skal ligge før den anden.',
    },
  },

  difference: {
    heading: (from: string, to: string) => `Forskellen mellem ${from} og ${to}`,
    nothing: 'Registret var det samme de to dage.',
    count: (came: number, changed: number, left: number) =>
      `${came} kom til, ${changed} blev ændret, og ${left} gik ud.`,
    came: (name: string) => `${name} er kommet til`,
    left: (name: string) => `${name} er gået ud`,
    changed: (name: string) => `${name} er ændret`,
    field: 'Oplysning',
    content: 'Indhold',
    before: 'Før',
    after: 'Efter',
    byChange: 'Se ændringen',
    unstated: 'ikke oplyst',
  },

  list: {
    caption: (count: number) => (count === 1 ? 'En underdatabehandler' : `${count} underdatabehandlere`),
    empty: 'Der stod ingen underdatabehandlere i registret den dag.',
    name: 'Navn',
    engagedBy: 'Underdatabehandler til',
    processing: 'Behandling og personoplysninger',
    places: 'Behandlingssteder',
    since: 'Siden',
    number: 'Registreringsnummer',
    contact: 'Kontakt',
    forSome: 'Gælder for nogle kunder',
    factsFrom: (day: string) => `Som her siden ${day}`,
  },
};

export type RegisterTexts = typeof danish;
