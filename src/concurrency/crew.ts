/** Workers that do the same work beside each other. */
export interface Crew {
  /** Calls in as many as are missing. Whoever finds nothing to do goes home. */
  call(): void;
  /** Resolves when all have gone home; rejects then with the error of the first that failed. */
  ended(): Promise<void>;
}

/** A crew of at most `size`, of whom none has been called in. `work` is what one of them does until it goes home. */
export function crewOf(size: number, work: () => Promise<void>): Crew {
  const atWork = new Set<Promise<void>>();
  const errors: unknown[] = [];
  return {
    call() {
      while (atWork.size < size) {
        const worker: Promise<void> = work()
          .catch((error: unknown) => void errors.push(error))
          .finally(() => atWork.delete(worker));
        atWork.add(worker);
      }
    },
    async ended() {
      while (atWork.size > 0) await Promise.all(atWork);
      if (errors.length > 0) throw errors[0];
    },
  };
}
