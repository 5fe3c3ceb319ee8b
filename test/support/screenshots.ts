import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page, ViewportSize } from 'playwright-core';

const FOLDER = path.resolve(import.meta.dirname, '../../data/screenshots');
const DOCS = path.resolve(import.meta.dirname, '../../docs/pictures');
const README_WINDOW = { width: 1200, height: 820 };
const isAskedFor = process.env.SCREENSHOTS !== undefined;

/**
 * Keeps a picture of the whole page under this name, where pictures are asked for (`npm run screenshots`): in a window of this
 * size, or as it stands.
 */
export async function keepPicture(page: Page, name: string, size: ViewportSize | null = null): Promise<void> {
  if (!isAskedFor) return;
  const before = page.viewportSize();
  if (size !== null) await page.setViewportSize(size);
  const shown = size ?? before;
  if (shown !== null && (await page.locator('iframe').count()) > 0) {
    // The script of the page asks for the mails in its frames.
    await page.waitForLoadState('networkidle');
    await showFrames(page, shown.width);
  }
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), fullPage: true, animations: 'disabled' });
  if (before !== null) await page.setViewportSize(before);
}

/** Makes the window as high as the page: Chromium draws a frame only where it is in sight. */
async function showFrames(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: await page.evaluate<number>('document.documentElement.scrollHeight') });
  for (const _ of [1, 2]) await page.evaluate('new Promise(requestAnimationFrame)');
}

/** Keeps what a window shows, with this element at its top, as a picture of the README, where these are asked for (`SCREENSHOTS=docs`). */
export async function keepPictureForReadme(page: Page, name: string, top: Locator): Promise<void> {
  if (process.env.SCREENSHOTS !== 'docs') return;
  const size = page.viewportSize();
  await page.setViewportSize(README_WINDOW);
  const box = await top.boundingBox();
  await page.evaluate(`scrollBy(0, ${box?.y ?? 0})`);
  await page.screenshot({ path: path.join(DOCS, `${name}.png`), animations: 'disabled' });
  if (size !== null) await page.setViewportSize(size);
}

/** Writes the page that shows all the pictures there are. */
export async function showPictures(): Promise<void> {
  if (!isAskedFor) return;
  await mkdir(FOLDER, { recursive: true });
  const files = (await readdir(FOLDER, { recursive: true })).filter((file) => file.endsWith('.png')).sort();
  const figures = files.map(
    (file) =>
      `<figure><a href="${file}"><img src="${file}" alt="" loading="lazy"></a><figcaption>${file}</figcaption></figure>`,
  );
  await writeFile(
    path.join(FOLDER, 'index.html'),
    `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Every page and mail</title>
<style>
body { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 24px; font: 14px system-ui, sans-serif; }
figure { margin: 0; } img { max-width: 480px; border: 1px solid #888; } figcaption { padding: 4px; }
</style>
${figures.join('\n')}
</html>
`,
  );
}
