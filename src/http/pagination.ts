import { z } from 'zod';
import { Problem } from './problems.ts';

const LIMITS = 'Expected a whole number from 1 to 200';

/** `?limit=` and `?cursor=` of every list. */
export const page = {
  limit: z.coerce.number(LIMITS).int(LIMITS).min(1, LIMITS).max(200, LIMITS).default(50),
  cursor: z.string().min(1).max(500).optional(),
};

/** The place in a list that a cursor stands for; `null`: the beginning. Throws `invalid-request` for one that no list gave out. */
export function placeOf(
  cursor: string | undefined,
  shape: z.ZodType<string>,
  parameter: 'cursor' | 'after' = 'cursor',
): string | null {
  if (cursor === undefined) return null;
  const place = shape.safeParse(Buffer.from(cursor, 'base64url').toString('utf8'));
  // Decoding ignores bytes that are not base64url or not UTF-8, so the place must encode to the same cursor again.
  if (place.success && cursorAt(place.data) === cursor) return place.data;
  throw new Problem('invalid-request', 'The cursor is not one that this list has given out.', {
    errors: [{ path: parameter, message: 'Expected a nextCursor of this list' }],
  });
}

/** The cursor that stands for a place. */
export function cursorAt(place: string): string {
  return Buffer.from(place).toString('base64url');
}

/** One page out of `found`, which holds one item more than `limit` where there is a next page, and the cursor of that page. */
export function pageOf<Found, Item>(
  found: readonly Found[],
  limit: number,
  place: (last: Found) => string,
  view: (item: Found) => Item,
): { items: Item[]; nextCursor: string | null } {
  const last = found.length > limit ? found[limit - 1] : undefined;
  return {
    items: found.slice(0, limit).map(view),
    nextCursor: last === undefined ? null : cursorAt(place(last)),
  };
}

/** The schema of a page. Its example holds the example of an item. */
export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z
    .object({ items: z.array(item), nextCursor: z.string().nullable() })
    .meta({ examples: [{ items: item.meta()?.examples ?? [], nextCursor: null }] });
