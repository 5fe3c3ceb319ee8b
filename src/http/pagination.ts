import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Problem } from './problems.ts';

/** How many items a page has unless it is asked for others. */
export const PAGE_LENGTH = 50;
const MAX_PAGE_LENGTH = 200;
const EXPECTED_LIMIT = `Expected a whole number from 1 to ${MAX_PAGE_LENGTH}`;

/** `?limit=` and `?cursor=` of every list. */
export const page = {
  limit: z.coerce
    .number(EXPECTED_LIMIT)
    .int(EXPECTED_LIMIT)
    .min(1, EXPECTED_LIMIT)
    .max(MAX_PAGE_LENGTH, EXPECTED_LIMIT)
    .optional()
    .meta({ description: `How many items a page has at most; ${PAGE_LENGTH} unless given.` }),
  cursor: z
    .string()
    .min(1, 'Expected a nextCursor of this list')
    .max(500, 'Expected a nextCursor of this list')
    .optional()
    .meta({ description: 'The `nextCursor` of the page before, asked for with the same filters and sort.' }),
};

/** What tells a list, with its filters and its order, from every other: a cursor is good for no other. */
export function scopeOf(...list: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, SCOPE_LENGTH);
}
const SCOPE_LENGTH = 8;

/**
 * The place in a list that a cursor stands for; `null`: the beginning. Throws `invalid-request` for one that this list has not
 * given out, with these filters and in this order.
 */
export function placeOf(
  cursor: string | undefined,
  { scope, shape, parameter = 'cursor' }: { scope: string; shape: z.ZodType<string>; parameter?: 'cursor' | 'after' },
): string | null {
  if (cursor === undefined) return null;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const place = shape.safeParse(text.slice(scope.length));
  // Decoding ignores bytes that are not base64url or not UTF-8, so the place must encode to the same cursor again.
  if (place.success && cursorAt(place.data, scope) === cursor) return place.data;
  throw new Problem('invalid-request', 'The cursor is not one that this list has given out with these filters.', {
    errors: [{ path: parameter, message: 'Expected a nextCursor of this list, asked with the same filters and sort' }],
  });
}

/** The cursor that stands for a place in the list of this scope. */
export function cursorAt(place: string, scope: string): string {
  return Buffer.from(scope + place).toString('base64url');
}

/** The schema of a page. Its example holds the example of an item. */
export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z
    .object({ items: z.array(item), nextCursor: z.string().nullable() })
    .meta({ examples: [{ items: item.meta()?.examples ?? [], nextCursor: null }] });
