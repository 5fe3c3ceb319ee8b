import { readFileSync } from 'node:fs';
import path from 'node:path';
import type axe from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';

/** In its short form, because the browser reads it anew for every page. */
const AXE = readFileSync(path.resolve(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 at level AA with what it builds on, and what else axe advises. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Extent {
  /** Rules that are not for this page to keep. */
  readonly without?: readonly string[];
  /** These rules and no others: what a change of colours or width can have broken. */
  readonly only?: readonly string[];
}

/**
 * Loads axe where it is not, and takes two things out of it that are half of its work, and nothing of its judgement. Its colours
 * keep what they are in weak maps, in which an engine finds things slowly: here they keep it as properties. And it reads the same
 * few colours anew for every element: here it remembers what each is.
 */
const BRING_AXE = `globalThis.bringAxe ??= () => {
  if ('axe' in globalThis) return;
  class WeakMap {
    key = Symbol();
    has(object) { return this.key in object; }
    get(object) { return object[this.key]; }
    set(object, value) { object[this.key] = value; return this; }
    add(object) { return this.set(object, true); }
  }
  const WeakSet = WeakMap;
  ${AXE};
  const { prototype } = axe.commons.color.Color;
  const { parseString } = prototype;
  const known = new Map();
  prototype.parseString = function (text) {
    if (known.has(text)) return Object.assign(this, known.get(text));
    parseString.call(this, text);
    const { r, g, b, alpha } = this;
    known.set(text, { r, g, b, alpha });
    return this;
  };
};`;

/** The windows whose pages can bring axe: to send it to every page costs as much as to run it there. */
const equipped = new WeakSet<BrowserContext>();

async function bringAxe(page: Page): Promise<void> {
  const context = page.context();
  if (!equipped.has(context)) {
    equipped.add(context);
    await context.addInitScript({ content: BRING_AXE });
    // For the page that is open already.
    await page.evaluate(BRING_AXE);
  }
  await page.evaluate('bringAxe()');
}

/** What keeps people from using the page as it stands in its window, one line each. */
export async function violationsOf(page: Page, { without = [], only = [] }: Extent = {}): Promise<string[]> {
  await bringAxe(page);
  const runOnly: axe.RunOptions['runOnly'] =
    only.length > 0 ? { type: 'rule', values: [...only] } : { type: 'tag', values: RULES };
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const violations = await page.evaluate(
    async (options) => {
      const results = await (globalThis as unknown as { axe: typeof axe }).axe.run(options);
      return results.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) }));
    },
    // A mail in a frame is looked at by itself: its sandbox lets nobody in, and the browser logs the attempt.
    { runOnly, rules, resultTypes: ['violations' as const], iframes: false },
  );
  return violations.flatMap(({ id, help, nodes }) => nodes.map((html) => `${id}: ${help}: ${html}`));
}
