/**
 * Waits for all of them, also where one fails, and returns their answers or throws what the first one did, in the order given.
 * Of statements that are sent at once those behind the one that failed say no more than that their transaction has been
 * aborted, and none is sent behind `rollback`.
 */
export async function allEnded<const Work extends readonly Promise<unknown>[]>(
  work: Work,
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
