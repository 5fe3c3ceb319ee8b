/** A list that keeps its first items and counts the others, so that a report fits into memory however much is wrong. */
export interface LimitedList<Item> {
  readonly add: (item: Item) => void;
  /** The items, and one more that `summary` makes of how many were left out, if any were. */
  readonly all: (summary: (leftOut: number) => Item) => Item[];
}

export function limitedList<Item>(limit: number): LimitedList<Item> {
  const kept: Item[] = [];
  let added = 0;
  return {
    add(item) {
      added += 1;
      if (kept.length < limit) kept.push(item);
    },
    all: (summary) => (added > limit ? [...kept, summary(added - limit)] : kept),
  };
}
