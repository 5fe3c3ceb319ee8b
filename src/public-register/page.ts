import { checkpointLine } from '../domain/checkpoint.ts';
import { isNew } from '../domain/effect.ts';
import { dayIn } from '../domain/instant.ts';
import { oneLine, passage, type Language, type Passage } from '../domain/text.ts';
import { countryName, dayInWords, transferBasisInWords } from '../domain/wording.ts';
import type { InvalidDay } from './day.ts';
import { differencesOf, regimeInWords, titleOf, type Difference } from './effect-words.ts';
import {
  endOf,
  tiersOf,
  type PublicChange,
  type PublicEntry,
  type PublicSubProcessor,
  type RegisterRecord,
} from './record.ts';
import { registerTextsIn } from './texts.ts';
import type { FormError } from '../web/form-error.ts';
import type { PageFrame } from '../web/page.ts';

/** What both of the register's pages have: the frame, the heading, and the form for another day. */
interface DayPage extends PageFrame {
  readonly t: ReturnType<typeof registerTextsIn>;
  readonly heading: string;
  readonly form: {
    readonly action: string;
    readonly value: string;
    readonly max: string;
    readonly error: string | null;
  };
}

/** The register of one day, with planned and past changes. */
export interface RegisterPage extends DayPage {
  readonly errors: null;
  readonly intro: readonly string[];
  readonly processor: string;
  readonly list: {
    readonly heading: string;
    readonly isPast: boolean;
    readonly tiers: readonly {
      readonly caption: string;
      readonly note: string | null;
      readonly rows: readonly EntryRow[];
    }[];
  };
  readonly planned: readonly PlannedChange[];
  readonly history: readonly PastChange[];
  /** The newest checkpoint of the sealed record, on one line. */
  readonly checkpoint: string | null;
  readonly paths: { readonly today: string; readonly csv: string; readonly json: string; readonly atom: string };
}

/** The form again, with the error in the requested day. */
export interface InvalidDayPage extends DayPage {
  readonly errors: readonly [FormError];
}

/** An entry of the list: where it is not for all, and not since it came, it says so. */
interface EntryRow extends Row {
  readonly notes: readonly string[];
}

interface Row {
  readonly name: string;
  readonly registrationNumber: string | null;
  readonly address: string;
  readonly processing: Passage;
  readonly personalData: Passage;
  readonly places: readonly { readonly country: string; readonly basis: string }[];
}

/** What a planned and a past change have in common. */
interface ChangeOnPage {
  readonly id: string;
  readonly title: string;
  readonly reason: Passage;
  /** The sub-processor that engages the company that is new. */
  readonly engagedBy: string | null;
  /** For whom it holds, where that is not everybody. */
  readonly forWhom: string | null;
  /** What becomes of the companies that are on the list. */
  readonly outcomes: readonly {
    readonly heading: string;
    readonly differences: readonly Difference[];
  }[];
}

interface PlannedChange extends ChangeOnPage {
  readonly planned: string;
  readonly announced: string;
  readonly regime: string;
  /** The company that is new, or `null`. */
  readonly company: Row | null;
}

interface PastChange extends ChangeOnPage {
  readonly day: string;
}

type ProductAndDay = Pick<RegisterRecord, 'product' | 'today'>;

/** The register in the words of a page. */
export function registerPage(record: RegisterRecord, language: Language): RegisterPage {
  const { product, today, asOf, entries, planned, ended } = record;
  const t = registerTextsIn(language);
  const isPast = !asOf.equals(today);
  const { name: processor, registrationNumber, address } = product.processor;
  const day = isPast ? `&asOf=${asOf.toString()}` : '';
  const home = `/register/${product.id}`;
  const paths = {
    today: `${home}?lang=${language}`,
    csv: `${home}.csv?lang=${language}${day}`,
    json: `${home}.json${isPast ? `?asOf=${asOf.toString()}` : ''}`,
    atom: `${home}.atom?lang=${language}`,
  };
  return {
    ...dayPage(record, language, { value: isPast ? asOf.toString() : '', otherDay: day }),
    // Search engines list the page of today only: readers would take the page of a past day for it.
    isListed: !isPast,
    links: [
      ...(isPast ? [] : [{ rel: 'canonical' as const, href: paths.today }]),
      ...(['da', 'en'] as const).map((hreflang) => ({
        rel: 'alternate' as const,
        href: `${home}?lang=${hreflang}${day}`,
        hreflang,
      })),
      { rel: 'alternate', type: 'application/json', href: paths.json },
      { rel: 'alternate', type: 'text/csv', href: paths.csv },
      { rel: 'alternate', type: 'application/atom+xml', href: paths.atom, title: t.feed.title(product.name) },
    ],
    errors: null,
    processor,
    intro: [t.intro(processor, product.name), t.processor(processor, registrationNumber, address)],
    list: {
      heading: isPast ? t.list.past(dayInWords(asOf, language)) : t.list.today(dayInWords(asOf, language)),
      isPast,
      tiers: tiersOf(entries).map((tier) => ({
        caption: tier.parent === null ? t.list.ofProcessor(processor) : t.list.of(oneLine(tier.parent.name)),
        note: tier.parent?.isListed === false ? t.list.parentIsNotListed(oneLine(tier.parent.name)) : null,
        rows: tier.entries.map((entry) => entryRowOf(entry, language)),
      })),
    },
    planned: planned.map((change) => ({
      ...changeOnPage(change, processor, language),
      planned: dayInWords(change.plannedActivationOn, language),
      announced: dayInWords(dayIn(change.timeZone, change.announcedAt), language),
      regime: regimeInWords(change, language),
      company: rowOfNew(change, language),
    })),
    checkpoint: record.checkpoint && checkpointLine(record.checkpoint),
    history: ended.map((change) => ({
      ...changeOnPage(change, processor, language),
      day: dayInWords(dayIn(change.timeZone, endOf(change)), language),
    })),
    paths,
  };
}

/** The page for a day that cannot be shown: the form with the typed day, and what is expected. */
export function invalidDayPage(
  about: ProductAndDay,
  language: Language,
  { typed, because }: InvalidDay,
): InvalidDayPage {
  const { faults, hint } = registerTextsIn(language).day;
  const message = because === 'not-yet' ? faults['not-yet'](typed) : faults['not-a-day'](typed, about.today.toString());
  const page = dayPage(about, language, { value: typed, otherDay: '', error: message });
  return { ...page, isError: true, errors: [{ summary: hint, field: 'asOf', message, notes: [] }] };
}

function dayPage(
  { product, today }: ProductAndDay,
  language: Language,
  { value, otherDay, error = null }: { value: string; otherDay: string; error?: string | null },
): DayPage {
  const t = registerTextsIn(language);
  const action = `/register/${product.id}`;
  const heading = t.heading(product.name);
  return {
    language,
    title: heading,
    heading,
    isError: false,
    sender: { processor: product.processor.name, product: product.name },
    otherLanguagePath: `${action}?lang=${language === 'da' ? 'en' : 'da'}${otherDay}`,
    t,
    form: { action, value, max: today.toString(), error },
  };
}

function changeOnPage(change: PublicChange, processor: string, language: Language): ChangeOnPage {
  const { change: t } = registerTextsIn(language);
  const added = newIn(change);
  return {
    id: change.id,
    title: titleOf(change, change.status, language),
    reason: passage(change.reason, language),
    forWhom: forWhomOf(change, language),
    engagedBy: added?.parentName ? oneLine(added.parentName) : null,
    outcomes: change.effects
      .filter(({ act }) => act === 'amends' || act === 'leaves')
      .map((effect) => {
        const name = oneLine(effect.name);
        const differences = differencesOf(effect, processor, language);
        if (effect.act === 'leaves') return { heading: t.leaves(name), differences };
        const heading = differences.length === 0 ? `${t.of(name)}: ${t.notPublic}` : t.of(name);
        return { heading, differences };
      }),
  };
}

function forWhomOf({ scope, forSomeSince, timeZone }: PublicChange, language: Language): string | null {
  const { change: t } = registerTextsIn(language);
  if (scope === 'all') return null;
  return forSomeSince === null ? t.each : t.eachSince(dayInWords(dayIn(timeZone, forSomeSince), language));
}

/** The company that a change brings to the list; `null` where it brings none. */
function newIn({ effects }: PublicChange): PublicSubProcessor | null {
  return effects.find(isNew)?.to ?? null;
}

function rowOfNew(change: PublicChange, language: Language): Row | null {
  const added = newIn(change);
  return added && rowOf(added, language);
}

function entryRowOf(entry: PublicEntry, language: Language): EntryRow {
  const { list: t } = registerTextsIn(language);
  const isAmended = !entry.factsFrom.equals(entry.activeFrom);
  const notes = [
    ...(entry.forSome ? [t.forSome] : []),
    ...(isAmended ? [t.factsFrom(dayInWords(entry.factsFrom, language))] : []),
  ];
  return { ...rowOf(entry, language), notes };
}

function rowOf(subProcessor: PublicSubProcessor, language: Language): Row {
  const { name, registrationNumber, address, processing, personalData, locations } = subProcessor;
  return {
    name: oneLine(name),
    registrationNumber: registrationNumber && oneLine(registrationNumber),
    address: oneLine(address),
    processing: passage(processing, language),
    personalData: passage(personalData, language),
    places: locations.map((location) => ({
      country: countryName(location.country, language),
      basis: transferBasisInWords(location, language),
    })),
  };
}
