import path from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** Files that need nothing but their own process. */
const PURE = [
  'test/*.test.ts',
  'test/{concurrency,demo,domain,importing,security}/**/*.test.ts',
  'test/mail/{calendar,classify,compose,deadline-messages,kinds-of-change,mime,notice,objection-messages,templates}.test.ts',
  'test/inbound/{absence-notice,addresses,attribution,clients,html-text,mail-limits,quoted-original}.test.ts',
  'test/console/openid-provider.test.ts',
  'test/customer/link-address.test.ts',
  'test/evidence/{ask-for-time-stamp,bag,merkle,strict-zip,time-stamp,verify-pack}.test.ts',
  'test/http/documentation.test.ts',
  'test/sending/retry-schedule.test.ts',
  'test/webhooks/{retry-schedule,target}.test.ts',
];
const IN_A_BROWSER = ['test/journeys/{every-page,every-mail,scanner}.test.ts', 'test/journeys/*-in-a-browser.test.ts'];
/** The feed of events waits for every transaction of its PostgreSQL, so it has one that no other file uses. */
const FEED = ['test/api/events.test.ts'];

/** Files with what is started once for all of them, and only where one of them is run. */
function project(name: string, include: string[], ...globalSetup: string[]): TestProjectInlineConfiguration {
  return { extends: true, test: { name, include, globalSetup } };
}

const { test: rest } = project('running', ['test/**/*.test.ts'], 'test/support/cluster.ts');

export default defineConfig({
  test: {
    projects: [
      project('pure', PURE),
      project('feed', FEED, 'test/support/cluster.ts'),
      project('browser', IN_A_BROWSER, 'test/support/cluster.ts', 'test/support/one-chromium.ts'),
      { extends: true, test: { ...rest, exclude: [...PURE, ...FEED, ...IN_A_BROWSER] } },
    ],
    pool: 'forks',
    // Five on two cores: many tests wait for a process, a lease or a mail server.
    maxWorkers: 5,
    // A worker keeps the modules that it has loaded for its next file: loading the product for each costs a second.
    isolate: false,
    // Halves the CPU time of starting a process or a thread: children and readers of mail take it over.
    env: { NODE_COMPILE_CACHE: path.resolve(import.meta.dirname, 'node_modules/.cache/node-compile-cache') },
    // Young objects die young where they have room: a tenth of a worker's time went to collecting them.
    execArgv: ['--max-semi-space-size=64'],
    setupFiles: ['test/support/leave-nothing.ts'],
    sequence: { sequencer: LongestFirst },
    reporters: ['default', './test/support/summary-reporter.ts'],
    // Far above what a busy machine needs: these end what would never end.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
