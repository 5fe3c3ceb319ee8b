/** An entry of a register, as the API returns it. */
export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly locations: readonly { readonly country: string }[];
}

/**
 * The lines of a register as a tree: each entry stands under its parent, and children of one parent keep their order. An
 * entry whose parent has left the register stands on the first level and says so.
 */
export function registerTree(entries: readonly Entry[]): string[] {
  const ids = new Set(entries.map(({ id }) => id));
  const linesOf = (entry: Entry, depth: number): string[] => {
    const places = entry.locations.map(({ country }) => country).join(', ');
    const hasLostParent = entry.parentId !== null && !ids.has(entry.parentId);
    const children = entries.filter(({ parentId }) => parentId === entry.id);
    return [
      `${depth === 0 ? '' : `${'  '.repeat(depth)}└ `}${entry.name}, processing in ${places}` +
        (hasLostParent ? ' (engaged by one that has left the register)' : ''),
      ...children.flatMap((child) => linesOf(child, depth + 1)),
    ];
  };
  return entries
    .filter(({ parentId }) => parentId === null || !ids.has(parentId))
    .flatMap((entry) => linesOf(entry, 0));
}
