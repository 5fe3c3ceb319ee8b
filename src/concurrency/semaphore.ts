/**
 * Lets so many pieces of work run at a time; the rest wait for their turn, in order. Work that waits holds nothing: of the
 * database's connections, above all, some stay free for customers' links however many commands wait for one lock.
 */
export function semaphore(most: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let free = most;
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
