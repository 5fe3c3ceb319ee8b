import type { Announcement } from './change.ts';
import type { CompanyInChain } from './comparison.ts';
import type { Effect } from './effect.ts';
import type { RegisterEntry, SubProcessor } from './register.ts';

/**
 * What an announcement would do to the register of today, company by company: what the change is about first, then what becomes
 * of the children of an entry that leaves (D38, D47). What names an entry that is not in the register is left out, but a
 * company that would replace it is not; the announcement is refused for it. `processor` is the name at the top of every chain. A
 * child that stays under the entry that is replaced is under the company that takes its place, and its chain says so.
 */
export function effectsOf(
  announcement: Omit<Announcement, 'regime'>,
  register: readonly RegisterEntry[],
  processor: string,
): readonly Effect[] {
  const entryOf = (id: string | null) => register.find((entry) => entry.id === id) ?? null;
  const inChain = (company: SubProcessor, above = register): CompanyInChain => ({
    company: factsOf(company),
    chain: [processor, ...namesAbove(company, above)],
  });
  const afterwards = registerAfter(announcement, register);
  const change = (
    act: 'amends' | 'leaves',
    id: string,
    to: (entry: RegisterEntry) => SubProcessor | null,
  ): Effect[] => {
    const entry = entryOf(id);
    const planned = entry && to(entry);
    return entry === null
      ? []
      : [{ act, entry: id, from: inChain(entry), to: planned && inChain(planned, afterwards) }];
  };
  const children = announcement.children.flatMap((child) =>
    child.then === 'leaves'
      ? change('leaves', child.entry, () => null)
      : change('amends', child.entry, (entry) => ({ ...entry, parentId: child.parentId })),
  );
  const { subProcessor, replaces, amends, removes, entries } = announcement;
  switch (announcement.kind) {
    case 'addition':
      return subProcessor === null
        ? []
        : [{ act: 'enters', entry: null, from: null, to: inChain(subProcessor, afterwards) }];
    case 'replacement': {
      if (subProcessor === null) return children;
      const replaced = entryOf(replaces);
      const from = replaced && inChain(replaced);
      return [
        { act: 'replaces', entry: replaced?.id ?? null, from, to: inChain(subProcessor, afterwards) },
        ...children,
      ];
    }
    case 'amendment':
      return amends === null ? [] : change('amends', amends, () => subProcessor);
    case 'removal':
      return removes === null ? [] : [...change('leaves', removes, () => null), ...children];
    case 'transfer-basis': {
      const ids = [...new Set(entries.map(({ entry }) => entry))];
      return ids.flatMap((id) =>
        change('amends', id, (entry) => ({
          ...entry,
          locations: entry.locations.map((location) => {
            const found = entries.find((basis) => basis.entry === id && basis.country === location.country);
            return found === undefined ? location : { ...location, transferBasis: found.transferBasis };
          }),
        })),
      );
    }
  }
}

/** The facts of a company alone, without what a register entry has besides. */
export function factsOf(company: SubProcessor): SubProcessor {
  const { name, registrationNumber, address, country, contactPerson, parentId } = company;
  const { processing, personalData, locations } = company;
  return { name, registrationNumber, address, country, contactPerson, parentId, processing, personalData, locations };
}

/** The register with the new company in the place of the one that it replaces, and with the children where they stay. */
function registerAfter(
  { replaces, subProcessor, children }: Pick<Announcement, 'replaces' | 'subProcessor' | 'children'>,
  register: readonly RegisterEntry[],
): readonly RegisterEntry[] {
  return register.map((entry) => {
    if (entry.id === replaces && subProcessor !== null) return { ...entry, ...factsOf(subProcessor) };
    const child = children.find((each) => each.entry === entry.id);
    return child?.then === 'stays' ? { ...entry, parentId: child.parentId } : entry;
  });
}

/** The names of the companies above this one, from the processor's own down to its parent. */
function namesAbove({ parentId }: SubProcessor, register: readonly RegisterEntry[]): string[] {
  const names: string[] = [];
  // A chain is no longer than the register: a child under itself, which is refused, ends here.
  for (let id = parentId; id !== null && names.length < register.length;) {
    const parent = register.find((entry) => entry.id === id);
    if (parent === undefined) break;
    names.unshift(parent.name);
    id = parent.parentId;
  }
  return names;
}
