/** A registration number as people type it: 10 00 00 01, DK-10.00.00.01, 983 953 271 MVA. */
const LIKE_A_NUMBER = '^[a-z]{0,3}[ .-]*[0-9][0-9 .-]*[a-z]{0,3}$';

/**
 * SQL: whether the words `q`, a parameter, stand somewhere in a text, or in a registration number where they look like a part of
 * one. Both are compared by their keys (sql/019_lists.sql). Words of which nothing is left are found nowhere.
 */
export const isFoundIn = ({ textKey, numberKey }: { textKey: string; numberKey: string }, q: string) =>
  `(strpos(${textKey}, nullif(search_key(${q}), '')) > 0
    or ${q} ~* '${LIKE_A_NUMBER}' and strpos(${numberKey}, number_key(${q})) > 0)`;
