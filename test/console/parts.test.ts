import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { renderPart } from '../../src/web/page.ts';

test('a part of a page has what it is given, and nothing else that the page was filled with', () => {
  const page = {
    t: { invite: { role: 'Role', products: 'Products', productsHint: 'Given' } },
    choices: { roles: [{ value: 'reader', name: 'Reader' }], products: [] },
    typed: { role: 'reader', products: [] },
    errorOf: { role: 'Wrong' },
    frame: { errorPrefix: 'Error' },
    hint: 'Of the page',
    name: 'of-the-page',
  };
  const html = renderPart('console/people/views/role-fields', page);
  expect(html).toContain('<input id="role-0" name="role" type="radio" value="reader" checked>');
  expect(html).toMatch(/Error:<\/span> Wrong/);
  expect(html).toContain('Given');
  expect(html).not.toMatch(/of.the.page/i);
});

test('the ways to look at a list or at a mail are shown by one part', () => {
  const console = path.resolve(import.meta.dirname, '../../src/console');
  const templates = readdirSync(console, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.eta'));
  const having = templates.filter((name) =>
    readFileSync(path.join(console, name), 'utf8').includes('aria-current="true"'),
  );
  expect(having).toEqual(['views/parts/ways.eta']);
});
