import type { Role } from '../../domain/permission.ts';
import type { SignInMethod } from '../../domain/session.ts';

/** What each role is called, and what it is for. */
const roles: Readonly<Record<Role, { name: string; hint: string }>> = {
  reader: { name: 'Læser', hint: 'Ser alt og ændrer intet.' },
  officer: { name: 'Sagsbehandler', hint: 'Varsler ændringer, læser svar, afgør indsigelser og gennemfører.' },
  approver: {
    name: 'Godkender',
    hint: 'Som sagsbehandler, og godkender som den anden person det, andre har foreslået.',
  },
  admin: { name: 'Administrator', hint: 'Som godkender, og styrer kunder, vilkår, nøgler, webhooks og personer.' },
};

const methods: Readonly<Record<SignInMethod, string>> = {
  link: 'Engangslink',
  passkey: 'Adgangsnøgle (passkey)',
  openid: 'Virksomhedens login',
};

/** The words about people, in Danish. */
export const danish = {
  roles,
  methods,
  allProducts: 'alle produkter',
  /** "Administrator for alle produkter" */
  roleFor: (role: Role, product: string) => `${roles[role].name} for ${product}`,
  none: 'ingen roller',

  list: {
    title: 'Personer',
    intro: 'De personer i virksomheden, der kan logge ind, og hvad hver af dem må.',
    invite: 'Inviter en person',
    name: 'Navn',
    email: 'E-mail',
    roles: 'Roller',
    state: 'Tilstand',
    product: 'Produkt',
    everyProduct: 'Alle',
    show: 'Vis',
    who: 'Hvem',
    enabled: 'Kan logge ind',
    disabled: 'Spærrede',
    empty: 'Ingen personer passer til det, du har valgt.',
    caption: 'Personer',
  },
  state: {
    disabled: (when: string) => `Spærret ${when}`,
    invited: (until: string) => `Inviteret; linket virker til ${until}`,
    signedIn: (when: string) => `Sidst logget ind ${when}`,
    lapsed: 'Har ikke logget ind, og linket er udløbet',
    never: 'Har ikke logget ind det seneste år',
  },

  invite: {
    title: 'Inviter en person',
    intro:
      'Personen får en e-mail med et link, der virker én gang og i 24 timer. Kun den, der læser e-mailen, ser linket.',
    name: 'Navn',
    nameHint: 'Navnet står ved alt, hvad personen gør i Varsel.',
    email: 'E-mail',
    emailHint: 'Personens egen adresse i virksomheden.',
    role: 'Rolle',
    products: 'For hvilke produkter',
    productsHint: 'Vælg dem, rollen gælder for.',
    takesTwo: 'En rolle, der kan mere end at læse, skal to personer om.',
    all: 'Alle produkter, også nye',
    submit: 'Send invitationen',
    cancel: 'Fortryd',
    done: (name: string) => `Invitationen til ${name} er på vej.`,
  },

  one: {
    back: 'Alle personer',
    facts: 'Om personen',
    email: 'E-mail',
    state: 'Tilstand',
    added: 'Oprettet',
    by: (when: string, who: string) => `${when} af ${who}`,
    disabled: 'Spærret',
    roles: 'Roller',
    role: 'Rolle',
    product: 'Produkt',
    given: 'Givet',
    noRoles: 'Personen har ingen rolle og kan kun se sine egne sessioner.',
    take: 'Fratag',
    takeOf: (role: string) => `Fratag ${role}`,
    providerRole: 'Fra virksomhedens login; ændres dér',
    give: 'Giv en rolle',
    giveSubmit: 'Giv rollen',
    roleGiven: 'Rollen er givet.',
    roleTaken: 'Rollen er frataget. Det gælder allerede.',
    again: 'Send et nyt link',
    againHint:
      'Til den, der ikke nåede at bruge sit link, eller har mistet sin adgangsnøgle. Det forrige link virker ikke længere.',
    againDone: 'Et nyt link er på vej.',
    links: 'Adgang',
    disable: 'Spær personen',
    disableHint:
      'Bliver personen spærret, logges den ud, og dens links og API-nøgler holder op med at virke. Det kan ikke fortrydes.',
    audit: 'Det, personen har gjort',
  },

  take: {
    title: (role: string, name: string) => `Fratag ${name} rollen ${role}?`,
    body: 'Det gælder fra personens næste klik. Det, personen allerede har gjort, står ved magt og bliver stående.',
    submit: 'Fratag rollen',
    cancel: 'Behold rollen',
  },
  disable: {
    title: (name: string) => `Spær ${name}?`,
    body: [
      'Personen logges ud med det samme, og alle dens links og API-nøgler holder op med at virke.',
      'Det kan ikke fortrydes: kommer personen tilbage, inviteres den på ny. Det, personen har gjort, bliver stående.',
    ],
    submit: 'Spær personen',
    cancel: 'Fortryd',
    done: (name: string) => `${name} er spærret.`,
  },

  sessions: {
    title: 'Mine sessioner',
    intro:
      'De browsere, du er logget ind i. En session varer højst otte timer og slutter efter en halv time uden brug. Kender du ikke en af dem, så afslut den, og sig det til en administrator.',
    heading: 'Sessioner',
    caption: 'Sessioner',
    browser: 'Browser',
    method: 'Logget ind med',
    started: 'Begyndt',
    seen: 'Sidst brugt',
    action: 'Handling',
    current: 'Denne browser',
    end: 'Afslut',
    endOf: (browser: string, when: string) => `Afslut sessionen i ${browser}, begyndt ${when}`,
    ended: 'Sessionen er afsluttet.',
    none: 'Ingen sessioner lige nu.',
    unknownBrowser: 'Ukendt browser',
    on: (browser: string, system: string) => `${browser} på ${system}`,
  },

  expected: {
    name: 'Skriv personens navn, på højst 100 tegn.',
    email: 'Skriv personens e-mailadresse, som navn@virksomhed.dk.',
    role: 'Vælg den rolle, personen skal have.',
    products: 'Vælg mindst ét produkt, som rollen gælder for, eller dem alle.',
  },
  /** What refusals mean here; the others in the words of every page. */
  refusals: {
    'person-exists':
      'Adressen bruges af en, der allerede kan logge ind. Find personen på listen, og giv den en rolle dér.',
    'second-person-needed':
      'Rollen skal to personer om, og foreslås for ét produkt ad gangen eller for alle. En ny person inviteres først som læser.',
    forbidden: 'Du kan ikke give mere, end du selv har. Vælg en rolle og produkter, som du selv har.',
  },
};

export type Texts = typeof danish;
