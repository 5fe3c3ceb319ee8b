import type { Language } from '../../domain/text.ts';

export interface SignInTexts {
  readonly title: string;
  readonly intro: string;
  readonly heading: string;
  readonly linkIntro: string;
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
    intro: 'Konsollen er for medarbejdere. Kunder bruger linket i deres mail.',
    linkIntro: 'Linket virker én gang.',
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
    linkIntro: 'The link works once.',
    signIn: 'Sign in',
    usedHeading: 'The link does not work',
    used: 'It has been used, or its time is over. Ask an administrator for a new one.',
    outHeading: 'You are signed out',
    out: 'Close the browser if others use it.',
  },
};

export const signInTextsIn = (language: Language): SignInTexts => TEXTS[language];
