import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { InvalidRequest } from '../../src/domain/refused.ts';
import { parseJson } from '../../src/http/parse-json.ts';

/** Where and why a text is refused. */
function faultOf(text: string, firstLine?: number): { path: string; message: string } {
  try {
    parseJson(text, firstLine);
  } catch (error) {
    if (error instanceof InvalidRequest && error.errors.length === 1) return error.errors[0]!;
    throw error;
  }
  throw new Error(`taken: ${text}`);
}

describe('JSON', () => {
  it('is what JSON.parse makes of it', () => {
    const json = fc.json().filter((text) => !text.includes('__proto__'));
    fc.assert(fc.property(json, (text) => isDeepStrictEqual(parseJson(text), JSON.parse(text))));
  });

  it('is refused wherever JSON.parse refuses it, and with a place', () => {
    const piece = fc.constantFrom(...'{}[]:,"\\ \n\t-+.eE01/*tfnu\u00a0\ufeff', '"a"', 'true', 'null', '12', '\\u00e5');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        if (!isJson) expect(faultOf(text).message).toMatch(/at line \d+, column \d+/);
      }),
      { numRuns: 2_000 },
    );
  });
});

test.each([
  ['{"a":1,}', 'Not JSON at line 1, column 8: expected a key in double quotes, found }'],
  [
    '{\n  "a": 1\n  "b": 2\n}',
    'Not JSON at line 3, column 3: expected a comma, or the end of the list or the object, found "',
  ],
  ['{"a": }', 'Not JSON at line 1, column 7: expected a value, found }'],
  ['{"a" 1}', 'Not JSON at line 1, column 6: expected :, found 1'],
  ['{"a":1', 'Not JSON at line 1, column 7: expected }, found the end'],
  ['[1,2', 'Not JSON at line 1, column 5: expected ], found the end'],
  ['{} {}', 'Not JSON at line 1, column 4: expected the end, found {'],
  ['[1.]', 'Not JSON at line 1, column 2: expected a number like 1.5, found 1'],
  ["{'a':1}", "Not JSON at line 1, column 2: expected JSON, found '"],
  ['[\u00a01]', 'Not JSON at line 1, column 2: expected JSON, found U+00A0'],
  ['{"a":1 /* b */}', 'Not JSON at line 1, column 8: expected JSON, found /'],
  ['{"a":"x\ny"}', 'Not JSON at line 1, column 6: the text that begins here has no end on its line'],
  ['["\\x"]', 'Not JSON at line 1, column 2: the text that begins here has an escape that JSON does not know'],
])('a fault has its place, and what was found there: %s', (text, message) => {
  expect(faultOf(text)).toEqual({ path: '', message });
});

test('a line of a longer text is counted from where it stands', () => {
  expect(faultOf('{"a":}', 7).message).toContain('at line 7, column 6');
});

test.each([
  ['{"a":1,"a":1}', 'a'],
  ['{"a":1,"\\u0061":2}', 'a'],
  ['{"contacts":[{"email":"x"},{"email":"y","name":"z","email":"y"}]}', 'contacts.1.email'],
  ['{"a":{"b":{"c":1,"d":{},"c":2}}}', 'a.b.c'],
  ['{"":1,"":2}', ''],
])('a key that is given twice is named with its path: %s', (text, path) => {
  expect(faultOf(text)).toEqual({
    path,
    message: expect.stringMatching(/^This key is given twice, again at line 1, column /),
  });
});

test('a key may stand once in each of several objects', () => {
  const text = '[{"a":1},{"a":{"a":[{"a":1},{"a":2}]}}]';
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

test('no more of a text is told than one character', () => {
  const secret = 'hunter2-hunter2-hunter2';
  for (const text of [secret, `{"key": ${secret}}`, `{"key": "${secret}`, `["${secret}\\x"]`, `{"${secret}" 1}`])
    expect(faultOf(text).message).not.toContain('unter');
});

test.each(['{"__proto__":{"isAdmin":true}}', '{"a":[{"__proto__":null}]}', '{"\\u005f_proto__":1}'])(
  'what would change the prototype of an object is refused: %s',
  (text) => {
    expect(faultOf(text).path).toMatch(/__proto__$/);
  },
);

test('a hundred levels are taken, and no more, however many there are', () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  expect(parseJson(nested(100))).toHaveLength(1);
  expect(faultOf(nested(101)).message).toContain('100 levels');
  expect(faultOf(nested(1_000_000)).message).toContain('100 levels');
  expect(faultOf('{"a":'.repeat(400_000)).message).toContain('100 levels');
});
