import { contactsTold, contactsWith, contentsOf, officersOf, type Content } from '../db/person-contents.ts';
import { namesOf, rowsOfPerson } from '../db/erasing.ts';
import type { Queryable } from '../db/postgres.ts';
import { instantText } from '../domain/instant.ts';
import { WHAT_TELLS } from '../domain/erasure.ts';

/** Everything on record about the person with this address, as the API shows it (D52). */
export async function exportPerson(db: Queryable, email: string, now: Temporal.Instant) {
  const found = await rowsOfPerson(db, email, now);
  const contacts = await contactsWith(db, email);
  const items = contacts.map(({ controller, ...content }) => {
    return {
      what: WHAT_TELLS.contacts,
      controller,
      changeId: null,
      because: null,
      until: null,
      content: named(content),
    };
  });
  const all: unknown[] = [...items];
  for (const [table, of] of Map.groupBy(found, (row) => row.table)) {
    const contents = await contentsOf(
      db,
      table,
      of.map(({ key }) => key),
      email,
    );
    for (const { key, controller, changeId, because, until } of of) {
      const content = named(contents.get(key) ?? {});
      all.push({ what: WHAT_TELLS[table], controller, changeId, because, until: until && instantText(until), content });
    }
  }
  const controllers = [...found, ...contacts].flatMap(({ controller }) => (controller === null ? [] : [controller]));
  const officers = await officersOf(db, [...new Set(controllers)]);
  const told = await contactsTold(db, found, email);
  return {
    email,
    names: await namesOf(db, email),
    recipients: [
      ...officers.map((each) => ({ who: 'officers' as const, ...each })),
      ...told.map((each) => ({ who: 'contacts' as const, ...each })),
    ],
    items: all,
  };
}

/** A row by the names that the API has for its fields. What is not there is left out. */
function named(content: Content): Content {
  return Object.fromEntries(
    Object.entries(content)
      .filter(([, value]) => value !== null)
      .map(([column, value]) => [column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value]),
  );
}
