import { inject } from 'vitest';
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

/** A fault shows as the step that it is in, and not as a test that takes too long. Far above what a busy machine needs. */
const STEP_WITHIN_MS = 30_000;

export const PHONE = { width: 375, height: 740 };
export const DESKTOP = { width: 1280, height: 900 };

/** One person at one device: a window of its own, without anything kept from before. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What a page of ours must never do: ask another origin for anything, break its own policy, log an error. */
  readonly faults: string[];
}

export interface TestBrowser {
  /** Opens a window; links that leave `origin` are faults. */
  visit(origin: string, options?: BrowserContextOptions): Promise<Visitor>;
  close(): Promise<void>;
}

/** A way to the one real Chromium of the run. What is opened through it is closed with it. */
export async function startBrowser(): Promise<TestBrowser> {
  const browser = await chromium.connect(inject('browserUrl'));
  return {
    async visit(origin, options = {}) {
      const context = await browser.newContext({ viewport: DESKTOP, ...options });
      context.setDefaultTimeout(STEP_WITHIN_MS);
      const faults = faultsOf(context, origin);
      return { context, page: await context.newPage(), faults };
    },
    close: () => browser.close(),
  };
}

function faultsOf(context: BrowserContext, origin: string): string[] {
  const faults: string[] = [];
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) faults.push(`asked for ${request.url()}`);
  });
  context.on('console', (message) => {
    // An answer of 404 or 422 is logged as an error too, and is none: it has a page.
    const isStatus = message.text().startsWith('Failed to load resource: the server responded with a status of');
    if (!isStatus && ['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  context.on('weberror', (error) => faults.push(String(error.error())));
  return faults;
}
