import type { RefusalAt } from './announcement-refusal.ts';
import type { Announcement } from './change.ts';
import type { RegisterEntry } from './register.ts';

/** What of the register an announcement names, and where in it. */
interface Named {
  readonly path: string;
  readonly id: string;
}

/** Every entry that an announcement is about, with where it is named. */
function entriesNamed({ replaces, amends, removes, entries, children }: Announcement): Named[] {
  return [
    ...Object.entries({ replaces, amends, removes }).flatMap(([path, id]) => (id === null ? [] : [{ path, id }])),
    ...entries.map(({ entry }, index) => ({ path: `entries.${index}.entry`, id: entry })),
    ...children.map(({ entry }, index) => ({ path: `children.${index}.entry`, id: entry })),
  ];
}

/** Where an announcement names this entry. */
export function pathOfEntry(announcement: Announcement, entry: string | null): string {
  return entriesNamed(announcement).find(({ id }) => id === entry)?.path ?? 'subProcessor';
}

/** Every entry that gets a sub-processor by an announcement. A parent that an amendment leaves as it is gets none. */
export function parentsNamed(
  { subProcessor, amends, children }: Announcement,
  register: readonly RegisterEntry[],
): Named[] {
  const parent = subProcessor?.parentId ?? null;
  const before = register.find(({ id }) => id === amends)?.parentId ?? null;
  return [
    ...(parent === null || parent === before ? [] : [{ path: 'subProcessor.parentId', id: parent }]),
    ...children.flatMap((child, index) =>
      child.then === 'stays' && child.parentId !== null
        ? [{ path: `children.${index}.parentId`, id: child.parentId }]
        : [],
    ),
  ];
}

/** Refuses entries, parents and places that are not in the register. Without them no mail about the change can be written. */
export function referenceRefusals(announcement: Announcement, register: readonly RegisterEntry[]): RefusalAt[] {
  const unknown = (because: 'entry-unknown' | 'parent-unknown', named: readonly Named[]) =>
    named
      .filter(({ id }) => !register.some((entry) => entry.id === id))
      .map(({ id, path }) => {
        const detail = `No entry ${id} is in the register of ${announcement.product} today.`;
        return { because, detail, path };
      });
  return [
    ...unknown('entry-unknown', entriesNamed(announcement)),
    ...unknown('parent-unknown', parentsNamed(announcement, register)),
    ...announcement.entries.flatMap(({ entry: id, country }, index): RefusalAt[] => {
      const entry = register.find((each) => each.id === id);
      if (entry === undefined || entry.locations.some((location) => location.country === country)) return [];
      const places = [...new Set(entry.locations.map((location) => location.country))].join(', ');
      const detail = `${entry.name} processes nothing in ${country}: expected one of its places, ${places}. Another place is an amendment.`;
      return [{ because: 'place-unknown', detail, path: `entries.${index}.country` }];
    }),
  ];
}
