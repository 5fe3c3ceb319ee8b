import type { ApiDependencies } from '../../api/dependencies.ts';
import type { Page } from '../../http/list.ts';
import type { Query, Schema } from '../../http/operation.ts';
import type { Scope } from '../../domain/permission.ts';
import type { Shown } from '../page.ts';
import type { Said, Visit } from '../visit.ts';
import { changesOf, productOf, type ChangeOfInbox } from './context.ts';
import { sectionsFor, type Section } from './sections.ts';
import { inboxTextsIn } from './texts.ts';

/** How many rows a page of a list has. */
const ROWS = 25;

/** A cell of a table: text, perhaps with a link or as a tag. */
export type Cell = string | { readonly text: string; readonly href?: string; readonly tag?: string };

/** A list of the inbox. */
export interface ListOfInbox<Item> {
  readonly section: Section;
  readonly scope: Scope;
  readonly caption: string;
  readonly none: string;
  readonly columns: readonly string[];
  /** The choices of what is listed, the first unless the address says otherwise; `null`: all. */
  readonly choices: readonly { readonly value: string; readonly name: string }[];
  readonly isOfProducts: boolean;
  readonly ask: (choice: string, said: Said & { query: Readonly<Record<string, unknown>> }) => Promise<Page<Item>>;
  readonly row: (item: Item, change: ChangeOfInbox | undefined) => readonly Cell[];
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

/** The page of a list: what is listed, of which product, and the way to the next rows. */
export async function listPage<Item extends { readonly changeId: string | null }>(
  visit: Visit,
  list: ListOfInbox<Item>,
): Promise<Shown> {
  const { section, caption, none, columns, choices } = list;
  const t = inboxTextsIn(visit.language);
  const choice = choices.find(({ value }) => value === visit.query['show']) ?? choices[0];
  const { product, choices: products } = productOf(visit, list.scope);
  const { cursor } = visit.query;
  const shown = choice?.value ?? '';
  const found = await list.ask(shown, {
    query: { limit: ROWS, cursor, ...(list.isOfProducts && { product }) },
  });
  const changes = await changesOf(visit, found.items);
  const address = (query: Readonly<Record<string, string | undefined>>) => {
    const given = Object.entries({ show: shown, product, ...query }).filter(([, value]) => value !== undefined);
    return `/console/inbox/${section}?${new URLSearchParams(given as [string, string][]).toString()}`;
  };
  return {
    view: 'console/inbox/views/list',
    title: `${t.sections[section]} · ${t.title}`,
    model: {
      t,
      sections: sectionsFor(visit, section),
      choices: choices.map(({ value, name }) => ({ name, href: address({ show: value }), isHere: value === shown })),
      products: products.map((value) => ({
        name: value,
        href: address({ product: value }),
        isHere: value === product,
      })),
      caption,
      none,
      columns,
      rows: found.items.map((item) => list.row(item, changes.get(item.changeId ?? ''))),
      next: found.nextCursor && address({ cursor: found.nextCursor }),
    },
  };
}
