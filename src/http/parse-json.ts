import { printParseErrorCode, visit, type JSONPath, type JSONVisitor } from 'jsonc-parser';
import { InvalidRequest } from '../domain/refused.ts';

/** How deep JSON may nest. PostgreSQL and what works through it by recursion run out of stack at some thousands. */
const DEEPEST = 100;

/** What JSON has where the parser found something else. */
const EXPECTED: Readonly<Record<string, string>> = {
  PropertyNameExpected: 'a key in double quotes',
  ValueExpected: 'a value',
  ColonExpected: ':',
  CommaExpected: 'a comma, or the end of the list or the object',
  CloseBraceExpected: '}',
  CloseBracketExpected: ']',
  EndOfFileExpected: 'the end',
  InvalidNumberFormat: 'a number like 1.5',
  UnexpectedEndOfNumber: 'a number like 1.5',
};
/** What is wrong with a text between double quotes. It is not quoted: it can be a secret. */
const FAULTS_OF_TEXT: Readonly<Record<string, string>> = {
  UnexpectedEndOfString: 'the text that begins here has no end on its line',
  InvalidUnicode: 'the text that begins here has \\u without four hexadecimal digits',
  InvalidEscapeCharacter: 'the text that begins here has an escape that JSON does not know',
  InvalidCharacter: 'the text that begins here has a control character that is not escaped',
};

/**
 * The value of a JSON text (RFC 8259). Throws `InvalidRequest` for what is not JSON, with line and column; for a key that is
 * given twice, because one of its values would be ignored; for `__proto__` as a key; and for what nests deeper than
 * `DEEPEST`. `firstLine` is the number of its first line where the text is part of a longer one.
 */
export function parseJson(text: string, firstLine = 1): unknown {
  // Looks first, because it stops at the depth where JSON.parse goes on.
  visit(text, strictVisitor(text, firstLine), { disallowComments: true });
  return JSON.parse(text);
}

function strictVisitor(text: string, firstLine: number): JSONVisitor {
  const placeAt = (line: number, column: number) => `line ${firstLine + line}, column ${column + 1}`;
  /** The keys of each object that is open. */
  const open: Set<string>[] = [];
  const refuseDepth = (pathOf: () => JSONPath) => {
    if (pathOf().length >= DEEPEST) throw invalidJson('', `Expected at most ${DEEPEST} levels, found more`);
  };
  return {
    onObjectBegin(_offset, _length, _line, _column, pathOf) {
      refuseDepth(pathOf);
      open.push(new Set());
    },
    onObjectEnd: () => void open.pop(),
    onArrayBegin: (_offset, _length, _line, _column, pathOf) => refuseDepth(pathOf),
    onObjectProperty(key, _offset, _length, line, column, pathOf) {
      const keys = open.at(-1);
      const path = () => [...pathOf(), key].join('.');
      if (keys?.has(key)) throw invalidJson(path(), `This key is given twice, again at ${placeAt(line, column)}`);
      if (key === '__proto__') throw invalidJson(path(), 'Unknown field');
      keys?.add(key);
    },
    onError(code, offset, _length, line, column) {
      const name = printParseErrorCode(code);
      const found = `found ${characterAt(text, offset)}`;
      const fault = FAULTS_OF_TEXT[name] ?? `expected ${EXPECTED[name] ?? 'JSON'}, ${found}`;
      throw invalidJson('', `Not JSON at ${placeAt(line, column)}: ${fault}`);
    },
  };
}

const invalidJson = (path: string, message: string) =>
  new InvalidRequest([{ path, message }], `The JSON cannot be taken. ${path === '' ? '' : `${path}: `}${message}.`);

/** The character at a place, for a reader. One character gives no secret away. */
function characterAt(text: string, offset: number): string {
  const code = text.codePointAt(offset);
  if (code === undefined) return 'the end';
  const character = String.fromCodePoint(code);
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character)
    ? character
    : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
