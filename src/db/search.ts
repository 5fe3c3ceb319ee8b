/**
 * SQL: whether the words `q` stand somewhere in a text, or one of `numbers` in a registration number. Both are compared by their
 * keys (sql/019_lists.sql, `domain/registration-number.ts`). Words of which nothing is left are found nowhere. `q` and `numbers`
 * are parameters: the words, and their `searchedNumbers`.
 */
export const isFoundIn = (
  { textKey, registrationKey }: { textKey: string; registrationKey: string },
  { q, numbers }: { q: string; numbers: string },
) => `(${isPartOf(textKey, q)} or ${registrationKey} ~ ${anyOf(numbers)})`;

/** SQL: whether the words `q` stand somewhere in a text, by its key. */
export const isPartOf = (textKey: string, q: string) => `${textKey} like search_pattern(${q})`;

/** SQL: one pattern for all of the numbers, which are digits and letters. For `like any` PostgreSQL asks no index of trigrams. */
const anyOf = (numbers: string) => `nullif(array_to_string(${numbers}::text[], '|'), '')`;
