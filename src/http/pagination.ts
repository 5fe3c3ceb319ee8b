import { z } from 'zod';
import { Problem } from './problems.ts';

/** `?limit=` and `?cursor=` of every list. */
export const page = {
  limit: z.coerce.number().int().min(1, 'Expected 1 to 200').max(200, 'Expected 1 to 200').default(50),
  cursor: z.string().min(1).max(500).optional(),
};

/** The place in a list that a cursor stands for; `null` at its beginning. Throws `invalid-request` for a made-up cursor. */
export function placeOf(
  cursor: string | undefined,
  shape: z.ZodType<string>,
  parameter: 'cursor' | 'after' = 'cursor',
): string | null {
  if (cursor === undefined) return null;
  const place = shape.safeParse(Buffer.from(cursor, 'base64url').toString('utf8'));
  // Decoding passes over what is no base64url or no UTF-8: only what encodes to the same again was given out.
  if (place.success && cursorAt(place.data) === cursor) return place.data;
  throw new Problem('invalid-request', 'The cursor is not one that this list has given out.', {
    errors: [{ path: parameter, message: 'Expected a nextCursor of this list' }],
  });
}

/** The cursor that stands for a place. */
export function cursorAt(place: string): string {
  return Buffer.from(place).toString('base64url');
}

/** One page: what was found, one item more than asked for if there is more, and the cursor to go on with. */
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

/** The schema of a page, with the example of its items. */
export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z
    .object({ items: z.array(item), nextCursor: z.string().nullable() })
    .meta({ examples: [{ items: item.meta()?.examples ?? [], nextCursor: null }] });
