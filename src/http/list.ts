import type pg from 'pg';
import { z } from 'zod';
import { expectNamed, type NamedInFilter } from './named-in-filter.ts';
import type { Call, Described, Query, Schema } from './operation.ts';
import { cursorAt, page, PAGE_LENGTH, pageSchema, placeOf, scopeOf } from './pagination.ts';
import type { Cell } from '../web/csv.ts';

/** An item with its place in the list, from which the next page begins. */
export interface Placed<Item> {
  readonly place: string;
  readonly item: Item;
}

/** A page of a list. */
export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/** A field of an item, or of what is in it: `subProcessor.name`. Through an array it means that field of each of its items. */
export type Path<Item> = Item extends readonly (infer Each)[]
  ? Path<Each>
  : Item extends object
    ? { [Field in keyof Item & string]: PathFrom<Field, NonNullable<Item[Field]>> }[keyof Item & string]
    : never;
type PathFrom<Field extends string, Value> = Value extends string | number | boolean | readonly (string | number)[]
  ? Field
  : `${Field}.${Path<Value>}`;

/** What the part of a list is asked for with: its filters, and where it begins. */
export interface ListCall<P extends Schema, F extends z.ZodRawShape> extends Call<P, z.ZodObject<F>, undefined> {
  /** The place after which the part begins; `null`: the beginning. */
  readonly after: string | null;
  readonly limit: number;
}

interface List<Dependencies, P extends Schema, F extends z.ZodRawShape, Item> extends Omit<
  Described<P, undefined, undefined>,
  'query' | 'responses' | 'body' | 'version'
> {
  /** Its parameters beside `limit` and `cursor`. What `product`, `change` and `controller` name must exist. */
  readonly filters?: F;
  readonly item: z.ZodType;
  /** What a place looks like, so that a cursor that somebody made up reaches no statement. */
  readonly place: z.ZodType<string>;
  /** Reads at most `limit` items. */
  readonly find: (db: pg.Pool, call: ListCall<P, F>, dependencies: Dependencies) => Promise<readonly Placed<Item>[]>;
  /** The fields that its CSV has, in this order. */
  readonly columns: readonly Path<Item>[];
}

/** Items with their places. */
export const placed = <Found, Item>(
  found: readonly Found[],
  place: (each: Found) => string,
  view: (each: Found) => Item,
): Placed<Item>[] => found.map((each) => ({ place: place(each), item: view(each) }));

/** The parameters of every list, and those of its filters that name something. */
interface Asked extends NamedInFilter {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** How many rows of a CSV are read at a time. */
const ROWS_READ_AT_ONCE = 500;

/**
 * An operation that lists: in pages, each with the cursor of the next one, or whole as CSV (`Accept: text/csv`). A page that is
 * read while the list grows or shrinks shows each item once that is there all the time.
 */
export function list<
  Dependencies,
  P extends Schema = undefined,
  F extends z.ZodRawShape = z.ZodRawShape,
  Item = unknown,
>(described: List<Dependencies, P, F, Item>): Query<Dependencies, Schema, Schema, Schema, Page<Item>> {
  const { filters = {} as F, item, place: shape, find, columns, refusals, ...rest } = described;
  return {
    ...rest,
    // What a filter names may not exist.
    refusals: [...new Set([...refusals, ...('product' in filters ? (['not-found'] as const) : [])])],
    query: z.strictObject({ ...page, ...filters }),
    responses: { 200: pageSchema(item) },
    read: async (db, call, dependencies) => {
      const { limit = PAGE_LENGTH, cursor, ...given } = call.query as Asked;
      const scope = scopeOf(described.operationId, call.params, given);
      const after = placeOf(cursor, { scope, shape });
      await expectNamed(db, given);
      // One item more than the page has shows whether there is another page.
      const found = await find(db, { ...call, after, limit: limit + 1 } as never, dependencies);
      const last = found.length > limit ? found[limit - 1] : undefined;
      return {
        items: found.slice(0, limit).map((each) => each.item),
        nextCursor: last === undefined ? null : cursorAt(last.place, scope),
      };
    },
    table: {
      columns,
      read: async function* (db, call, dependencies) {
        await expectNamed(db, call.query as Asked);
        let after: string | null = null;
        for (let isLast = false; !isLast;) {
          const part = { ...call, after, limit: ROWS_READ_AT_ONCE } as never;
          const found: readonly Placed<Item>[] = await find(db, part, dependencies);
          yield found.map((each) => columns.map((column) => cellOf(each.item, column.split('.'))));
          after = found.at(-1)?.place ?? null;
          isLast = found.length < ROWS_READ_AT_ONCE;
        }
      },
    },
  };
}

/** What stands at a path, as one cell: values of a list are parted by a bar. */
function cellOf(value: unknown, path: readonly string[]): Cell {
  if (Array.isArray(value)) return value.map((each) => cellOf(each, path) ?? '').join(' | ');
  const [field, ...further] = path;
  if (field === undefined) return (value ?? null) as Cell;
  return value === null || value === undefined ? null : cellOf((value as Record<string, unknown>)[field], further);
}
