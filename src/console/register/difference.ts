import type { CompanyInChain } from '../../domain/comparison.ts';
import { comparisonsInWords, type Cell } from '../../domain/comparison-words.ts';
import type { Effect } from '../../domain/effect.ts';
import type { SubProcessor } from '../../domain/register.ts';
import { oneLine, type Language } from '../../domain/text.ts';

/** An entry of the register as the API shows it. */
export type ShownEntry = SubProcessor & {
  readonly id: string;
  readonly activeFrom: string;
  readonly factsFrom: string;
  readonly changeId: string | null;
  readonly forSome: boolean;
};

/** What has become of one company between two days. */
export interface CompanyDifference {
  readonly act: 'came' | 'changed' | 'left';
  readonly name: string;
  /** The change that made it so; `null` where the register was loaded with it. */
  readonly changeId: string | null;
  /** Of one that came, all that is known of it; of one that changed, what differs. */
  readonly rows: readonly { readonly label: string; readonly before: Cell | null; readonly after: Cell | null }[];
}

/** In what the register of one day differs from that of another, company by company. `processor` is who engages those without a parent. */
export function differencesOfRegister(
  before: readonly ShownEntry[],
  after: readonly ShownEntry[],
  processor: string,
  language: Language,
): CompanyDifference[] {
  const earlier = new Map(before.map((entry) => [entry.id, entry]));
  const later = new Set(after.map(({ id }) => id));
  const differing = [
    ...after.map((entry) => ({ from: earlier.get(entry.id) ?? null, to: entry })),
    ...before.filter(({ id }) => !later.has(id)).map((entry) => ({ from: entry, to: null })),
  ].map(({ from, to }) => ({
    entry: to ?? from,
    effect: {
      act: from === null ? 'enters' : to === null ? 'leaves' : 'amends',
      entry: from?.id ?? null,
      from: from && inChain(from, before, processor),
      to: to && inChain(to, after, processor),
    } satisfies Effect,
  }));
  const compared = comparisonsInWords(
    {
      kind: 'amendment',
      effects: differing.map(({ effect }) => effect),
      elements: [],
      stricter: { objection: false, approval: false },
      wordingOnly: [],
      processor: { name: processor, registrationNumber: '', address: '' },
    },
    language,
  );
  return compared.flatMap(({ act, rows }, index): CompanyDifference[] => {
    const { entry } = differing[index]!;
    const shown = rows
      .filter((row) => row.differs || act === 'enters')
      .map(({ label, current, planned }) => ({
        label,
        before: current,
        after: planned,
      }));
    if (act === 'amends' && shown.length === 0) return [];
    const what = act === 'enters' ? 'came' : act === 'leaves' ? 'left' : 'changed';
    const changeId = what === 'left' ? null : entry.changeId;
    return [{ act: what, name: oneLine(entry.name), changeId, rows: what === 'left' ? [] : shown }];
  });
}

/** A company with the names above it, as the register of that day has them. */
function inChain(entry: ShownEntry, entries: readonly ShownEntry[], processor: string): CompanyInChain {
  const chain: string[] = [];
  let parent = entries.find(({ id }) => id === entry.parentId);
  // Nobody is below itself (D47); what the register says is followed no further than it is long.
  while (parent !== undefined && chain.length < entries.length) {
    const { name, parentId } = parent;
    chain.unshift(name);
    parent = entries.find(({ id }) => id === parentId);
  }
  return { company: entry, chain: [processor, ...chain] };
}
