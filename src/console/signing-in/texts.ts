import type { Language } from '../../domain/text.ts';

export interface SignInTexts {
  readonly title: string;
  readonly heading: string;
  readonly intro: string;
  readonly withPasskey: string;
  readonly wayBack: string;
  /** Instead, in a trial. */
  readonly wayBackInTrial: string;
  /** Before the name of who signs in. */
  readonly as: string;
  readonly linkIntro: readonly string[];
  /** What comes after a link, outside a trial. */
  readonly linkNext: string;
  readonly signIn: string;
  readonly usedHeading: string;
  readonly used: string;
  readonly outHeading: string;
  readonly out: string;
}

const TEXTS: Readonly<Record<Language, SignInTexts>> = {
  da: {
    title: 'Log ind',
    heading: 'Log ind',
    intro: 'Konsollen er for medarbejdere. Kunder bruger linket i deres e-mail.',
    withPasskey: 'Log ind med adgangsnøgle',
    wayBack:
      'Har du ingen adgangsnøgle, eller er den blevet væk? Bed en administrator om et link; det kommer til din e-mail.',
    wayBackInTrial:
      'Har du ingen adgangsnøgle? I en prøve står et link i terminalen, hver gang Varsel starter; det logger den første administrator ind. Er det ikke dig, så bed en administrator om et nyt link.',
    as: 'Du logger ind som',
    linkIntro: ['Linket virker én gang.'],
    linkNext: 'Bagefter registrerer du en adgangsnøgle, som du logger ind med fra nu af.',
    signIn: 'Log ind',
    usedHeading: 'Linket virker ikke',
    used: 'Det er brugt, eller dets tid er udløbet. Bed en administrator om et nyt.',
    outHeading: 'Du er logget ud',
    out: 'Luk browseren, hvis andre bruger den.',
  },
  en: {
    title: 'Sign in',
    heading: 'Sign in',
    intro: 'The console is for people of the company. Customers use the link in their mail.',
    withPasskey: 'Sign in with a passkey',
    wayBack: 'No passkey, or is it lost? Ask an administrator for a link; it comes to your mailbox.',
    wayBackInTrial:
      'No passkey? In a trial there is a link in the terminal, each time that Varsel starts; it signs in the first administrator. If that is not you, ask an administrator for a new link.',
    as: 'You sign in as',
    linkIntro: ['The link works once.'],
    linkNext: 'Then you register a passkey, with which you sign in from now on.',
    signIn: 'Sign in',
    usedHeading: 'The link does not work',
    used: 'It has been used, or its time is over. Ask an administrator for a new one.',
    outHeading: 'You are signed out',
    out: 'Close the browser if others use it.',
  },
};

/** The words of signing in, in a language. */
export const signInTextsIn = (language: Language): SignInTexts => TEXTS[language];
