import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { EVENT_TYPES } from '../src/domain/event.ts';
import { scopesOf, type Role } from '../src/domain/permission.ts';
import { FAULT_KINDS } from '../src/evidence/verification.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const exists = (file: string) => existsSync(path.join(ROOT, file));

/** Every file of the repository, new ones included. */
const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && exists(file));
const DOCUMENTS = FILES.filter((file) => /^(?:[A-Z]+\.md|docs\/.*\.md)$/.test(file));
const SOURCES = FILES.filter((file) => /^(?:src|test|sql|emails)\/.*\.(?:ts|sql|mjml|eta)$/.test(file));

/** Whatever a pattern captures in these files: `file: captured`. */
function found(files: readonly string[], pattern: RegExp): { file: string; captured: string }[] {
  return files.flatMap((file) =>
    [...read(file).matchAll(pattern)].map(([, captured = '']) => ({ file, captured: captured.trim() })),
  );
}

/** Those that do not hold, as lines that say where. */
function broken(
  all: readonly { file: string; captured: string }[],
  holds: (captured: string, file: string) => boolean,
) {
  expect(all.length).toBeGreaterThan(0);
  return all.filter(({ file, captured }) => !holds(captured, file)).map(({ file, captured }) => `${file}: ${captured}`);
}

const FOLDERS = new Set(FILES.flatMap((file) => file.split('/').slice(0, -1)));
const EXTENSION = /\.(?:ts|cjs|sql|mjml|eta|md|json)$/;

/** Whether something in backticks can only be meant as a path: `src/db/changes.ts`, `db/changes.ts`, `test/bench`. */
function looksLikePath(code: string): boolean {
  if (!/^[\w.][\w./-]*$/.test(code)) return false;
  return EXTENSION.test(code) ? !/^\.\w+$/.test(code) : code.includes('/') && FOLDERS.has(code.split('/')[0] ?? '');
}

/** Paths count from the root or from `src`; a file named alone may be anywhere. */
function isFile(code: string): boolean {
  return [code, `src/${code}`, `${code}.ts`].some(exists) || FILES.some((file) => path.basename(file) === code);
}

test('Every path in a document exists', () => {
  const paths = found(DOCUMENTS, /`([^`\n]+)`/g)
    .filter(({ captured }) => looksLikePath(captured))
    // The files of an evidence pack: test/evidence/pack.test.ts.
    .filter(({ file, captured }) => !(file === 'docs/evidence.md' && captured.endsWith('.json')));
  expect(broken(paths, isFile)).toEqual([]);
});

test('Every file that a comment names with its folder exists', () => {
  const named = found(SOURCES, /(?:\/\/|\*|--).*?\b((?:src|test|sql|docs|emails)\/[\w./-]+\.(?:ts|sql|md|eta|mjml))/g);
  expect(broken(named, exists)).toEqual([]);
});

test('Every link between documents leads to a file', () => {
  const links = found(DOCUMENTS, /\]\((?!https?:)([^)#]+)[^)]*\)/g);
  expect(broken(links, (link, file) => exists(path.join(path.dirname(file), link)))).toEqual([]);
});

test('Every decision that is cited has been taken', () => {
  const cited = found([...DOCUMENTS, ...SOURCES], /\bdecisions?[ /](\d{1,3})\b/g);
  const taken = new Set(FILES.map((file) => Number(/^docs\/decisions\/(\d+)-/.exec(file)?.[1])));
  expect(broken(cited, (number) => taken.has(Number(number)))).toEqual([]);
});

test('Every rule that is cited is a rule of the domain', () => {
  const rules = new Set(found(['docs/domain.md'], /^- \*\*(D\d+)\*\*/gm).map(({ captured }) => captured));
  expect(broken(found([...DOCUMENTS, ...SOURCES], /\b(D[1-9]\d?)\b/g), (rule) => rules.has(rule))).toEqual([]);
});

test('Every npm script that a document names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  expect(broken(found(DOCUMENTS, /\bnpm run ([\w-]+)/g), (name) => name in scripts)).toEqual([]);
});

test('The scopes of each role are those that the API goes by', () => {
  const rows = found(['docs/api.md'], /^\| ((?:reader|officer|approver|admin) .*) \|$/gm).map(
    ({ captured }) => captured,
  );
  const documented = Object.fromEntries(
    rows.map((row) => [/^\w+/.exec(row)?.[0], [...row.matchAll(/`([a-z:]+)`/g)].map(([, scope]) => scope)]),
  );
  const scopes = (role: Role) => scopesOf({ role, scopes: null, products: null });
  const more = (role: Role, than: readonly string[]) => scopes(role).filter((scope) => !than.includes(scope));
  expect(documented).toEqual({
    reader: scopes('reader'),
    officer: more('officer', scopes('reader')),
    approver: more('approver', scopes('officer')),
    admin: more('admin', scopes('approver')),
  });
});

test('The faults of a verification that are explained are those that there are', () => {
  const kinds = found(['docs/evidence.md'], /^\| `([a-z-]+)` +\|/gm).map(({ captured }) => captured);
  expect(kinds).toEqual([...FAULT_KINDS]);
});

test('The types of events that consumers are told of are those that there are', () => {
  const types = found(['docs/webhooks.md'], /^\| `([a-z-]+\.[a-z-]+)` +\|/gm).map(({ captured }) => captured);
  expect(types.toSorted()).toEqual([...EVENT_TYPES, 'webhook.test'].toSorted());
});
