import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const filesUnder = (folder: string, ending: string) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => path.posix.join(folder, file));

/** Every source file with its text. */
const SOURCES = new Map(filesUnder('src', '.ts').map((file) => [file, read(file)]));
/** Every source file with the files of ours that it imports, for their types too. */
const IMPORTS = new Map([...SOURCES].map(([file, source]) => [file, importsOf(file, source)]));

function importsOf(file: string, source: string): string[] {
  const specifiers = source.matchAll(/(?:from|import|import\(|new URL\()\s*'(\.[^']+\.ts)'/g);
  return [...specifiers].map(([, specifier = '']) => path.posix.join(path.posix.dirname(file), specifier));
}

/** `src/db/changes.ts` stands in the room `db`, `src/main.ts` in a room of its own, `main`. */
function roomOf(file: string): string {
  const [, first = '', ...rest] = file.split('/');
  return rest.length === 0 ? first.replace(/\.ts$/, '') : first;
}

/** The rooms of ARCHITECTURE.md's code map, each with those that it may import. */
const ROOMS = new Map(
  [...read('ARCHITECTURE.md').matchAll(/^\| `src\/([\w-]+)` +\|[^|]*\|([^|]*)\|$/gm)].map(
    ([, room = '', allowed = '']) => [room, [...allowed.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name)],
  ),
);

describe('The code map of ARCHITECTURE.md', () => {
  test('names every room of src, and no other', () => {
    expect([...ROOMS.keys()].sort()).toEqual([...new Set([...SOURCES.keys()].map(roomOf))].sort());
  });

  test('lists the rooms from the top of the house down: each imports only those below it', () => {
    const order = [...ROOMS.keys()];
    const upward = [...ROOMS].flatMap(([room, allowed]) =>
      allowed.filter((other) => order.indexOf(other) <= order.indexOf(room)).map((other) => `${room} → ${other}`),
    );
    expect(upward).toEqual([]);
  });

  test('is kept to by every import', () => {
    const violations = [...IMPORTS].flatMap(([file, targets]) =>
      targets
        .filter((target) => roomOf(target) !== roomOf(file) && !ROOMS.get(roomOf(file))?.includes(roomOf(target)))
        .map((target) => `${file} → ${target}`),
    );
    expect(violations).toEqual([]);
  });

  test('allows nothing that no file needs', () => {
    const used = new Set(
      [...IMPORTS].flatMap(([file, targets]) => targets.map((to) => `${roomOf(file)} → ${roomOf(to)}`)),
    );
    const unused = [...ROOMS].flatMap(([room, allowed]) =>
      allowed.map((other) => `${room} → ${other}`).filter((arrow) => !used.has(arrow)),
    );
    expect(unused).toEqual([]);
  });
});

test('ARCHITECTURE.md leads to every area of the console, by files that are there', () => {
  const table = /^## The console, area by area$(.*?)^## /ms.exec(read('ARCHITECTURE.md'))?.[1] ?? '';
  const rows = [...table.matchAll(/^\| `([\w-]+)` +\|([^|]*)\|/gm)];
  const areas = [...SOURCES.keys()].flatMap((file) => /^src\/console\/([\w-]+)\//.exec(file)?.[1] ?? []);
  expect(rows.map(([, area = '']) => area).sort()).toEqual([...new Set(areas)].sort());
  const named = rows.flatMap(([, area = '', begin = '']) =>
    [...begin.matchAll(/`([\w-]+\.ts)`/g)].map(([, file = '']) => `src/console/${area}/${file}`),
  );
  expect(named.filter((file) => !SOURCES.has(file))).toEqual([]);
});

test('ARCHITECTURE.md names every file of sql that has no number', () => {
  const [, named = ''] = /files without a number \(([^)]*)\)/.exec(read('ARCHITECTURE.md')) ?? [];
  const files = filesUnder('sql', '.sql').map((file) => file.replace(/^sql\/|\.sql$/g, ''));
  expect(named.split(', ')).toEqual(files.filter((file) => !/^\d/.test(file)).sort());
});

test('No imports go in a circle, those of types included', () => {
  const circles: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, trail: readonly string[]) => {
    if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
    if (trail.includes(file) || finished.has(file)) return;
    for (const target of IMPORTS.get(file) ?? []) visit(target, [...trail, file]);
    finished.add(file);
  };
  for (const file of IMPORTS.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

test('A test notice has a way of its own, which reaches no customer and no queue of messages (D34)', () => {
  const reached = new Set<string>();
  const follow = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const target of IMPORTS.get(file) ?? []) follow(target);
  };
  for (const file of ['src/preview/test-notice.ts', 'src/commands/begin-test-notice.ts']) follow(file);
  expect(reached).toContain('src/db/test-notices.ts');
  const tables = /\b(contacts|controllers|agreements|messages|objection_windows)\b/;
  const readers = [...reached].filter((file) => file.startsWith('src/db/') && tables.test(statementsIn(file)));
  expect(readers).toEqual([]);
  expect([...reached].filter((file) => /^src\/(sending|api)\//.test(file))).toEqual([]);
});

/** What stands between backticks and quotes in a file: its statements. */
function statementsIn(file: string): string {
  return (SOURCES.get(file)?.match(/`[^`]*`|'[^'\n]*'/g) ?? []).join('\n');
}

test('The domain imports no package and nothing of Node.js', () => {
  const foreign = [...SOURCES]
    .filter(([file]) => roomOf(file) === 'domain')
    .flatMap(([file, source]) => [...source.matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => `${file} → ${name}`));
  expect(foreign).toEqual([]);
});

/** The files, of those whose name begins so, that have such a line: `file: the line`. */
function linesLike(
  pattern: RegExp,
  { under = 'src/', except = [] as readonly string[], sources = SOURCES } = {},
): string[] {
  return [...sources]
    .filter(([file]) => file.startsWith(under) && !except.includes(file))
    .flatMap(([file, source]) =>
      source
        .split('\n')
        .filter((line) => pattern.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
}

test('Only src/config reads the environment', () => {
  const environment =
    /process\??\.env\b|process\[|import\.meta\.env|from '(node:)?process'|\} = (globalThis\.)?process;/;
  const outside = linesLike(environment).filter((line) => !line.startsWith('src/config'));
  expect(outside).toEqual([]);
  expect(linesLike(environment, { under: 'src/config' })).not.toEqual([]);
});

describe('Time comes from one clock that is handed in (D29):', () => {
  const CLOCK = 'src/domain/clock.ts';
  const machine = /\bDate\.now\b|\bnew Date(?!\([^)])|(?<!new |\.)\bDate\(\)|\bTemporal\.Now\b/;

  test('nothing but the clock asks the machine', () => {
    expect(linesLike(machine, { except: [CLOCK] })).toEqual([]);
    expect(linesLike(machine, { under: CLOCK })).not.toEqual([]);
  });

  test('no SQL asks the database, but for the guards that compare and the measurement of clocks', () => {
    const OF_DATABASE = ['sql/clock.sql', 'src/db/installation.ts'];
    const database =
      /\b(clock_timestamp|current_instant|latest_instant|statement_timestamp|transaction_timestamp|timeofday)\b|\bcurrent_(timestamp|date|time)\b|\blocaltime|[^.\w]now\(\)(?!\))|'(now|today|tomorrow|yesterday)'/i;
    const sql = new Map(filesUnder('sql', '.sql').map((file) => [file, read(file)]));
    expect(sql.size).toBeGreaterThan(0);
    expect(linesLike(database, { under: 'sql/', sources: sql, except: OF_DATABASE })).toEqual([]);
    expect(linesLike(database, { under: 'sql/clock.sql', sources: sql })).not.toEqual([]);
    expect(linesLike(database, { under: 'src/db/', except: OF_DATABASE })).toEqual([]);
    expect(linesLike(/\bcurrent_instant\b/).length).toBe(1);
  });
});

test('SQL stands in src/db, and where the embedded database is made', () => {
  const statement =
    /\.query\(|['"`]\s*(select\b.*\bfrom|insert into|update [\w ]+ set|delete from|(create|alter|drop|truncate) table)\b|^\s*(select .* from|insert into|update \w+ set|delete from) [a-z_]+\b(?!.*')/;
  const outside = linesLike(statement).filter(
    (line) => !line.startsWith('src/db/') && !line.startsWith('src/embedded/postgres'),
  );
  expect(outside).toEqual([]);
  expect(linesLike(statement, { under: 'src/db/' }).length).toBeGreaterThan(50);
});
