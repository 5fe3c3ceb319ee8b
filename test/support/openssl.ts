import { spawnSync } from 'node:child_process';
import type { TestContext } from 'vitest';

const VERSION = spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? 'none';
const IS_THERE = /^OpenSSL ([3-9]|\d\d)\./.test(VERSION);

/** Skips a test, and says so, where the system has no openssl 3: `verify.sh` needs one, and `npm test` needs nothing installed. */
export function needsOpenssl({ skip }: TestContext): void {
  skip(!IS_THERE, `openssl 3 was expected, found ${VERSION.trim()}`);
}
