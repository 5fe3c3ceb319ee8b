/** An id as PostgreSQL writes it, in lower case: a part for patterns. */
export const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
