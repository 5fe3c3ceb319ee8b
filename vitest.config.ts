import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** Files that need nothing but their own process: no PostgreSQL is started where only these run. */
const PURE = [
  'test/*.test.ts',
  'test/{concurrency,demo,domain,security}/**/*.test.ts',
  'test/mail/{calendar,classify,compose,deadline-messages,mime,notice,objection-messages,templates}.test.ts',
  'test/sending/retry-schedule.test.ts',
  'test/webhooks/{retry-schedule,target}.test.ts',
];

/** The feed of events waits for every transaction of its PostgreSQL, so this file has one that no other file uses. */
const FEED = ['test/api/events.test.ts'];

const WITH_POSTGRESQL = { globalSetup: ['test/support/cluster.ts'], testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    reporters: ['default', './test/support/summary-reporter.ts'],
    // Three on two cores: many tests wait for a process, a lease or a mail server.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'pure', include: PURE } },
      { extends: true, test: { name: 'feed', include: FEED, ...WITH_POSTGRESQL } },
      {
        extends: true,
        test: { name: 'running', include: ['test/**/*.test.ts'], exclude: [...PURE, ...FEED], ...WITH_POSTGRESQL },
      },
    ],
    pool: 'forks',
    // A worker keeps the modules that it has loaded for its next file: loading the product for each costs a second.
    isolate: false,
  },
});
