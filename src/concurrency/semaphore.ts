/**
 * Lets at most `limit` pieces of work run at a time; a function is asked each time. The others wait, first come, first served,
 * and hold no database connection while they wait. So connections stay free for customers' links even when many commands wait
 * for one lock.
 */
export function semaphore(limit: number | (() => number)): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const limitNow = typeof limit === 'number' ? () => limit : limit;
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < limitNow()) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      running -= 1;
      while (waiting.length > 0 && running < limitNow()) {
        running += 1;
        waiting.shift()?.();
      }
    }
  };
}
