import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apart, isContactPerson, together } from '../../src/domain/persons.ts';

const SIGNE = { name: 'Signe Lund', email: 'privacy@nordlys.example' };

test('Contact persons of companies, elements and differences are set apart by their places', () => {
  const whole = {
    subProcessor: { name: 'Nordlys', contactPerson: SIGNE },
    effects: [{ act: 'amends', from: { company: { name: 'Nordlys', contactPerson: null } }, to: null }],
    elements: [
      { element: 'name', from: 'Nord', to: 'Nordlys' },
      { element: 'contactPerson', from: null, to: SIGNE, regime: { objection: false } },
      { element: 'contactPerson', expected: SIGNE, found: null },
    ],
  };
  const { facts, persons } = apart(whole, isContactPerson);
  expect(persons).toEqual({
    'subProcessor/contactPerson': SIGNE,
    'elements/1/to': SIGNE,
    'elements/2/expected': SIGNE,
  });
  expect(JSON.stringify(facts)).not.toContain('Signe');
  expect(facts.elements).toEqual([
    { element: 'name', from: 'Nord', to: 'Nordlys' },
    { element: 'contactPerson', from: null, to: null, regime: { objection: false } },
    { element: 'contactPerson', expected: null, found: null },
  ]);
  expect(together(facts, persons)).toEqual(whole);
  expect(together(facts, {})).toEqual(facts);
});

test('What is set apart of any document puts it together again, and stands nowhere in the rest', () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>('x', 1, null),
      fc.dictionary(fc.constantFrom('a', 'b', 'contactPerson', 'email'), tie('tree'), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
      fc.array(tie('tree'), { maxLength: 3 }),
    ),
  }));
  fc.assert(
    fc.property(tree, (whole) => {
      const { facts, persons } = apart(whole, (key) => key === 'email' || key === 'contactPerson');
      expect(together(facts, persons)).toEqual(whole);
      const left: unknown[] = [];
      JSON.stringify(facts, (key, value: unknown) => {
        if (key === 'email' || key === 'contactPerson') left.push(value);
        return value;
      });
      expect(left.every((value) => value === null)).toBe(true);
    }),
  );
});
