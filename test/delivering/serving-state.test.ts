import { expect, test } from 'vitest';
import { stateAfter } from '../../src/delivering/serving-state.ts';

const SUCCESS = { delivered: true, isGone: false, notBefore: null };
const FAILURE = { delivered: false, isGone: false, notBefore: null };
const GONE = { ...FAILURE, isGone: true };
const SLOW_DOWN = { ...FAILURE, notBefore: Temporal.Instant.from('2026-03-02T09:00:05Z') };

test.each([
  ['healthy', 'a success', SUCCESS, 'healthy'],
  ['healthy', 'a failure', FAILURE, 'failing'],
  ['failing', 'a failure', FAILURE, 'failing'],
  // Released, and then served anew with several posts at a time.
  ['failing', 'a success', SUCCESS, 'closing'],
  ['healthy', 'a response of 410', GONE, 'closing'],
  ['failing', 'a response of 410', GONE, 'closing'],
  ['healthy', 'a request to slow down', SLOW_DOWN, 'closing'],
  ['closing', 'a success', SUCCESS, 'closing'],
  ['closing', 'a failure', FAILURE, 'closing'],
] as const)('%s, after %s, an endpoint is %4$s', (state, _after, attempt, next) => {
  expect(stateAfter(state, attempt)).toBe(next);
});
