/** The words of passkeys in Danish: registering, using, naming and removing them. */
export const danish = {
  /** Why a browser made no passkey or used none, by the name of its error; `Error` for any other. */
  browser: {
    NotAllowedError:
      'Det blev afbrudt, eller der var ingen adgangsnøgle at bruge. Prøv igen, eller bed en administrator om et nyt link.',
    AbortError: 'Det blev afbrudt. Prøv igen.',
    InvalidStateError: 'Denne enhed har allerede en af dine adgangsnøgler. Brug den, eller tag en anden enhed.',
    SecurityError:
      'Browseren bruger ingen adgangsnøgler på denne adresse. Åbn Varsel på den adresse, som din administrator har givet (i en prøve: localhost og ikke 127.0.0.1).',
    NotSupportedError: 'Denne browser kan ikke bruge adgangsnøgler. Opdater den, eller brug en anden.',
    NetworkError: 'Varsel svarede ikke. Vent et øjeblik, og prøv igen.',
    Error: 'Det lykkedes ikke. Prøv igen, eller brug en anden browser.',
  },
  noScript: 'En adgangsnøgle kræver JavaScript. Slå det til for denne side; resten af Varsel virker uden.',
  /** Why an answer that came was not taken. */
  fault: {
    none: 'Browseren sendte ingen adgangsnøgle. Den kræver JavaScript, og at du siger ja i browserens vindue.',
    notVerified: 'Adgangsnøglen blev ikke godkendt. Er den fjernet, eller har siden stået åben længe? Prøv igen.',
    answered: 'Det er sendt én gang allerede. Prøv igen.',
    known: 'Denne adgangsnøgle er registreret allerede.',
    limit: 'Du har så mange adgangsnøgler, som der er plads til. Fjern først en, som du ikke bruger.',
  },
  list: {
    heading: 'Mine adgangsnøgler',
    intro:
      'En adgangsnøgle (passkey) er dit login: enheden beder om finger, ansigt eller PIN-kode, og intet kodeord kan lokkes fra dig. Hav gerne to, så du kan logge ind, hvis en enhed bliver væk.',
    none: 'Du har ingen adgangsnøgle endnu.',
    caption: 'Adgangsnøgler',
    columns: ['Navn', 'Ligger', 'Registreret', 'Sidst brugt', 'Handling'],
    kept: { synced: 'i en konto', device: 'på én enhed' },
    never: 'aldrig',
    change: (name: string) => `Omdøb eller fjern ${name}`,
    add: 'Tilføj en adgangsnøgle',
  },
  register: {
    heading: 'Tilføj en adgangsnøgle',
    intro: [
      'Browseren spørger, hvor adgangsnøglen skal ligge: på denne enhed, i din adgangskodeadministrator, på en telefon eller på en sikkerhedsnøgle.',
    ],
    first: [
      'Linket har vist, at din e-mail er din. Varsel kræver to faktorer, så næste skridt er en adgangsnøgle: med den logger du ind fra nu af, og linket virker ikke mere.',
    ],
    trial: ['I en prøve kan du springe det over. I drift kommer ingen videre uden.'],
    name: 'Navn',
    nameHint: 'Så du kan kende den igen, for eksempel »Min telefon«.',
    nameWrong: 'Skriv et navn på én linje, højst 100 tegn.',
    proposed: (number: number) => `Adgangsnøgle ${number}`,
    submit: 'Opret adgangsnøglen',
    done: (name: string) => `Adgangsnøglen »${name}« er registreret.`,
  },
  change: {
    heading: (name: string) => `Adgangsnøglen »${name}«`,
    name: 'Navn',
    nameHint: 'Kun du ser det.',
    save: 'Gem navnet',
    saved: (name: string) => `Adgangsnøglen hedder nu »${name}«.`,
    remove: 'Fjern adgangsnøglen',
    removeIntro:
      'Den kan ikke bruges mere fra det øjeblik. Slet den også på enheden, ellers bliver den ved med at foreslå den.',
    last: 'Det er din eneste adgangsnøgle. Registrér først en anden; ellers kan du ikke logge ind igen.',
    removed: 'Adgangsnøglen er fjernet.',
    back: 'Tilbage til mine adgangsnøgler',
  },
  confirm: {
    heading: 'Bekræft, at det er dig',
    intro: [
      'Det, du er ved at gøre, kan ikke fortrydes. Derfor skal du vise dine to faktorer igen; det gælder i 15 minutter. Det, du har skrevet, er gemt.',
    ],
    submit: 'Bekræft med adgangsnøglen',
    openid: 'Bekræft hos virksomhedens login',
    withoutPasskey: 'Du har ingen adgangsnøgle at bekræfte med. Registrér en først.',
    trial: {
      heading: 'Bekræft, at det er dig',
      intro: [
        'Det, du er ved at gøre, kan ikke fortrydes. I drift viser du her dine to faktorer igen. Dette er en prøve, og du har ingen adgangsnøgle, så knappen er nok.',
      ],
      submit: 'Det er mig',
    },
    cancel: 'Fortryd',
  },
};

export type PasskeyTexts = typeof danish;
