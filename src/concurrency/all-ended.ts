/**
 * Waits until every promise has settled. Returns their values, or throws the error of the first in the list that rejected.
 * For statements of one transaction that are sent at once: nothing is then sent after `rollback`, and the error thrown is
 * the cause. Statements after a failed one report only that the transaction is aborted.
 */
export async function allEnded<const Work extends readonly Promise<unknown>[]>(
  work: Work,
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
