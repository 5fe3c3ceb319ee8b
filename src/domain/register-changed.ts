import type { ChangeContent } from './change.ts';
import { companyOf } from './effect.ts';
import type { ElementName, ElementValue } from './regime.ts';
import { applyElements } from './register-version.ts';
import type { EntryNow } from './register.ts';
import type { Location } from './transfer-basis.ts';

/** What a change takes for granted of the register, and what there is instead; `null` where there is nothing. */
export interface RegisterDifference {
  /** `null` of a company that the waves of a change have added. */
  readonly entry: string | null;
  readonly company: string;
  readonly element: ElementName;
  readonly expected: ElementValue | readonly Location[];
  readonly found: ElementValue | readonly Location[];
}

/**
 * What of the register is no longer as a change was announced for it: an entry or a parent that has left, or an element that is
 * neither as it was nor as it shall be. Such a change is void: it would do something else than its controllers were told (D38).
 * `now` is the entries that its effects name, parents included, as far as they are in the register.
 */
export function registerDifferences(
  { effects, elements }: Pick<ChangeContent, 'effects' | 'elements'>,
  now: readonly EntryNow[],
): RegisterDifference[] {
  const gone = (entry: string, company: string): RegisterDifference[] =>
    now.some(({ id }) => id === entry) ? [] : [{ entry, company, element: 'company', expected: company, found: null }];
  return effects.flatMap(({ act, entry, from, to }) => {
    const own = elements.filter((element) => element.entry === entry);
    // One that an amendment leaves as it is may have become another: the entry is under that.
    const named = act !== 'amends' || own.some(({ element }) => element === 'parentId');
    const parent = named ? (to?.company.parentId ?? null) : null;
    return [
      ...(entry === null ? [] : gone(entry, from?.company.name ?? '')),
      ...(parent === null ? [] : gone(parent, to?.chain.at(-1) ?? '')),
      ...(act === 'amends' ? own : []).flatMap((element) => {
        const version = now.find(({ id, ...facts }) => id === entry && applyElements(facts, [element]) === null);
        if (version === undefined) return [];
        const { company, element: name, from: expected } = element;
        return [{ entry: version.id, company, element: name, expected, found: foundIn(version, name) }];
      }),
    ];
  });
}

/** The differences of a change, of whose waves nothing is left in the register (D43). */
export function goneAfterWaves({ effects }: Pick<ChangeContent, 'effects'>): RegisterDifference[] {
  return effects.map((effect) => {
    const { name } = companyOf(effect);
    return { entry: effect.entry, company: name, element: 'company', expected: name, found: null };
  });
}

function foundIn(entry: EntryNow, element: ElementName): RegisterDifference['found'] {
  if (element === 'company') return entry.name;
  return element === 'place' || element === 'transferBasis' ? entry.locations : entry[element];
}
