import fc, { type Arbitrary } from 'fast-check';
import { EXAMPLE_ID } from '../../src/http/documentation.ts';
import { resolved, type Json, type OpenApiDocument } from '../support/open-api.ts';

/** Stands in a request for something that exists when it is sent: the nth of its kind, counted round and round. */
export interface Known {
  readonly known: string;
  readonly nth: number;
}

export const isKnown = (value: unknown): value is Known =>
  typeof value === 'object' && value !== null && 'known' in value && 'nth' in value;

export const aKnown = (known: string): Arbitrary<Known> => fc.nat(10_000).map((nth) => ({ known, nth }));

/** Names of fields and parameters whose values exist somewhere, and of what kind they are. */
const KINDS: Readonly<Record<string, string>> = {
  externalId: 'externalId',
  controller: 'externalId',
  product: 'product',
  products: 'product',
  token: 'token',
  url: 'url',
};
/** What stands for something that exists in the examples of the document. */
const IN_EXAMPLES: Readonly<Record<string, string>> = {
  [EXAMPLE_ID]: 'id',
  'kunde-1001': 'externalId',
  'https://example.com/varsel': 'url',
};

// Each once: fast-check prepares tables of characters for each.
const WORDS = fc.constantFrom('Nordlys ApS', 'Vi er uenige', 'Æblegård & Søn', 'ingen', ' x ');
const GRAPHEMES = fc.string({ unit: 'grapheme', maxLength: 40 });
const UNPRINTABLE = fc.string({
  unit: fc.constantFrom('\u0000', '\u202e', '\ud800', '\u00ad', '\u{1f600}', '\n', '\t', 'a'),
  maxLength: 40,
});
const SIMPLE = fc.stringMatching(/^\w[\w.-]{0,30}\w$/);
export const UUIDS = fc.uuid();

/** Values that fit a schema of the document, as far as it says. `name` is the field's or parameter's. */
export function valuesOf(document: OpenApiDocument, today: Temporal.PlainDate) {
  const days = fc.integer({ min: -400, max: 800 }).map((offset) => today.add({ days: offset }).toString());
  const FORMATS: Readonly<Record<string, Arbitrary<unknown>>> = {
    uuid: fc.oneof({ weight: 4, arbitrary: aKnown('id') }, { weight: 1, arbitrary: UUIDS }),
    date: days,
    'date-time': fc.tuple(days, fc.nat(86_399)).map(([day, second]) => {
      const time = Temporal.PlainTime.from('00:00').add({ seconds: second });
      return `${day}T${time.toString({ smallestUnit: 'second' })}+01:00`;
    }),
  };

  const made = new Map<string, Arbitrary<unknown>>();

  function valueOf(given: Json, name: string): Arbitrary<unknown> {
    const place = `${name} ${JSON.stringify(given)}`;
    const arbitrary = made.get(place) ?? valueOfSchema(resolved(document, given), name);
    made.set(place, arbitrary);
    return arbitrary;
  }

  function valueOfSchema(schema: Json, name: string): Arbitrary<unknown> {
    const examples = examplesOf(schema);
    const fresh = freshValueOf(schema, name);
    if (examples.length === 0) return fresh;
    // Of what exists by name, an example seldom does; of what has a form, most others mean nothing.
    const weight = schema.type === 'string' ? 5 : 1;
    return fc.oneof({ weight: 2, arbitrary: fresh }, { weight, arbitrary: fc.constantFrom(...examples) });
  }

  function freshValueOf(schema: Json, name: string): Arbitrary<unknown> {
    const { anyOf, oneOf, enum: named, type } = schema as Record<'anyOf' | 'oneOf' | 'enum', Json[]> & Json;
    const choices = anyOf ?? oneOf;
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => valueOf(choice, name)));
    if ('const' in schema) return fc.constant(schema.const);
    if (named !== undefined) return fc.constantFrom<unknown>(...named);
    const types = [type].flat() as (string | undefined)[];
    return fc.oneof(...types.map((each) => valueOfType(each, schema, name)));
  }

  function valueOfType(type: string | undefined, schema: Json, name: string): Arbitrary<unknown> {
    if (type === 'null') return fc.constant(null);
    if (type === 'boolean') return fc.boolean();
    if (type === 'integer' || type === 'number') {
      const { minimum: min = 0, maximum: max = 1_000 } = schema as { minimum?: number; maximum?: number };
      return fc.integer({ min, max });
    }
    if (type === 'array') {
      const {
        minItems = 0,
        maxItems = 5,
        items = {},
      } = schema as { minItems?: number; maxItems?: number; items?: Json };
      return fc.array(valueOf(items, name), {
        minLength: minItems,
        maxLength: Math.min(maxItems, minItems + 3),
      });
    }
    if (type === 'object') return anObject(schema);
    if (type === 'string') return aText(schema, name);
    return fc.jsonValue({ maxDepth: 2 });
  }

  function anObject(schema: Json): Arbitrary<unknown> {
    const { properties, required = [] } = schema as { properties?: Record<string, Json>; required?: string[] };
    if (properties === undefined) return fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 1 }));
    const values = Object.fromEntries(Object.entries(properties).map(([key, child]) => [key, valueOf(child, key)]));
    return fc.record(values, { requiredKeys: required });
  }

  function aText({ format, pattern, maxLength = 200, minLength = 0 }: Json, name: string): Arbitrary<unknown> {
    const known = KINDS[name] === undefined ? [] : [{ weight: 4, arbitrary: aKnown(KINDS[name]) }];
    const formatted = FORMATS[String(format)];
    if (formatted !== undefined) return formatted;
    if (typeof pattern === 'string') return fc.oneof(...known, { weight: 1, arbitrary: matching(pattern) });
    const most = Number(maxLength);
    const drawn = [WORDS, GRAPHEMES, UNPRINTABLE, fc.constant('x'.repeat(most))];
    const fitting = drawn.map((text) => text.map((each) => (each === '' && minLength !== 0 ? 'x' : cut(each, most))));
    return fc.oneof(...known, ...fitting.map((arbitrary, index) => ({ weight: [6, 3, 1, 1][index] ?? 1, arbitrary })));
  }

  return { valueOf };
}

const cut = (text: string, most: number) => [...text].slice(0, most).join('');

function drawable(pattern: string): Arbitrary<string> {
  if (!pattern.includes('[^')) return fc.stringMatching(new RegExp(pattern, 'u'));
  // fast-check would list every character that is not among these.
  return pattern.includes('@') ? SIMPLE.map((name) => `${name}@kunde.example`) : SIMPLE;
}

const matchings = new Map<string, Arbitrary<string>>();

function matching(pattern: string): Arbitrary<string> {
  const known = matchings.get(pattern) ?? drawable(pattern);
  matchings.set(pattern, known);
  return known;
}

/** The examples of a schema, with what they refer to exchanged for what exists. */
function examplesOf({ examples }: Json): unknown[] {
  if (!Array.isArray(examples)) return [];
  return JSON.parse(JSON.stringify(examples), (_key, value: unknown) => {
    const kind = typeof value === 'string' ? IN_EXAMPLES[value] : undefined;
    return kind === undefined ? value : { known: kind, nth: 0 };
  }) as unknown[];
}
