import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2 at level AA with what it builds on, and what else axe advises. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Extent {
  /** Rules that are not for this page to keep. */
  readonly without?: readonly string[];
  /** These rules and no others: what a change of colours or width can have broken. */
  readonly only?: readonly string[];
}

/** What keeps people from using the page as it stands in its window, one line each. */
export async function violationsOf(page: Page, { without = [], only = [] }: Extent = {}): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) await page.evaluate(axe.source);
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
