/**
 * JSON that is the same for the same values: members in the order of their names, no white space, and none for what is
 * undefined (RFC 8785, of which numbers need no more than JSON.stringify here).
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

/** Whether both are the same value, in whatever order their members stand: PostgreSQL keeps an order of its own. */
export function areEqual(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
