import type pg from 'pg';
import { newerMigration } from '../db/migrations.ts';

/** What following the schema works with. */
export interface FollowingSchema {
  readonly pool: pg.Pool;
  /** Is told, in words for the operator, why this process can no longer do its work. */
  readonly giveUp: (reason: string) => void;
}

/** Gives up once a newer version has migrated the database, whose rules this one does not know. */
export async function followSchema({ pool, giveUp }: FollowingSchema): Promise<void> {
  const newer = await newerMigration(pool);
  if (newer !== null) giveUp(newer);
}
