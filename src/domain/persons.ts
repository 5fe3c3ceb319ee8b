/** What was set apart of a document, by its place: the keys and indexes down to it, with slashes between. No value is null. */
export type Persons = Readonly<Record<string, unknown>>;

/** Whether what stands under this key of an object is of a person. */
type IsOfPerson = (key: string, holder: object) => boolean;

/** What an element of a change, or a difference of the register, says of a contact person. */
const VALUES_OF_ELEMENT = new Set(['from', 'to', 'expected', 'found']);

/** The contact person of a company, and of an element that is one (D2). */
export const isContactPerson: IsOfPerson = (key, holder) =>
  key === 'contactPerson' || (VALUES_OF_ELEMENT.has(key) && 'element' in holder && holder.element === 'contactPerson');

/** Sets apart what a document of JSON says of persons (D48): `facts` is the same document with null in each of these places. */
export function apart<Told>(whole: Told, isOfPerson: IsOfPerson): { facts: Told; persons: Persons } {
  const persons: Record<string, unknown> = {};
  const facts = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((each, index) => facts(each, `${path}${index}/`));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]: [string, unknown]) => {
        if (!isOfPerson(key, value)) return [key, facts(each, `${path}${key}/`)];
        if (each !== null && each !== undefined) persons[path + key] = each;
        return [key, null];
      }),
    );
  };
  return { facts: facts(whole, '') as Told, persons };
}

/** A document with what was set apart of it; what has been emptied stays null. The places are those of `apart`. */
export function together<Told>(facts: Told, persons: Persons): Told {
  const whole: unknown = structuredClone(facts);
  for (const [place, person] of Object.entries(persons)) {
    const path = place.split('/');
    const last = path.pop() ?? '';
    const holder = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], whole);
    (holder as Record<string, unknown>)[last] = person;
  }
  return whole as Told;
}
