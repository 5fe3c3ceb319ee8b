import type { ApiDependencies } from '../../api/dependencies.ts';
import type { Page } from '../../http/list.ts';
import type { Query, Schema } from '../../http/operation.ts';
import { withQuery } from '../addresses.ts';
import { namesOfCustomers } from '../customer-names.ts';
import { namesOfProducts, productOfList } from '../own-products.ts';
import { consolePage, type ConsolePage } from '../page.ts';
import type { Said, Visit } from '../visit.ts';
import { changesOf } from './context.ts';
import { scopeOf, sectionsFor, type Section } from './sections.ts';
import { inboxTextsIn, type InboxTexts } from './texts.ts';

/** How many rows a page of a list has. */
const ROWS = 25;

/** A cell of a table: text, perhaps with a link or as a tag. */
type Cell = string | { readonly text: string; readonly href?: string; readonly tag?: string };

/** A list of the inbox, whose other words are those of its section. */
interface ListOfInbox<Item> {
  /** The choices of what is listed, the first unless the address says otherwise. */
  readonly choices: readonly { readonly value: string; readonly name: string }[];
  readonly isOfProducts: boolean;
  readonly ask: (choice: string, said: Said & { query: Readonly<Record<string, unknown>> }) => Promise<Page<Item>>;
  /** `change` and `customer` are what the two are called; empty where there is none. */
  readonly row: (item: Item, names: { readonly change: string; readonly customer: string }) => readonly Cell[];
}

/**
 * Of a list by status: its choices, with all of them last, and what is asked for. What waits comes in the order in which it was
 * received, anything else newest first.
 */
export function byStatus<Item>(
  visit: Visit,
  operation: Query<ApiDependencies, Schema, Schema, Schema, Page<Item>>,
  { waiting, statuses }: { readonly waiting: string; readonly statuses: readonly (readonly [string, string])[] },
): Pick<ListOfInbox<Item>, 'choices' | 'isOfProducts' | 'ask'> {
  return {
    choices: [...statuses, ['all', inboxTextsIn(visit.language).all] as const].map(([value, name]) => ({
      value,
      name,
    })),
    isOfProducts: true,
    ask: (status, { query }) =>
      visit.ask(operation, {
        query: { ...query, sort: status === waiting ? 'received' : '-received', ...(status !== 'all' && { status }) },
      }),
  };
}

/** `GET` of a section: what is listed, of which product, and the way to the next rows. */
export const listOf = <Item extends { readonly changeId: string | null; readonly controller: string | null }>(
  section: Section,
  listIn: (visit: Visit, t: InboxTexts) => ListOfInbox<Item>,
): ConsolePage =>
  consolePage(scopeOf(section), async (visit, { api }) => {
    const t = inboxTextsIn(visit.language);
    const { choices, isOfProducts, ask, row } = listIn(visit, t);
    const { caption, none, columns } = t[section];
    const shown = (choices.find(({ value }) => value === visit.query['show']) ?? choices[0])?.value ?? '';
    const { product, choices: products } = productOfList(visit, scopeOf(section));
    const found = await ask(shown, {
      query: { limit: ROWS, cursor: visit.query['cursor'], ...(isOfProducts && { product }) },
    });
    const changes = await changesOf(visit, found.items);
    const customerName = await namesOfCustomers(
      api.pool,
      found.items.flatMap(({ controller }) => controller ?? []),
    );
    const productName = products.length === 0 ? String : await namesOfProducts(visit);
    const address = (query: Readonly<Record<string, string | undefined>>) =>
      withQuery(`/console/inbox/${section}`, { show: shown, product, ...query });
    return {
      view: 'console/inbox/views/list',
      title: `${t.sections[section]} · ${t.title}`,
      model: {
        t,
        sections: sectionsFor(visit, section),
        choices: choices.map(({ value, name }) => ({ name, href: address({ show: value }), isHere: value === shown })),
        products: products.map((value) => ({
          name: productName(value),
          href: address({ product: value }),
          isHere: value === product,
        })),
        caption,
        none,
        columns,
        rows: found.items.map((item) =>
          row(item, {
            change: changes.get(item.changeId ?? '')?.name ?? '',
            customer: item.controller === null ? '' : customerName(item.controller),
          }),
        ),
        next: found.nextCursor && address({ cursor: found.nextCursor }),
      },
    };
  });
