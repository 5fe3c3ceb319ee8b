import type pg from 'pg';
import { newerMigration } from '../db/migrations.ts';

/** Gives up, with a reason for the operator, once a newer version has migrated the database: this one does not know its rules. */
export async function followSchema({
  pool,
  giveUp,
}: {
  pool: pg.Pool;
  giveUp: (reason: string) => void;
}): Promise<void> {
  const newer = await newerMigration(pool);
  if (newer !== null) giveUp(newer);
}
