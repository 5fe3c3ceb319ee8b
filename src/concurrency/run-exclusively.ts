/**
 * Makes a job that never runs beside itself. A call during a run makes the job run once more afterwards, so that rows written
 * meanwhile need not wait for the next sweep. The promise settles when no further run is asked for; it rejects, and drops
 * that further run, when `work` throws.
 */
export function runExclusively(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await work();
    } while (again);
  };
  return () => {
    if (running !== null) {
      again = true;
      return running;
    }
    running = run().finally(() => {
      running = null;
    });
    return running;
  };
}
