/**
 * Lets at most `limit` pieces of work run at a time. The others wait, first come, first served, and hold no database
 * connection while they wait. So connections stay free for customers' links even when many commands wait for one lock.
 */
export function semaphore(limit: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
