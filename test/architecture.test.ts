import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createScanner } from 'typescript/unstable/ast/scanner';
import { SyntaxKind } from 'typescript/unstable/ast';
import { describe, expect, test } from 'vitest';

/*
 * The dependency rule and the invariants of docs/design.md, executable. Every checker takes sources by path and gives a
 * line for each violation; beside each rule is one planted violation, to prove that the checker would see it.
 */

type Sources = Readonly<Record<string, string>>;

const ROOT = path.resolve(import.meta.dirname, '..');
const CODE = /\.[cm]?[jt]s$/;

/** The files under a folder whose names fit, by their path from the root of the project. */
function filesUnder(folder: string, names: RegExp): Sources {
  const found = readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && names.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
  return Object.fromEntries(
    found.sort().map((file) => [path.relative(ROOT, file).replaceAll(path.sep, '/'), readFileSync(file, 'utf8')]),
  );
}

const SRC = filesUnder('src', CODE);
const SQL = filesUnder('sql', /\.sql$/);

describe('The dependency rule', () => {
  const EVERYTHING = 'everything';
  /** What a folder's files, and a file of src itself, may import of ours beside their own folder. */
  const MAY_IMPORT: Readonly<Record<string, readonly string[] | typeof EVERYTHING>> = {
    domain: [],
    security: [],
    db: ['domain'],
    mail: ['domain'],
    webhooks: ['domain'],
    commands: ['db', 'domain'],
    http: ['commands', 'db', 'domain', 'security', 'webhooks'],
    pages: ['commands', 'db', 'domain', 'security'],
    inbound: ['commands', 'db', 'domain', 'security'],
    jobs: ['commands', 'db', 'domain', 'mail', 'webhooks', 'security'],
    embedded: ['commands', 'db', 'domain', 'security'],
    'app.ts': ['http', 'pages', 'commands', 'db', 'domain', 'security'],
    'config.ts': ['domain'],
    'main.ts': EVERYTHING,
    'demo.ts': EVERYTHING,
    'demo-progress.ts': [],
    'service.ts': EVERYTHING,
    'require-node-26.cjs': [],
  };
  const placeOf = (file: string) => file.split('/')[1] ?? '';

  /** Imports that go against the rule, and files that it does not know. */
  function violations(sources: Sources): string[] {
    return Object.entries(sources).flatMap(([file, source]) => {
      const from = placeOf(file);
      const allowed = MAY_IMPORT[from];
      if (allowed === undefined) return [`${file}: the rule does not know ${from}`];
      return importsOf(source).flatMap(({ specifier }) => {
        if (specifier === null) return [`${file}: imports what only running it would tell`];
        if (!isOurs(specifier)) return [];
        const target = resolved(file, specifier);
        if (target === 'package.json') return [];
        if (!target.startsWith('src/')) return [`${file}: ${specifier} is outside src`];
        const to = placeOf(target);
        const isOwnFolder = to === from && file.split('/').length > 2;
        return isOwnFolder || allowed === EVERYTHING || allowed.includes(to) ? [] : [`${file}: ${specifier}`];
      });
    });
  }

  test('holds for every import of every file under src', () => {
    expect(violations(SRC)).toEqual([]);
  });

  test.each([
    ['a rule that asks the database', 'src/domain/change.ts', `import { rows } from '../db/postgres.ts';`],
    ['a type of a folder above', 'src/domain/change.ts', `import type { Queryable } from '../db/postgres.ts';`],
    ['a type written in place', 'src/domain/change.ts', `let db: import('../db/postgres.ts').Queryable;`],
    ['a command that sends mail', 'src/commands/withdraw-change.ts', `import '../mail/transport.ts';`],
    ['a key that knows the domain', 'src/security/api-keys.ts', `export { a } from '../domain/change.ts';`],
    ['a re-export of everything', 'src/db/changes.ts', `export * as commands from '../commands/refused.ts';`],
    ['an import at run time', 'src/mail/compose.ts', `const sent = await import('../db/messages.ts');`],
    ['an import of unknown address', 'src/mail/compose.ts', 'const sent = await import(`../db/${name}.ts`);'],
    ['require', 'src/db/changes.ts', `const mail = require('../mail/transport.ts');`],
    ['a worker', 'src/db/changes.ts', `new Worker(new URL('../jobs/schedule.ts', import.meta.url));`],
    [
      'one over several lines',
      'src/pages/views.ts',
      `import {\n  a, // from here\n  b,\n} from\n '../mail/styles.ts';`,
    ],
    ['a folder below another', 'src/http/schemas/change.ts', `import '../../jobs/schedule.ts';`],
    ['an import of the whole process', 'src/http/changes.ts', `import { config } from '../config.ts';`],
    ['the app importing a job', 'src/app.ts', `import { schedule } from './jobs/schedule.ts';`],
    ['src importing a test', 'src/demo.ts', `import { aChange } from '../test/support/examples.ts';`],
    ['an unknown folder', 'src/utils/text.ts', ``],
    ['an unknown file of src', 'src/helpers.ts', ``],
  ])('would see %s', (_name, file, source) => {
    expect(violations({ [file]: source })).toHaveLength(1);
  });

  test('takes no comment, string or regular expression for an import, and lets packages and the own folder be', () => {
    const source = `
      // import '../db/postgres.ts';
      /* import '../db/postgres.ts'; */
      import { isInTime } from './objection-window.ts';
      import fastify from 'fastify';
      import { readFile } from 'node:fs/promises';
      const text = "import '../db/postgres'" + \`from '../db/postgres' \${'}' + \`\${'x'}\`}\`;
      const pattern = /import '..\\/db\\/postgres.ts'/;
      const ratio = type / [1][0] / 2 + text.length / 2; if (!/["'\`]/.test(text)) return /[/'"]\`/;
      const here = import.meta.url;`;
    expect(violations({ 'src/domain/change.ts': source })).toEqual([]);
  });

  test('leaves the rules pure: domain imports no package and nothing of Node', () => {
    const foreign = (sources: Sources) =>
      Object.entries(sources).flatMap(([file, source]) =>
        importsOf(source)
          .filter(({ specifier }) => file.startsWith('src/domain/') && specifier !== null && !isOurs(specifier))
          .map(({ specifier }) => `${file}: ${specifier}`),
      );
    expect(foreign(SRC)).toEqual([]);
    expect(foreign({ 'src/domain/change.ts': `import { z } from 'zod';\nimport 'node:fs';` })).toHaveLength(2);
  });
});

describe('Imports', () => {
  /** The files of each cycle of imports that remain when the program runs; those of types alone do not. */
  function cycles(sources: Sources): string[] {
    const edges = new Map(
      Object.entries(sources).map(([file, source]) => [
        file,
        importsOf(source)
          .filter(({ specifier, isTypeOnly }) => specifier !== null && isOurs(specifier) && !isTypeOnly)
          .map(({ specifier }) => resolved(file, specifier ?? ''))
          .filter((target) => target in sources),
      ]),
    );
    const found: string[] = [];
    const finished = new Set<string>();
    const visit = (file: string, trail: string[]) => {
      if (trail.includes(file)) {
        found.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
        return;
      }
      if (finished.has(file)) return;
      for (const target of edges.get(file) ?? []) visit(target, [...trail, file]);
      finished.add(file);
    };
    for (const file of edges.keys()) visit(file, []);
    return found;
  }

  test('have no cycle', () => {
    expect(cycles(SRC)).toEqual([]);
  });

  test('would be seen to have a cycle, of two files or of three', () => {
    expect(cycles({ 'src/db/a.ts': `import './b.ts';`, 'src/db/b.ts': `export * from './a.ts';` })).toEqual([
      'src/db/a.ts → src/db/b.ts → src/db/a.ts',
    ]);
    const three = {
      'src/db/a.ts': `import { b } from './b.ts';`,
      'src/db/b.ts': `import { type C } from '../domain/c.ts';`,
      'src/domain/c.ts': `const { a } = await import('../db/a.ts');`,
    };
    expect(cycles(three)).toHaveLength(1);
    expect(cycles({ ...three, 'src/domain/c.ts': `import type { A } from '../db/a.ts';` })).toEqual([]);
  });

  test('name files that exist', () => {
    const missing = (sources: Sources, present: Sources) =>
      Object.entries(sources).flatMap(([file, source]) =>
        importsOf(source)
          .filter(({ specifier }) => specifier !== null && isOurs(specifier) && CODE.test(specifier))
          .filter(({ specifier }) => !(resolved(file, specifier ?? '') in present))
          .map(({ specifier }) => `${file}: ${specifier}`),
      );
    expect(missing(SRC, SRC)).toEqual([]);
    expect(missing({ 'src/db/a.ts': `import './gone.ts';` }, SRC)).toHaveLength(1);
  });
});

describe('Only config.ts', () => {
  const MAY_READ = ['src/config.ts', 'src/require-node-26.cjs'];
  const WAYS = [
    /\bprocess (\?\. |\. )env\b/,
    /\bprocess (\?\. )?\[/,
    /\} = (globalThis \. )?process\b(?! \.)/,
    /\bimport \. meta \. env\b/,
    /\bloadEnvFile\b/,
  ];

  function readers(sources: Sources): string[] {
    return Object.entries(sources)
      .filter(([file]) => !MAY_READ.includes(file))
      .filter(([, source]) => {
        const code = codeOf(source);
        const importsProcess = importsOf(source).some(({ specifier }) => /^(node:)?process$/.test(specifier ?? ''));
        return importsProcess || WAYS.some((way) => way.test(code));
      })
      .map(([file]) => file);
  }

  test('reads the environment', () => {
    expect(readers(SRC)).toEqual([]);
  });

  test.each([
    `const url = process.env.DATABASE_URL;`,
    `const url = process.env['DATABASE_URL'];`,
    `const url = process\n  ?.env.DATABASE_URL;`,
    `const url = globalThis.process.env.DATABASE_URL;`,
    `const url = process['env'].DATABASE_URL;`,
    `const { env } = process;`,
    `import { env } from 'node:process';`,
    `import process from 'process';`,
    'const url = `${process.env.DATABASE_URL}`;',
    `process.loadEnvFile();`,
  ])('would be told of %j', (source) => {
    expect(readers({ 'src/embedded/postgres.ts': source })).toHaveLength(1);
    expect(readers({ 'src/config.ts': source })).toEqual([]);
  });

  test('is not told of what only speaks of the environment, or asks the process something else', () => {
    const source = `// process.env.X\nconst text = 'process.env.X'; const { pid } = process.memoryUsage(); spawn({ env: {} });`;
    expect(readers({ 'src/embedded/postgres.ts': source })).toEqual([]);
  });
});

describe('Time comes from the injected clock (D29)', () => {
  const CLOCK = 'src/domain/clock.ts';
  const WAYS = [
    /\bDate (\?\. |\. )now\b/,
    // With an argument it tells of that instant and asks nobody.
    /\bnew (globalThis \. )?Date\b(?! \( (?!\)))/,
    /(?<!new |\. )\bDate \(/,
    /\bTemporal (\?\. |\. )Now\b/,
    /\b(Date|Temporal) (\?\. )?\[/,
    /\} = (globalThis \. )?(Date|Temporal)\b(?! \.)/,
  ];
  const ownClocks = (sources: Sources) =>
    Object.entries(sources)
      .filter(([file, source]) => file !== CLOCK && WAYS.some((way) => way.test(codeOf(source))))
      .map(([file]) => file);

  test('and nothing but the clock asks the machine', () => {
    expect(ownClocks(SRC)).toEqual([]);
    expect(WAYS.some((way) => way.test(codeOf(SRC[CLOCK] ?? '')))).toBe(true);
  });

  test.each([
    `const now = Date.now();`,
    `const now = new Date();`,
    `const now = new Date;`,
    `const now = Date();`,
    `const now = Temporal.Now.instant();`,
    `const now = Temporal\n    .Now.plainDateISO();`,
    `const { Now } = Temporal;`,
    `const now = Date['now']();`,
    'const text = `${new Date().toISOString()}`;',
  ])('and %j would be seen', (source) => {
    expect(ownClocks({ 'src/jobs/send-messages.ts': source })).toHaveLength(1);
  });

  test('and a type, a comment, a text or a measurement is no clock', () => {
    const source = `// Date.now()\nlet at: Date | Temporal.Instant; const text = 'new Date()'; const same = new Date(at.epochMilliseconds); const started = performance.now();`;
    expect(ownClocks({ 'src/jobs/send-messages.ts': source })).toEqual([]);
  });

  const DATABASE_CLOCK = [
    /\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(/i,
    /\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b/i,
    /'(now|today|tomorrow|yesterday)'/i,
  ];
  const withoutSqlComments = (sql: string) => sql.replaceAll(/--.*/g, ' ').replaceAll(/\/\*[\s\S]*?\*\//g, ' ');
  /** SQL that asks the database what time it is, in .sql files and in the strings of src/db. */
  const asksTheDatabase = (sources: Sources) =>
    Object.entries(sources).flatMap(([file, source]) =>
      (file.endsWith('.sql') ? [source] : stringsOf(source))
        .map(withoutSqlComments)
        .filter((sql) => DATABASE_CLOCK.some((way) => way.test(sql)))
        .map((sql) => `${file}: ${sql.trim().slice(0, 80)}`),
    );
  const inDb = Object.fromEntries(Object.entries(SRC).filter(([file]) => file.startsWith('src/db/')));

  test('and no SQL asks the database', () => {
    expect(Object.keys(SQL).length).toBeGreaterThan(0);
    expect(Object.keys(inDb).length).toBeGreaterThan(0);
    expect(asksTheDatabase({ ...SQL, ...inDb })).toEqual([]);
  });

  test.each([
    'now()',
    'NOW ( )',
    'current_timestamp',
    'clock_timestamp()',
    'localtimestamp',
    'current_date',
    `'now'::date`,
  ])('and SQL with %s would be seen', (way) => {
    expect(asksTheDatabase({ 'sql/003.sql': `alter table a alter b set default ${way};` })).toHaveLength(1);
    expect(asksTheDatabase({ 'src/db/a.ts': `query(\`select \${x} from t where at < ${way}\`)` })).toHaveLength(1);
  });

  test('and a comment in SQL, a column or a parameter named like a clock is none', () => {
    expect(
      asksTheDatabase({ 'sql/003.sql': `-- never now()\n/* current_date\n */ select known, now_at from t;` }),
    ).toEqual([]);
    expect(
      asksTheDatabase({ 'src/db/a.ts': `const now = clock.now(); query(\`select 1 where $1 > \${now()}\`, [now])` }),
    ).toEqual([]);
  });
});

describe('SQL', () => {
  /** Makes the database itself, before there is anything that src/db could ask. */
  const BEFORE_THERE_IS_A_DATABASE = 'src/embedded/postgres.ts';
  const STATEMENT =
    /\b(select)\b.*\bfrom\b|\b(insert) into\b.*|\b(update) [\w".]+( (as )?\w+)? set\b|\b(delete) from\b|\b(create|alter|drop|truncate|lock) table\b/is;

  /** Strings that hold SQL. English prose has no statement in small letters, or in capitals, throughout. */
  function sqlOutsideDb(sources: Sources): string[] {
    return Object.entries(sources)
      .filter(([file]) => !file.startsWith('src/db/') && file !== BEFORE_THERE_IS_A_DATABASE)
      .flatMap(([file, source]) =>
        stringsOf(source)
          .filter((text) => {
            const verb = STATEMENT.exec(text)
              ?.slice(1)
              .find((group) => /^[a-z]+$/i.test(group ?? ''));
            return verb !== undefined && (verb === verb.toLowerCase() || verb === verb.toUpperCase());
          })
          .map((text) => `${file}: ${text.trim().slice(0, 80)}`),
      );
  }

  test('is in src/db and nowhere else', () => {
    expect(sqlOutsideDb(SRC)).toEqual([]);
  });

  test.each([
    `rows(db, 'select id from changes where id = $1')`,
    'rows(db, `select id,\n  name\nfrom ${table}`)',
    `rows(db, "INSERT INTO changes (id) VALUES ($1)")`,
    `rows(db, 'update changes set version = version + 1')`,
    `rows(db, 'update changes c set version = 1')`,
    `rows(db, 'delete from changes')`,
    `rows(db, 'with a as (select 1 from b) table a')`,
    `rows(db, 'truncate table changes')`,
  ])('would be seen in %j', (source) => {
    expect(sqlOutsideDb({ 'src/commands/a.ts': source })).toHaveLength(1);
    expect(sqlOutsideDb({ 'src/db/a.ts': source })).toEqual([]);
  });

  test('is not seen in prose, comments or code', () => {
    const source = `
      // select id from changes
      const detail = 'Select a controller from the list, or update it. Delete from here.';
      const { select, from } = { select: update, from: set };`;
    expect(sqlOutsideDb({ 'src/http/a.ts': source })).toEqual([]);
  });
});

test('The scanner reads every file under src to its end', () => {
  expect(Object.keys(SRC).length).toBeGreaterThan(30);
  for (const [file, source] of Object.entries(SRC)) expect([file, typeof codeOf(source)]).toEqual([file, 'string']);
  expect(() => codeOf('const text = `open')).toThrow('unterminated');
});

interface Token {
  readonly kind: SyntaxKind;
  /** As written; of a string, its value. */
  readonly text: string;
  readonly isString: boolean;
}

const BEFORE_AN_EXPRESSION = new Set(
  'await case delete do else in instanceof new of return throw typeof void yield'.split(' '),
);

/** Whether a slash after this token divides; after anything else it begins a regular expression. */
function endsAValue(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.isString || token.kind === SyntaxKind.RegularExpressionLiteral) return true;
  return /^([\p{ID_Continue}$#)\]}]|\+\+|--)/u.test(token.text) && !BEFORE_AN_EXPRESSION.has(token.text);
}

/** The tokens of a source without its comments. A template is one string, with the code of its substitutions after it. */
function tokensOf(source: string): Token[] {
  const scanner = createScanner(true);
  scanner.setText(source);
  const tokens: Token[] = [];
  /** One for each open brace: the template that it interrupts, or null for a block. */
  const braces: ({ index: number; text: string } | null)[] = [];
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    const isSlash = kind === SyntaxKind.SlashToken || kind === SyntaxKind.SlashEqualsToken;
    if (isSlash && !endsAValue(tokens.at(-1))) kind = scanner.reScanSlashToken();
    const template = kind === SyntaxKind.CloseBraceToken ? braces.pop() : undefined;
    if (template) kind = scanner.reScanTemplateToken(false);
    if (scanner.isUnterminated()) throw new Error(`unterminated: ${scanner.getTokenText().slice(0, 80)}`);
    if (template) {
      template.text += '${}' + scanner.getTokenValue();
      if (kind === SyntaxKind.TemplateMiddle) braces.push(template);
      else tokens[template.index] = { kind, text: template.text, isString: true };
      continue;
    }
    if (kind === SyntaxKind.OpenBraceToken) braces.push(null);
    if (kind === SyntaxKind.TemplateHead) braces.push({ index: tokens.length, text: scanner.getTokenValue() });
    const isString = [
      SyntaxKind.StringLiteral,
      SyntaxKind.NoSubstitutionTemplateLiteral,
      SyntaxKind.TemplateHead,
    ].includes(kind);
    tokens.push({ kind, text: isString ? scanner.getTokenValue() : scanner.getTokenText(), isString });
  }
  return tokens;
}

/** The code of a source in one line, its tokens a space apart, without comments and without what is in its strings. */
function codeOf(source: string): string {
  return tokensOf(source)
    .map(({ kind, text, isString }) => (isString ? "''" : kind === SyntaxKind.RegularExpressionLiteral ? '/…/' : text))
    .join(' ');
}

/** What is in the strings of a source, `${}` standing for a substitution. */
function stringsOf(source: string): string[] {
  return tokensOf(source)
    .filter(({ isString }) => isString)
    .map(({ text }) => text);
}

interface Import {
  /** `null` when only running the program would tell. */
  readonly specifier: string | null;
  /** Gone when the program runs. */
  readonly isTypeOnly: boolean;
}

/** What a source imports, re-exports, requires, or names by its relative path, as a worker's. */
function importsOf(source: string): Import[] {
  const tokens = tokensOf(source);
  const at = (index: number) => (tokens[index]?.isString ? "''" : (tokens[index]?.text ?? ''));
  const found = new Map<number, Import>();
  const add = (index: number, isTypeOnly = false) => {
    const token = tokens[index];
    const isFixed = token?.isString === true && token.kind !== SyntaxKind.TemplateTail;
    found.set(index, { specifier: isFixed ? token.text : null, isTypeOnly });
  };
  for (const [index, { text, isString }] of tokens.entries()) {
    if (isString) {
      if (/^\.{1,2}\/.*\.[cm]?[jt]s$/s.test(text) && !found.has(index)) add(index);
    } else if (at(index - 1) === '.') {
      continue;
    } else if ((text === 'import' || text === 'require') && at(index + 1) === '(') {
      add(index + 2);
    } else if (text === 'import' && at(index + 1) === "''") {
      add(index + 1);
    } else if (text === 'import' && at(index + 1) !== '.' && at(index + 1) !== ':') {
      const from = tokens.findIndex(
        (_token, later) => later > index + 1 && at(later) === 'from' && at(later + 1) === "''",
      );
      if (from !== -1) add(from + 1, at(index + 1) === 'type' && at(index + 2) !== 'from');
    } else if (text === 'export') {
      const isTypeOnly = at(index + 1) === 'type';
      let end = index + (isTypeOnly ? 2 : 1);
      if (at(end) === '{') while (end < tokens.length && at(end) !== '}') end += 1;
      else if (at(end) === '*') end += at(end + 1) === 'as' ? 2 : 0;
      else continue;
      if (at(end + 1) === 'from') add(end + 2, isTypeOnly);
    }
  }
  return [...found.values()];
}

function isOurs(specifier: string): boolean {
  return /^(\.{1,2}(\/|$)|\/|file:|#)/.test(specifier);
}

/** The file that a relative specifier means, by its path from the root of the project. */
function resolved(file: string, specifier: string): string {
  return path.posix.join(path.posix.dirname(file), specifier);
}
