/**
 * Makes a job that never runs beside itself. Calls during a run share one further run, which begins when that one has ended, so
 * that rows written meanwhile need not wait for the next sweep. The promise settles with the run that began after the call, and
 * waits for no later one: who calls again and again keeps nobody waiting. A run that fails does not drop the further one.
 */
export function runExclusively(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  function begin(): Promise<void> {
    running = work().finally(() => {
      running = null;
    });
    return running;
  }

  async function beginAfter(ending: Promise<void>): Promise<void> {
    await ending.catch(() => undefined);
    next = null;
    await begin();
  }

  return () => {
    if (running === null) return begin();
    next ??= beginAfter(running);
    return next;
  };
}
