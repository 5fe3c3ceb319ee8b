import { expect } from 'vitest';
import { deriveStatus } from '../../src/evidence/derive-status.ts';
import type { TestDatabase } from './database.ts';

/** Expects that every state in the database follows from the facts on record (D53), whatever story led to it. */
export async function expectDerived({ pool }: Pick<TestDatabase, 'pool'>): Promise<void> {
  const differences = [];
  for await (const batch of deriveStatus(pool)) differences.push(...batch.differences);
  expect(differences, 'every state follows from the facts on record').toEqual([]);
}
