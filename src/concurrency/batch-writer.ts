/** Writes items in batches. Items added while one batch is being written form the next. */
export interface BatchWriter<Item> {
  /** Resolves when `write` has ended for the item's batch. */
  add(item: Item): Promise<void>;
  /** Resolves when `write` has ended for every item that was added. */
  finish(): Promise<void>;
}

/**
 * Makes a writer that calls `write` for one batch at a time. `write` handles its own errors and never rejects. It gets the
 * items by calling `take`. The first call fixes the batch, and later calls return the same items: a late first call makes a
 * larger batch.
 */
export function batchWriter<Item>(write: (take: () => readonly Item[]) => Promise<void>): BatchWriter<Item> {
  let waiting: Item[] = [];
  /** Resolves when `write` has ended for the batch that `waiting` becomes. */
  let next = Promise.withResolvers<void>();
  let writing: Promise<void> | null = null;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) await writeBatch();
    writing = null;
  }

  async function writeBatch(): Promise<void> {
    let batch: { items: readonly Item[]; done: () => void } | null = null;
    const take = () => {
      if (batch === null) {
        batch = { items: waiting, done: next.resolve };
        waiting = [];
        next = Promise.withResolvers();
      }
      return batch;
    };
    await write(() => take().items);
    take().done();
  }

  return {
    add(item) {
      waiting.push(item);
      const { promise } = next;
      writing ??= writeAll();
      return promise;
    },
    async finish() {
      await writing;
    },
  };
}
