import type { Blocker } from '../../domain/activation.ts';
import { elementInSentence } from '../../domain/element-words.ts';
import type { Language } from '../../domain/text.ts';
import { dayInWords, deadlineInWords, instantInWords } from '../../domain/wording.ts';
import { inboxAddress, storyAddress } from '../addresses.ts';
import { danishBlockers, type BlockerTexts, type BlockerWords, type InWords } from './blockers-da.ts';
import { englishBlockers } from './blockers-en.ts';
import { numberInWords } from '../numbers.ts';

const TEXTS: Readonly<Record<Language, BlockerTexts>> = { da: danishBlockers, en: englishBlockers };

/** A blocker as a page shows it: what it is, what to do, and where that is done. */
export interface BlockerShown extends BlockerWords {
  readonly code: Blocker['code'];
  readonly href: string | null;
  /** The first of the customers that it is about. */
  readonly customers: readonly { readonly externalId: string; readonly href: string }[];
}

/** How many customers a blocker names; the list has them all. */
const NAMED = 5;

/** A blocker of a change in words (D20), with the way to what can be done about it. `timeZone` is the product's. */
export function blockerInWords(
  blocker: Blocker,
  { id, product, timeZone }: { readonly id: string; readonly product: string; readonly timeZone: string },
  language: Language,
): BlockerShown {
  const words: InWords = {
    day: (day) => dayInWords(Temporal.PlainDate.from(day), language),
    moment: (instant) => instantInWords(Temporal.Instant.from(instant), timeZone, language),
    deadline: (instant) => deadlineInWords(Temporal.Instant.from(instant), timeZone, language),
    worded: (text) => elementInSentence(text, language),
    number: (count) => numberInWords(count, language),
  };
  // Each text takes the blocker of its own code.
  const text = TEXTS[language][blocker.code] as (of: Blocker, words: InWords) => BlockerWords;
  const customers = 'controllers' in blocker ? blocker.controllers.slice(0, NAMED) : [];
  return {
    code: blocker.code,
    ...text(blocker, words),
    href: wayTo(blocker.code, id, product),
    customers: customers.map((externalId) => ({ externalId, href: storyAddress(id, externalId) })),
  };
}

/** Where something can be done about it; `null` where there is nothing to do but wait, or it is done on the page itself. */
function wayTo(code: Blocker['code'], id: string, product: string): string | null {
  const controllers = `/console/changes/${id}/controllers`;
  switch (code) {
    case 'controllers-not-notified':
      return `${controllers}?show=not-told`;
    case 'objection-windows-open':
      return `${controllers}?show=open`;
    case 'approvals-missing':
      return `${controllers}?show=unanswered`;
    case 'objections-pending':
      return inboxAddress('objections', product);
    case 'answers-unread':
      return inboxAddress('answers', product);
    case 'authority-unconfirmed':
      return inboxAddress('approvals', product);
    case 'register-changed':
    case 'announcement-held':
      return `/console/changes/${id}/withdraw`;
    case 'not-announced':
    case 'notices-being-written':
    case 'mails-being-read':
    case 'counts-disagree':
    case 'planned-date-not-reached':
    case 'wording-unconfirmed':
    case 'upstream-not-effective':
    case 'nobody-to-activate':
    case 'approvals-not-effective-yet':
    case 'contacts-untold':
      return null;
  }
}
