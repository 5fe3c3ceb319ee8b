import type { Announcement } from './change.ts';
import type { CompanyInChain } from './comparison.ts';
import type { RegisterEntry, SubProcessor } from './register.ts';

/**
 * What a change does to one company of the register when it is activated.
 * - `enters`: a company that is new to the register.
 * - `replaces`: a new company, in the place of an entry that leaves.
 * - `amends`: an entry stays, with other facts.
 * - `leaves`: an entry leaves, and nothing takes its place.
 */
export interface Effect {
  readonly act: 'enters' | 'replaces' | 'amends' | 'leaves';
  /** The entry that is replaced, amended or left out; `null` of a company that enters alone. */
  readonly entry: string | null;
  /** The entry as it was when the change was announced; `null` of a company that enters alone. */
  readonly from: CompanyInChain | null;
  /** The company as it shall be; `null` where an entry leaves. */
  readonly to: CompanyInChain | null;
}

/**
 * What an announcement would do to the register of today, company by company: what the change is about first, then what becomes
 * of the children of an entry that leaves (D38, D47). What names an entry that is not in the register is left out; the
 * announcement is refused for it. `processor` is the name at the top of every chain.
 */
export function effectsOf(
  announcement: Omit<Announcement, 'regime'>,
  register: readonly RegisterEntry[],
  processor: string,
): readonly Effect[] {
  const entryOf = (id: string | null) => register.find((entry) => entry.id === id) ?? null;
  const inChain = (company: SubProcessor): CompanyInChain => ({
    company: factsOf(company),
    chain: [processor, ...namesAbove(company, register)],
  });
  const change = (
    act: 'amends' | 'leaves',
    id: string,
    to: (entry: RegisterEntry) => SubProcessor | null,
  ): Effect[] => {
    const entry = entryOf(id);
    const planned = entry && to(entry);
    return entry === null ? [] : [{ act, entry: id, from: inChain(entry), to: planned && inChain(planned) }];
  };
  const children = announcement.children.flatMap((child) =>
    child.then === 'leaves'
      ? change('leaves', child.entry, () => null)
      : change('amends', child.entry, (entry) => ({ ...entry, parentId: child.parentId })),
  );
  const { subProcessor, replaces, amends, removes, entries } = announcement;
  switch (announcement.kind) {
    case 'addition':
      return subProcessor === null ? [] : [{ act: 'enters', entry: null, from: null, to: inChain(subProcessor) }];
    case 'replacement': {
      const replaced = entryOf(replaces);
      if (subProcessor === null || replaced === null) return children;
      return [{ act: 'replaces', entry: replaced.id, from: inChain(replaced), to: inChain(subProcessor) }, ...children];
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

/** The company that an effect is about: as it is told to readers by its name today, or of one that enters its own. */
export function companyOf({ act, from, to }: Pick<Effect, 'act' | 'from' | 'to'>): SubProcessor {
  const company = act === 'enters' || act === 'replaces' ? to : from;
  if (company === null) throw new Error(`an effect that ${act} has a company`);
  return company.company;
}

/** The names of the companies that a change is about, without those of children: one, but of a `transfer-basis`. */
export function companiesOf({ kind, effects }: { kind: Announcement['kind']; effects: readonly Effect[] }): string[] {
  return (kind === 'transfer-basis' ? effects : effects.slice(0, 1)).map((effect) => companyOf(effect).name);
}

/** The name of the company that a change replaces; `null` where it replaces none. */
export function replacedBy({ effects }: { effects: readonly Effect[] }): string | null {
  return effects.find(({ act }) => act === 'replaces')?.from?.company.name ?? null;
}
