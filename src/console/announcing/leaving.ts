import type { EntryNow } from '../../domain/register.ts';
import { typedIn, type Fields } from './fields.ts';

/** A sub-processor of an entry that leaves, of which the announcement must say what becomes of it (D47). */
export interface ChildToSettle {
  readonly id: string;
  readonly name: string;
  /** The name of the company that it is under today. */
  readonly under: string;
  /** `leaves`, `stays:` for directly under the processor, `stays:<entry>`; the empty string while nothing is chosen. */
  readonly choice: string;
}

/** The sub-processors of an entry that leaves, and of those of them that leave too: down the tree, as far as it is decided. */
export function childrenToSettle(
  fields: Fields,
  entry: string,
  register: readonly Pick<EntryNow, 'id' | 'name' | 'parentId'>[],
): ChildToSettle[] {
  const found = new Map<string, ChildToSettle>();
  const settle = (parent: string) => {
    const under = register.find(({ id }) => id === parent)?.name ?? '';
    for (const { id, name } of register.filter(({ parentId }) => parentId === parent)) {
      if (found.has(id)) continue;
      const choice = typedIn(fields, `children.${id}`);
      found.set(id, { id, name, under, choice });
      if (choice === 'leaves') settle(id);
    }
  };
  if (entry !== '') settle(entry);
  return [...found.values()];
}
