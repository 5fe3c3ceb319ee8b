import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2 at level AA with what it builds on, and what else axe advises. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What keeps people from using the page as it stands in its window, one line each; without some rules, by their names. */
export async function violationsOf(page: Page, without: readonly string[] = []): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) await page.evaluate(axe.source);
  const violations = await page.evaluate(
    async ({ runOnly, disabled }) => {
      const { run } = (globalThis as unknown as { axe: typeof axe }).axe;
      const rules = Object.fromEntries(disabled.map((rule) => [rule, { enabled: false }]));
      const results = await run({ runOnly, rules, resultTypes: ['violations'] });
      return results.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) }));
    },
    { runOnly: RULES, disabled: without },
  );
  return violations.flatMap(({ id, help, nodes }) => nodes.map((html) => `${id}: ${help}: ${html}`));
}
