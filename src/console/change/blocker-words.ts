import type { Queryable } from '../../db/postgres.ts';
import type { Blocker } from '../../domain/activation.ts';
import { elementInSentence } from '../../domain/element-words.ts';
import type { Language } from '../../domain/text.ts';
import { dayInWords, deadlineInWords, instantInWords } from '../../domain/wording.ts';
import { inboxAddress, storyAddress } from '../addresses.ts';
import { namesOfCustomers } from '../customer-names.ts';
import { danishBlockers, type BlockerTexts, type BlockerWords, type InWords } from './blockers-da.ts';
import { englishBlockers } from './blockers-en.ts';
import { numberInWords } from '../numbers.ts';
import { changeTextsIn, type ChangeTexts } from './texts.ts';

const TEXTS: Readonly<Record<Language, BlockerTexts>> = { da: danishBlockers, en: englishBlockers };

/** A blocker as a page shows it: what it is, what to do, and where that is done. */
export interface BlockerShown extends BlockerWords {
  readonly code: Blocker['code'];
  /** Where something can be done about it; `null` where there is nothing to do but wait, or it is done on the page itself. */
  readonly way: { readonly href: string; readonly name: string } | null;
  /** The first of the customers that it is about. */
  readonly customers: readonly { readonly name: string; readonly href: string }[];
}

/** How many customers a blocker names; the list has them all. */
const NAMED = 5;

/** The change that blockers are of; `timeZone` is its product's. */
interface Blocked {
  readonly id: string;
  readonly product: string;
  readonly timeZone: string;
}

/** Blockers of a change in words (D20), each with the way to what can be done about it and the first customers it is about, by name. */
export async function blockersInWords(
  blockers: readonly Blocker[],
  change: Blocked,
  language: Language,
  db: Queryable,
): Promise<BlockerShown[]> {
  const nameOf = await namesOfCustomers(db, blockers.flatMap(customersOf));
  return blockers.map((blocker) => blockerInWords(blocker, change, language, nameOf));
}

/** A blocker in words; `nameOf` says what a customer is called, by its number. */
export function blockerInWords(
  blocker: Blocker,
  { id, product, timeZone }: Blocked,
  language: Language,
  nameOf: (customer: string) => string = String,
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
  return {
    code: blocker.code,
    ...text(blocker, words),
    way: wayTo(blocker.code, id, product, changeTextsIn(language).page.go),
    customers: customersOf(blocker).map((customer) => ({
      name: nameOf(customer),
      href: storyAddress(id, customer),
    })),
  };
}

const customersOf = (blocker: Blocker): readonly string[] =>
  'controllers' in blocker ? blocker.controllers.slice(0, NAMED) : [];

function wayTo(code: Blocker['code'], id: string, product: string, go: ChangeTexts['page']['go']): BlockerShown['way'] {
  const customers = (show: string) => ({ href: `/console/changes/${id}/controllers?show=${show}`, name: go.customers });
  const inbox = (section: Parameters<typeof inboxAddress>[0]) => ({
    href: inboxAddress(section, product),
    name: go.inbox,
  });
  switch (code) {
    case 'controllers-not-notified':
      return customers('not-told');
    case 'objection-windows-open':
      return customers('open');
    case 'approvals-missing':
      return customers('unanswered');
    case 'objections-pending':
      return inbox('objections');
    case 'answers-unread':
      return inbox('answers');
    case 'authority-unconfirmed':
      return inbox('approvals');
    case 'register-changed':
    case 'announcement-held':
      return { href: `/console/changes/${id}/withdraw`, name: go.withdraw };
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
