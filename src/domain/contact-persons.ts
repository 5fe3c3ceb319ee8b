import type { Effect } from './effect.ts';
import type { ContactPerson } from './register.ts';
import { oneLine } from './text.ts';

/**
 * The contact persons of the companies that a change is about (D2), each once and in a fixed order: mails have their places, and
 * not the persons themselves (D50). Two that read alike are one.
 */
export function contactPersonsOf({ effects }: { readonly effects: readonly Effect[] }): ContactPerson[] {
  const persons = effects.flatMap(({ from, to }) => [from, to].map((side) => side?.company.contactPerson ?? null));
  const distinct = new Map(
    persons.flatMap((person) =>
      person === null ? [] : [[keyOfPerson(person), { ...person, name: oneLine(person.name) }]],
    ),
  );
  return [...distinct.values()];
}

/** The same change with other contact persons: each is replaced by what is given for it. */
export function withContactPersons<Changed extends { readonly effects: readonly Effect[] }>(
  change: Changed,
  instead: readonly ContactPerson[],
): Changed {
  const places = new Map(
    contactPersonsOf(change).map((person, index) => [keyOfPerson(person), instead[index] ?? person]),
  );
  const replaced = (side: Effect['from']): Effect['from'] => {
    const person = side?.company.contactPerson ?? null;
    if (side === null || person === null) return side;
    return { ...side, company: { ...side.company, contactPerson: places.get(keyOfPerson(person)) ?? person } };
  };
  return {
    ...change,
    effects: change.effects.map((each) => ({ ...each, from: replaced(each.from), to: replaced(each.to) })),
  };
}

function keyOfPerson({ name, email }: ContactPerson): string {
  return JSON.stringify([oneLine(name), email]);
}
