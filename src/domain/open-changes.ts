import type { AnnouncementRefusal } from './announcement-refusal.ts';
import type { AnnouncedChange, Announcement } from './change.ts';
import { leaves } from './effect.ts';
import { pathOfEntry } from './named-entries.ts';
import type { ChangeElement } from './regime.ts';
import { isSameCompany, type RegisterEntry, type SubProcessor } from './register.ts';

/** What an announcement would do, and what open changes do. */
type Planned = Pick<AnnouncedChange, 'effects' | 'elements'>;
type Open = Planned & Pick<AnnouncedChange, 'id'>;

/** The companies that come into the register by a change, or under another name or number, each with the entry that they have. */
export function namesTaken({ effects, elements }: Planned): { entry: string | null; company: SubProcessor }[] {
  const isRenamed = (entry: string | null) =>
    elements.some((each) => each.entry === entry && ['name', 'registrationNumber'].includes(each.element));
  return effects.flatMap(({ act, entry, to }) => {
    if (to === null || (act === 'amends' && !isRenamed(entry))) return [];
    return [{ entry: act === 'amends' ? entry : null, company: to.company }];
  });
}

/** Refuses a company that is in the register or announced already (D6). */
export function repetitionRefusals(
  { product }: Announcement,
  planned: Planned,
  { register, announced }: { readonly register: readonly RegisterEntry[]; readonly announced: readonly Open[] },
): AnnouncementRefusal[] {
  const path = 'subProcessor';
  return namesTaken(planned).flatMap(({ entry, company }) => {
    const listed = register.find((each) => each.id !== entry && isSameCompany(each, company));
    const rivals = announced.filter((each) =>
      namesTaken(each).some(
        (taken) => (entry === null || taken.entry !== entry) && isSameCompany(taken.company, company),
      ),
    );
    return [
      ...(listed === undefined
        ? []
        : [
            {
              because: 'already-in-register' as const,
              detail: `${listed.name} is in the register of ${product} already (entry ${listed.id}). Other facts of it are an amendment of that entry.`,
              path,
            },
          ]),
      ...rivals.map(({ id }) => ({
        because: 'change-already-announced' as const,
        detail: `This sub-processor is announced already, by change ${id}. Withdraw or close that one first.`,
        path,
      })),
    ];
  });
}

/** Refuses an element of an entry that an open change changes already, and an entry that leaves or is amended by one (D38). */
export function overlapRefusals(
  announcement: Announcement,
  planned: Planned,
  announced: readonly Open[],
): AnnouncementRefusal[] {
  return touched(planned).flatMap((own) =>
    announced.flatMap((rival): AnnouncementRefusal[] => {
      const other = touched(rival).find((each) => overlap(own, each));
      if (other === undefined) return [];
      const { company, element } = own.element;
      const what = own.isWhole || other.isWhole ? company : `"${element}" of ${company}`;
      const detail = `${what} is changed by change ${rival.id} already${other.isWhole ? ', by which it leaves' : ''}. Withdraw or close that one first.`;
      return [{ because: 'change-already-announced', detail, path: pathOfEntry(announcement, own.element.entry) }];
    }),
  );
}

/** What a change touches of an entry. `isWhole` where the entry leaves: then nothing else may touch it. */
interface Touched {
  readonly element: ChangeElement;
  readonly isWhole: boolean;
  readonly keys: readonly string[];
}

function touched({ effects, elements }: Planned): Touched[] {
  const leaving = effects.filter(leaves).map(({ entry }) => entry);
  return elements
    .filter(({ entry, element }) => entry !== null && (element === 'company' || !leaving.includes(entry)))
    .map((element) => ({ element, isWhole: element.element === 'company', keys: keysOf(element) }));
}

function overlap(one: Touched, other: Touched): boolean {
  if (one.element.entry !== other.element.entry) return false;
  return one.isWhole || other.isWhole || one.keys.some((key) => other.keys.includes(key));
}

/**
 * The parts of an entry of which only one open change may have each. A name and a number are one: both changed, one after the
 * other, would make another company. So are all places that go: together they might be all that there are.
 */
function keysOf({ element, from, to }: ChangeElement): string[] {
  if (element === 'name' || element === 'registrationNumber') return ['company'];
  if (element !== 'place' && element !== 'transferBasis') return [element];
  const place = from ?? to;
  const country = typeof place === 'object' && place !== null && 'country' in place ? place.country : '';
  return [`place ${country}`, ...(to === null ? ['places'] : [])];
}
