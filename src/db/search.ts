/**
 * SQL: whether the words `q` stand somewhere in a text, or one of `numbers` in a registration number. Both are compared by their
 * keys (sql/019_lists.sql, `domain/registration-number.ts`). Words of which nothing is left are found nowhere. `q` and `numbers`
 * are parameters: the words, and their `searchedNumbers`, which are two at most. Every row may be asked, so there is no subquery.
 */
export const isFoundIn = (
  { textKey, registrationKey }: { textKey: string; registrationKey: string },
  { q, numbers }: { q: string; numbers: string },
) =>
  `(strpos(${textKey}, nullif(search_key(${q}), '')) > 0
    or strpos(${registrationKey}, (${numbers}::text[])[1]) > 0 or strpos(${registrationKey}, (${numbers}::text[])[2]) > 0)`;
