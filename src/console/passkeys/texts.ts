import type { Language } from '../../domain/text.ts';
import { da } from './texts-da.ts';
import { en } from './texts-en.ts';

/** Why a browser made no passkey or used none, by the name of its error; `Error` for any other. */
export const BROWSER_FAULTS = [
  'NotAllowedError',
  'AbortError',
  'InvalidStateError',
  'SecurityError',
  'NotSupportedError',
  'NetworkError',
  'Error',
] as const;
type BrowserFault = (typeof BROWSER_FAULTS)[number];

/** Why an answer that came was not taken. */
export type AnswerFault = 'none' | 'notVerified' | 'answered' | 'known' | 'limit';

interface PageWords {
  readonly heading: string;
  readonly intro: readonly string[];
  readonly submit: string;
}

/** The words of passkeys: registering, using, naming and removing them. */
export interface PasskeyTexts {
  readonly browser: Readonly<Record<BrowserFault, string>>;
  readonly noScript: string;
  readonly fault: Readonly<Record<AnswerFault, string>>;
  readonly list: {
    readonly heading: string;
    readonly intro: string;
    readonly none: string;
    readonly caption: string;
    readonly columns: readonly [name: string, kept: string, registered: string, used: string, action: string];
    readonly kept: Readonly<Record<'synced' | 'device', string>>;
    readonly never: string;
    readonly change: (name: string) => string;
    readonly add: string;
  };
  readonly register: PageWords & {
    readonly first: readonly string[];
    readonly trial: readonly string[];
    readonly name: string;
    readonly nameHint: string;
    readonly proposed: (number: number) => string;
    readonly done: (name: string) => string;
  };
  readonly change: {
    readonly heading: (name: string) => string;
    readonly name: string;
    readonly nameHint: string;
    readonly save: string;
    readonly saved: (name: string) => string;
    readonly remove: string;
    readonly removeIntro: string;
    readonly last: string;
    readonly removed: (name: string) => string;
    readonly back: string;
  };
  readonly confirm: PageWords & {
    readonly openid: string;
    readonly withoutPasskey: string;
    readonly trial: PageWords;
    readonly cancel: string;
  };
}

const TEXTS: Readonly<Record<Language, PasskeyTexts>> = { da, en };

/** The words in a language. */
export function passkeyTextsIn(language: Language): PasskeyTexts {
  return TEXTS[language];
}
