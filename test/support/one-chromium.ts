import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { unpackedChromium } from './chromium.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the Chromium of the run is driven from. */
    browserUrl: string;
  }
}

const FLAGS = [
  // Inside a container there is often no sandbox to be had, and root never gets one.
  '--no-sandbox',
  '--disable-gpu',
  // The frame of a mail needs no process of its own, whose start is a waste here.
  '--disable-site-isolation-trials',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-pings',
];

/** One Chromium for every file of the run that needs a browser: see `startBrowser`. */
export default async function startChromium(project: TestProject): Promise<() => Promise<void>> {
  const server = await chromium.launchServer({ ...(await unpackedChromium()), args: FLAGS, host: '127.0.0.1' });
  project.provide('browserUrl', server.wsEndpoint());
  return () => server.close();
}
