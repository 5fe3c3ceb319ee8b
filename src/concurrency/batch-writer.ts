/** Writes items in batches: what is added while one batch is being written makes up the next. */
export interface BatchWriter<Item> {
  /** Resolves when the item's batch has been dealt with. */
  add(item: Item): Promise<void>;
  /** Resolves when every item that was added has been dealt with. */
  finish(): Promise<void>;
}

/**
 * `write` deals with one batch at a time, deals with its own errors and never rejects. It gets the items by calling `take`:
 * the later, the more items there are. From the first call on the batch is fixed, and every call returns the same items.
 */
export function batchWriter<Item>(write: (take: () => readonly Item[]) => Promise<void>): BatchWriter<Item> {
  let waiting: Item[] = [];
  /** Resolves when the batch that `waiting` becomes has been dealt with. */
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
