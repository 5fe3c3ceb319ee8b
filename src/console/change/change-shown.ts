import * as changes from '../../api/changes.ts';
import * as products from '../../api/products.ts';
import type { ChangeView } from '../../domain/change-view.ts';
import { dayIn } from '../../domain/instant.ts';
import type { SecondPersonAct } from '../../domain/proposal.ts';
import { oneLine, type Language } from '../../domain/text.ts';
import {
  dateInWords,
  dayInWords,
  deadlineDateInWords,
  deadlineInWords,
  inSeries,
  instantInWords,
  momentInWords,
} from '../../domain/wording.ts';
import type { Visit } from '../visit.ts';
import { changeAddress } from '../addresses.ts';
import { changeTextsIn, type ChangeTexts } from './texts.ts';

/** Days and times of a product, in words. */
export interface TimesInWords {
  readonly day: (day: string) => string;
  readonly date: (instant: string) => string;
  readonly moment: (instant: string) => string;
  /** The same without its weekday and zone, for a chart. */
  readonly brief: (instant: string) => string;
  readonly deadline: (instant: string) => string;
  /** The last day of a deadline alone, for a table. */
  readonly lastDay: (instant: string) => string;
}

/** A change that a page is about, with the words for it. */
export interface ChangeShown {
  readonly change: ChangeView;
  readonly title: string;
  readonly href: string;
  readonly productName: string;
  readonly timeZone: string;
  /** What the product asks two people for (D61). */
  readonly secondPerson: readonly SecondPersonAct[];
  readonly times: TimesInWords;
  readonly t: ChangeTexts;
}

/** Asks for the change that an address names. Throws `not-found`, also for one of another product. */
export async function changeShown(visit: Visit): Promise<ChangeShown> {
  const { language } = visit;
  const change = await visit.ask(changes.get, { params: { id: visit.params.id ?? '' } });
  const product = await visit.ask(products.get, { params: { product: change.product } });
  const { secondPerson } = product;
  const { timeZone } = product.terms;
  return {
    change,
    title: titleOf(change, language),
    href: changeAddress(change.id),
    productName: product.name,
    timeZone,
    secondPerson,
    times: timesIn(timeZone, language),
    t: changeTextsIn(language),
  };
}

/** Days and times where the days of a product begin. */
export function timesIn(timeZone: string, language: Language): TimesInWords {
  const at = (instant: string) => Temporal.Instant.from(instant);
  return {
    day: (day) => dayInWords(Temporal.PlainDate.from(day), language),
    date: (instant) => dateInWords(dayIn(timeZone, at(instant)), language),
    moment: (instant) => instantInWords(at(instant), timeZone, language),
    brief: (instant) => momentInWords(at(instant), timeZone, language),
    deadline: (instant) => deadlineInWords(at(instant), timeZone, language),
    lastDay: (instant) => deadlineDateInWords(at(instant), timeZone, language),
  };
}

/** A change in a few words, for a heading: "Acme i stedet for Google". */
export function titleOf({ kind, companies, elements }: ChangeView, language: Language): string {
  const danish = language === 'da';
  const names = inSeries(companies.map(oneLine), language);
  switch (kind) {
    case 'addition':
      return danish ? `Ny underdatabehandler ${names}` : `New sub-processor ${names}`;
    case 'replacement': {
      const { from } =
        elements.find((each) => each.element === 'company' && each.from !== null && each.to !== null) ?? {};
      const replaced = typeof from === 'string' ? oneLine(from) : '';
      return danish ? `${names} i stedet for ${replaced}` : `${names} instead of ${replaced}`;
    }
    case 'amendment':
      return danish ? `Ændring hos ${names}` : `Change at ${names}`;
    case 'removal':
      return danish ? `${names} udgår` : `${names} leaves`;
    case 'transfer-basis':
      return danish ? `Nyt overførselsgrundlag for ${names}` : `New transfer basis for ${names}`;
  }
}
