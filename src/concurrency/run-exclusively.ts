/**
 * Makes a job that runs once at a time, however often it is called: a call while it runs makes it run once more
 * afterwards, so that what was written in between is not left for the next tick. The promise ends when nothing is left to
 * run.
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
