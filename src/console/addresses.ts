/** The page of a change. */
export const changeAddress = (id: string) => `/console/changes/${id}`;

/** The page of all that is on record of a customer and a change. */
export const storyAddress = (changeId: string, externalId: string) =>
  `${changeAddress(changeId)}/controllers/${encodeURIComponent(externalId)}`;

/** What a product's customers have said, and waits to be read or decided. */
export const inboxAddress = (what: 'objections' | 'answers' | 'approvals', product: string) =>
  `/console/inbox/${what}?product=${product}`;

/** The address of a page with these parameters, without those that are empty. */
export function withQuery(href: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter((each): each is [string, string] => (each[1] ?? '') !== '');
  return given.length === 0 ? href : `${href}?${new URLSearchParams(given).toString()}`;
}

/** Those of these parameters that were given. */
export function givenIn(query: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = query[name]?.trim();
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}
