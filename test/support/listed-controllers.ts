import type pg from 'pg';
import { listControllersInChange, type ControllerInChange } from '../../src/db/change-controllers.ts';
import { findChange } from '../../src/db/changes.ts';

/** The controllers of a change with their windows and notices, as the API lists them at this moment; all, or one. */
export async function listedControllers(
  pool: pg.Pool,
  changeId: string,
  now: Temporal.Instant,
  externalId?: string,
): Promise<ControllerInChange[]> {
  const change = await findChange(pool, changeId);
  if (change === null) throw new Error(`no change ${changeId}`);
  const one = externalId === undefined ? {} : { externalId };
  return listControllersInChange(pool, { change, ...one, state: null, now, after: null, limit: 10_000 });
}
