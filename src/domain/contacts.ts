/** Whether two addresses are of one mailbox. The case of letters makes no difference. */
export function areSameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * The addresses of `contacts` that `others` has not. With the contacts after and before a correction, those who are new; the other
 * way round, those who are left out. A new name, language or place in the list makes nobody new (D35).
 */
export function addressesMissingIn(
  others: readonly { readonly email: string }[],
  contacts: readonly { readonly email: string }[],
): string[] {
  const known = new Set(others.map(({ email }) => email.toLowerCase()));
  return contacts.map(({ email }) => email).filter((email) => !known.has(email.toLowerCase()));
}
