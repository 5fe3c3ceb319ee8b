import type { Scope } from '../domain/permission.ts';
import type { Language } from '../domain/text.ts';

/** Where the navigation leads, and who is shown the way. */
export const PLACES = [
  { key: 'today', href: '/console', scope: null },
  { key: 'changes', href: '/console/changes', scope: 'changes:read' },
  { key: 'proposals', href: '/console/proposals', scope: 'proposals:read' },
  { key: 'inbox', href: '/console/inbox', scope: 'objections:read' },
  { key: 'register', href: '/console/register', scope: 'products:read' },
  { key: 'customers', href: '/console/customers', scope: 'controllers:read' },
  { key: 'people', href: '/console/people', scope: 'people:manage' },
  { key: 'settings', href: '/console/settings', scope: 'products:read' },
] as const satisfies readonly { key: string; href: string; scope: Scope | null }[];

type Place = (typeof PLACES)[number]['key'];
export type FailureName = 'forbidden' | 'notFound' | 'refused' | 'otherSite' | 'tooMany' | 'unavailable' | 'internal';

/** The words that all pages of the console share. */
export interface ConsoleFrameTexts {
  readonly console: string;
  readonly navigation: string;
  readonly places: Readonly<Record<Place, string>>;
  readonly announce: string;
  readonly signOut: string;
  readonly trial: string;
  readonly optional: string;
  readonly more: string;
  readonly back: string;
  readonly failure: Readonly<Record<FailureName, { readonly heading: string; readonly body: readonly string[] }>>;
  readonly said: string;
  /** Where two people have to do it. */
  readonly propose: { readonly what: string; readonly submit: string };
  /** What a change needs of customers, element by element: the part `demands`. */
  readonly demands: Readonly<Record<'asked' | 'objectable' | 'informed', string>>;
  /** What becomes of a company, fact by fact: the part `comparison`. */
  readonly comparison: Readonly<Record<'about' | 'current' | 'planned' | 'differs' | 'same' | 'notStated', string>>;
  /** About a form that came after its session had ended. */
  readonly kept: {
    readonly heading: string;
    readonly summary: string;
    readonly note: string;
    readonly alone: string;
    readonly text: (number: number) => string;
    readonly goneHeading: string;
    readonly gone: string;
    readonly waits: string;
    readonly forget: string;
  };
}

const TEXTS: Readonly<Record<Language, ConsoleFrameTexts>> = {
  da: {
    console: 'Varsel',
    navigation: 'Konsol',
    places: {
      today: 'I dag',
      changes: 'Ændringer',
      proposals: 'Forslag',
      inbox: 'Indbakke',
      register: 'Register',
      customers: 'Kunder',
      people: 'Personer',
      settings: 'Indstillinger',
    },
    announce: 'Varsl en ændring',
    signOut: 'Log ud',
    trial: 'Dette er en prøve og ikke produktion.',
    optional: 'kan udelades',
    more: 'Vis flere',
    back: 'Tilbage',
    failure: {
      forbidden: { heading: 'Det har du ikke adgang til', body: ['Bed en administrator om den rolle, der skal til.'] },
      notFound: { heading: 'Siden findes ikke', body: ['Adressen kan være skrevet forkert, eller siden er fjernet.'] },
      refused: { heading: 'Det blev ikke gjort', body: ['Varsel afviste det, og intet er ændret.'] },
      otherSite: {
        heading: 'Formularen kom ikke herfra',
        body: [
          'Formularen hører ikke til din session, så intet er gjort. Gå tilbage, genindlæs siden, og send den igen.',
        ],
      },
      tooMany: {
        heading: 'Vent et øjeblik',
        body: ['Der er kommet meget på kort tid, så intet er gjort. Prøv igen om et minut.'],
      },
      unavailable: { heading: 'Prøv igen om lidt', body: ['Varsel kan ikke svare lige nu. Intet er gjort.'] },
      internal: { heading: 'Noget gik galt', body: ['Fejlen er vores og er noteret. Intet er gjort halvt.'] },
    },
    said: 'Det tekniske svar, på engelsk',
    propose: {
      what: 'Det skal to personer om. Du sender det til godkendelse, som det står her, og det sker først, når en anden har godkendt det.',
      submit: 'Send til godkendelse',
    },
    demands: {
      asked: 'Kunderne skal godkende',
      objectable: 'Kunderne kan gøre indsigelse mod',
      informed: 'Kunderne får det at vide',
    },
    comparison: {
      about: 'Oplysning',
      current: 'I dag',
      planned: 'Planlagt',
      differs: 'ændres',
      same: 'uændret',
      notStated: 'ikke oplyst',
    },
    kept: {
      heading: 'Det, du havde skrevet',
      summary: 'Intet er sendt endnu',
      note: 'Du var blevet logget ud, før du sendte formularen. Her er det, du havde skrevet. Læs det igennem, og send igen. Filer skal vælges på ny.',
      alone:
        'Du var blevet logget ud, før du sendte formularen, så intet er sendt. Den kan ikke vises igen, men her er det, du havde skrevet, så du kan kopiere det.',
      text: (number) => `Felt ${number}`,
      goneHeading: 'Det er ikke gemt længere',
      gone: 'Det, der var skrevet, gemmes i et døgn, og kun til den, der skrev det.',
      waits: 'Du var blevet logget ud, før du sendte en formular. Se det, du havde skrevet, og send igen.',
      forget: 'Glem formularen',
    },
  },
  en: {
    console: 'Varsel',
    navigation: 'Console',
    places: {
      today: 'Today',
      changes: 'Changes',
      proposals: 'Proposals',
      inbox: 'Inbox',
      register: 'Register',
      customers: 'Customers',
      people: 'People',
      settings: 'Settings',
    },
    announce: 'Announce a change',
    signOut: 'Sign out',
    trial: 'This is a trial and not production.',
    optional: 'optional',
    more: 'Show more',
    back: 'Back',
    failure: {
      forbidden: { heading: 'You have no access to this', body: ['Ask an administrator for the role that it takes.'] },
      notFound: { heading: 'There is no such page', body: ['The address may be mistyped, or the page was removed.'] },
      refused: { heading: 'It was not done', body: ['Varsel refused it, and nothing has changed.'] },
      otherSite: {
        heading: 'The form did not come from here',
        body: [
          'The form does not belong to your session, so nothing was done. Go back, reload the page, and send it again.',
        ],
      },
      tooMany: {
        heading: 'Wait a moment',
        body: ['Very much came in a short time, so nothing was done. Try again in a minute.'],
      },
      unavailable: { heading: 'Try again in a moment', body: ['Varsel cannot answer right now. Nothing was done.'] },
      internal: {
        heading: 'Something went wrong',
        body: ['The fault is ours and has been logged. Nothing was half done.'],
      },
    },
    said: 'The technical answer',
    propose: {
      what: 'This takes two people. You send it for approval as it stands here, and it happens only when somebody else has approved it.',
      submit: 'Send for approval',
    },
    demands: {
      asked: 'Customers have to approve',
      objectable: 'Customers can object to',
      informed: 'Customers are told of',
    },
    comparison: {
      about: 'Detail',
      current: 'Today',
      planned: 'Planned',
      differs: 'changes',
      same: 'unchanged',
      notStated: 'not stated',
    },
    kept: {
      heading: 'What you had typed',
      summary: 'Nothing has been sent yet',
      note: 'You had been signed out before you sent the form. Here is what you had typed. Read it through, and send it again. Files have to be chosen anew.',
      alone:
        'You had been signed out before you sent the form, so nothing was sent. It cannot be shown again, but here is what you had typed, so that you can copy it.',
      text: (number) => `Field ${number}`,
      goneHeading: 'It is not kept any more',
      gone: 'What was typed is kept for a day, and only for who typed it.',
      waits: 'You had been signed out before you sent a form. See what you had typed, and send it again.',
      forget: 'Forget the form',
    },
  },
};

/** The words of the console's frame in a language. */
export const consoleTextsIn = (language: Language): ConsoleFrameTexts => TEXTS[language];
