import type pg from 'pg';
import { SYSTEM } from '../domain/author.ts';
import { loadRegister } from '../commands/load-register.ts';
import { Refused } from '../domain/refused.ts';
import { saveControllers } from '../commands/save-controllers.ts';
import { saveProduct } from '../commands/save-product.ts';
import { inTransaction } from '../db/postgres.ts';
import { knownProducts } from '../db/products.ts';
import { EXAMPLE_CONTROLLERS, TRUETALK_REGISTER, trueTalk } from './truetalk.ts';

/**
 * Fills a database that has no product yet with TrueTalk, its terms, its first register and example controllers. Changes
 * nothing in any other database, nor when another process fills it at the same moment. Never called in production.
 */
export async function fillEmptyDatabase(pool: pg.Pool, at: Temporal.Instant, objectionEmail: string): Promise<void> {
  const by = { at, actor: SYSTEM };
  await inTransaction(pool, async (tx) => {
    if ((await knownProducts(tx)).length > 0) return;
    await saveProduct(tx, trueTalk(objectionEmail), by);
    await loadRegister(tx, 'truetalk', TRUETALK_REGISTER, by);
    await saveControllers(tx, EXAMPLE_CONTROLLERS, by);
  }).catch((error: unknown) => {
    if (!(error instanceof Refused) || error.code !== 'register-exists') throw error;
  });
}
