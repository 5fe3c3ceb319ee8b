import type { AnnouncedChange } from './change.ts';
import { refusedAt } from './refused.ts';
import { isSameCompany, type RegisterEntry, type SubProcessor } from './register.ts';
import { refuseTransferBasis, type TransferBasisRefusal } from './transfer-basis.ts';

/** An entry of a first register. `id` lets other entries of the same load name it as their parent. */
export type FirstEntry = SubProcessor & {
  readonly id: string | null;
  /** `null` for today. */
  readonly activeFrom: Temporal.PlainDate | null;
};

/** What a first register is judged against. */
export interface FirstRegisterFacts {
  /** In the product's time zone. */
  readonly today: Temporal.PlainDate;
  /** Entries that activations have already added. */
  readonly activated: readonly RegisterEntry[];
  readonly announced: readonly AnnouncedChange[];
}

export interface FirstRegisterRefusal {
  readonly because:
    TransferBasisRefusal['because'] | 'active-from-in-future' | 'already-in-register' | 'change-already-announced';
  readonly detail: string;
  /** Where in the load the fault is. */
  readonly path: string;
}

/**
 * Why these entries cannot be the first register of a product; `null` when they can. Each entry needs its transfer bases
 * (D3), is active from today or earlier (D21), and is a company neither listed twice nor announced by a change.
 */
export function refuseFirstRegister(
  entries: readonly FirstEntry[],
  { today, activated, announced }: FirstRegisterFacts,
): FirstRegisterRefusal | null {
  for (const [index, entry] of entries.entries()) {
    const path = `entries.${index}`;
    for (const [place, location] of entry.locations.entries()) {
      const refusal = refuseTransferBasis(location);
      if (refusal) return { ...refusal, path: `${path}.locations.${place}.transferBasis` };
    }
    const { activeFrom, name } = entry;
    if (activeFrom !== null && Temporal.PlainDate.compare(activeFrom, today) > 0) {
      const detail = `Expected today (${today.toString()}) or earlier, found ${activeFrom.toString()}`;
      return { because: 'active-from-in-future', detail, path: `${path}.activeFrom` };
    }
    if ([...entries.slice(0, index), ...activated].some((other) => isSameCompany(other, entry))) {
      return { because: 'already-in-register', detail: `${name} is listed twice.`, path };
    }
    const planned = announced.find(({ subProcessor }) => subProcessor !== null && isSameCompany(subProcessor, entry));
    if (planned) {
      return { because: 'change-already-announced', detail: `${name} is announced by change ${planned.id}.`, path };
    }
  }
  return null;
}

/**
 * The entries, every parent before its children. Throws `parent-unknown` for a parent that is missing or part of a circle.
 */
export function parentsFirst(entries: readonly FirstEntry[]): FirstEntry[] {
  const ordered: FirstEntry[] = [];
  let rest = [...entries];
  while (rest.length > 0) {
    const ready = rest.filter((entry) => entry.parentId === null || ordered.some(({ id }) => id === entry.parentId));
    const [orphan] = rest;
    if (ready.length === 0 && orphan !== undefined) {
      throw refusedAt(
        `entries.${entries.indexOf(orphan)}.parentId`,
        'parent-unknown',
        `No entry of this register has the id ${orphan.parentId ?? ''} of the parent of ${orphan.name}, or parents go in a circle.`,
      );
    }
    ordered.push(...ready);
    rest = rest.filter((entry) => !ready.includes(entry));
  }
  return ordered;
}
