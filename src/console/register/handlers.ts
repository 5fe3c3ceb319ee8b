import * as controllers from '../../api/controllers.ts';
import * as register from '../../api/register.ts';
import { dayIn } from '../../domain/instant.ts';
import { oneLine, passage, type Language } from '../../domain/text.ts';
import { dateInWords, dayInWords, placesInWords } from '../../domain/wording.ts';
import { errorOf } from '../form-faults.ts';
import { ownProducts } from '../own-products.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { differencesOfRegister, type ShownEntry } from './difference.ts';
import { registerWords } from './texts.ts';

interface ShownProduct {
  readonly id: string;
  readonly name: string;
  readonly processor: { readonly name: string };
  readonly terms: { readonly timeZone: string };
}

/** `GET /console/register`: the register of a product on a day, for one customer or for most, and its difference from another day. */
export const showRegister = consolePage('products:read', async (visit): Promise<Shown> => {
  const { language, query } = visit;
  const t = registerWords(language);
  const items: readonly ShownProduct[] = await ownProducts(visit, 'products:read');
  const product = items.find(({ id }) => id === query['product']) ?? items[0];
  const view = 'console/register/views/register';
  if (product === undefined) return { view, title: t.heading(''), model: { t, product: null } };
  const today = dayIn(product.terms.timeZone, visit.now);
  const days = daysOf(query, today);
  const controller = query['controller'] ?? '';
  const entriesOn = (day: Temporal.PlainDate) => askedEntries(visit, product.id, controller, day);
  const entries = await entriesOn(days.asOf);
  const earlier = days.since === null ? null : await entriesOn(days.since);
  const title = t.heading(product.name);
  const message = days.fault && t.form.faults[days.fault.because];
  return {
    view,
    title,
    isError: days.fault !== null,
    model: {
      t,
      heading: title,
      product,
      products: items.map(({ id, name }) => ({ value: id, name })),
      controller,
      forWhom: controller === '' ? null : await nameOf(visit, controller),
      when: days.asOf.equals(today) ? t.today(dayInWords(today, language)) : t.onDay(dayInWords(days.asOf, language)),
      typed: { asOf: query['asOf'] ?? '', since: query['since'] ?? '' },
      faults: { [days.fault?.field ?? '']: message },
      errors: days.fault && message ? [errorOf({ field: days.fault.field, message })] : [],
      entries: entries.map((entry) => rowOf(entry, { entries, product, language })),
      difference: days.since &&
        earlier && {
          heading: t.difference.heading(dateInWords(days.since, language), dateInWords(days.asOf, language)),
          companies: differencesOfRegister(earlier, entries, product.processor.name, language),
        },
      paths: {
        public: `/register/${product.id}?lang=${language}`,
        csv: `/register/${product.id}.csv?lang=${language}&asOf=${days.asOf.toString()}`,
        changes: `/console/changes?product=${product.id}`,
        forAll: `/console/register?product=${product.id}`,
      },
    },
  };
});

async function askedEntries(
  visit: Visit,
  product: string,
  controller: string,
  day: Temporal.PlainDate,
): Promise<readonly ShownEntry[]> {
  const said = { query: { asOf: day.toString() } };
  const found =
    controller === ''
      ? await visit.ask(register.get, { ...said, params: { product } })
      : await visit.ask(register.getOfController, { ...said, params: { product, externalId: controller } });
  return (found as { entries: readonly ShownEntry[] }).entries;
}

async function nameOf(visit: Visit, externalId: string): Promise<string> {
  if (!visit.may('controllers:read')) return externalId;
  return ((await visit.ask(controllers.get, { params: { externalId } })) as { name: string }).name;
}

interface Days {
  readonly asOf: Temporal.PlainDate;
  readonly since: Temporal.PlainDate | null;
  readonly fault: { readonly field: 'asOf' | 'since'; readonly because: 'day' | 'order' } | null;
}

/** The days that are asked for. With a fault, the register of today. */
function daysOf(query: Visit['query'], today: Temporal.PlainDate): Days {
  const [asOf, since] = [dayFrom(query['asOf']), dayFrom(query['since'])];
  const faulty = (field: 'asOf' | 'since', because: 'day' | 'order'): Days => ({
    asOf: asOf ?? today,
    since: null,
    fault: { field, because },
  });
  if (asOf === undefined) return faulty('asOf', 'day');
  if (since === undefined) return faulty('since', 'day');
  if (since !== null && Temporal.PlainDate.compare(since, asOf ?? today) >= 0) return faulty('since', 'order');
  return { asOf: asOf ?? today, since, fault: null };
}

/** A typed day; `null` where nothing was typed, `undefined` for what is none. */
function dayFrom(typed = ''): Temporal.PlainDate | null | undefined {
  const text = typed.trim();
  if (text === '') return null;
  if (!/^[1-9]\d{3}-\d\d-\d\d$/.test(text)) return undefined;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' });
  } catch {
    return undefined;
  }
}

function rowOf(
  entry: ShownEntry,
  about: { entries: readonly ShownEntry[]; product: ShownProduct; language: Language },
) {
  const { entries, product, language } = about;
  const t = registerWords(language).list;
  const parent = entries.find(({ id }) => id === entry.parentId);
  const since = Temporal.PlainDate.from(entry.activeFrom);
  return {
    id: entry.id,
    name: oneLine(entry.name),
    number: entry.registrationNumber,
    address: entry.address,
    engagedBy: entry.parentId === null ? product.processor.name : oneLine(parent?.name ?? ''),
    processing: passage(entry.processing, language),
    personalData: passage(entry.personalData, language),
    places: placesInWords(entry.locations, language),
    contact: entry.contactPerson && `${oneLine(entry.contactPerson.name)}, ${entry.contactPerson.email}`,
    since: dateInWords(since, language),
    notes: [
      ...(entry.forSome ? [t.forSome] : []),
      ...(entry.factsFrom === entry.activeFrom
        ? []
        : [t.factsFrom(dateInWords(Temporal.PlainDate.from(entry.factsFrom), language))]),
    ],
    change: entry.changeId && `/console/changes/${entry.changeId}`,
  };
}
