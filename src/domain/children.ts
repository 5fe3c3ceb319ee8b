import type { AnnouncementRefusal, RefusalAt } from './announcement-refusal.ts';
import type { AnnouncedChange, Announcement } from './change.ts';
import { isNew, leaves, type Effect } from './effect.ts';
import { parentsNamed, pathOfEntry } from './named-entries.ts';
import type { EntryNow, RegisterEntry } from './register.ts';

/** What chains are judged against: the register of today, and what open changes do to it. */
interface ChainFacts {
  readonly register: readonly RegisterEntry[];
  /** Every version of its entries: some controllers may have one under another parent (D43). */
  readonly entriesNow: readonly EntryNow[];
  readonly announced: readonly Pick<AnnouncedChange, 'id' | 'effects'>[];
}

/**
 * What is wrong with the chains that an announcement leaves behind (D47): each sub-processor of an entry that leaves is settled,
 * down the whole tree; nothing is put under an entry that leaves, and none leaves that gets a sub-processor; and nobody is
 * below itself.
 */
export function chainRefusals(
  announcement: Announcement,
  effects: readonly Effect[],
  facts: ChainFacts,
): AnnouncementRefusal[] {
  return [
    ...unsettledChildren(announcement, facts.entriesNow),
    ...leavingParents(announcement, facts),
    ...parentsToBe(announcement, facts),
    ...loops(announcement, effects, facts),
  ];
}

/** The entries that leave the register by this announcement. */
function leavingBy({ replaces, removes, children }: Announcement): ReadonlySet<string> {
  const decided = children.flatMap(({ entry, then }) => (then === 'leaves' ? [entry] : []));
  return new Set([replaces, removes, ...decided].filter((id) => id !== null));
}

/** Whether an effect puts its company under another entry than it is under today. */
function moves({ from, to }: Effect): boolean {
  return to !== null && to.company.parentId !== (from?.company.parentId ?? null);
}

/** Whether an effect brings its company under an entry: a new company always comes under its own. */
function comesUnder(effect: Effect, parent: string): boolean {
  return effect.to?.company.parentId === parent && (isNew(effect) || moves(effect));
}

function unsettledChildren(announcement: Announcement, entriesNow: readonly EntryNow[]): AnnouncementRefusal[] {
  const { children } = announcement;
  const leaving = leavingBy(announcement);
  // By its id: an entry that is below for some controllers alone is settled, once.
  const below = new Map(
    entriesNow.flatMap((entry) => (entry.parentId !== null && leaving.has(entry.parentId) ? [[entry.id, entry]] : [])),
  );
  const missing = [...below.values()].filter(({ id }) => !children.some((child) => child.entry === id));
  const because = 'children-unsettled';
  const refusals: AnnouncementRefusal[] = children.flatMap(({ entry: id }, index) => {
    const path = `children.${index}.entry`;
    const entry = entriesNow.find((each) => each.id === id);
    if (children.findIndex((child) => child.entry === id) < index) {
      return [{ because, path, detail: `${entry?.name ?? id} is named twice: expected each sub-processor once.` }];
    }
    if (entry === undefined || below.has(id)) return [];
    return [{ because, path, detail: `${entry.name} is no sub-processor of an entry that leaves by this change.` }];
  });
  if (missing.length === 0) return refusals;
  const names = missing.map(({ id, name }) => `${name} (entry ${id})`).join(', ');
  const detail = `Expected of each sub-processor of an entry that leaves whether it leaves or stays, found nothing about ${names}.`;
  return [{ because, detail, path: 'children' }, ...refusals];
}

/** Refuses what comes under an entry that leaves, by this change or by an open one. */
function leavingParents(announcement: Announcement, { register, announced }: ChainFacts): RefusalAt[] {
  const own = leavingBy(announcement);
  return parentsNamed(announcement, register).flatMap(({ path, id }): RefusalAt[] => {
    // A child under the entry that is replaced is under the company that takes its place.
    if (id === announcement.replaces && path.startsWith('children.')) return [];
    const rival = announced.find(({ effects }) => effects.some((effect) => leaves(effect) && effect.entry === id));
    if (!own.has(id) && rival === undefined) return [];
    const name = register.find((entry) => entry.id === id)?.name ?? id;
    const by = own.has(id) ? 'this change' : `change ${rival?.id ?? ''}`;
    const detail = `${name} leaves the register by ${by}: expected an entry that stays, ${announcement.replaces === null ? '' : 'or for a child the one that is replaced, '}or null.`;
    return [{ because: 'parent-leaving', detail, path }];
  });
}

/** Refuses that an entry leaves under which an open change puts a company. */
function parentsToBe(announcement: Announcement, { announced }: ChainFacts): RefusalAt[] {
  return [...leavingBy(announcement)].flatMap((parent) =>
    announced.flatMap(({ id, effects }) =>
      effects
        .filter((effect) => comesUnder(effect, parent))
        .map(({ to }): RefusalAt => {
          const detail = `${to?.company.name ?? ''} comes under this entry by change ${id}, so it cannot leave. Withdraw or close that one first.`;
          return { because: 'parent-leaving', detail, path: pathOfEntry(announcement, parent) };
        }),
    ),
  );
}

/** Refuses that a company is put below itself, also by what open changes do. */
function loops(announcement: Announcement, own: readonly Effect[], { register, announced }: ChainFacts): RefusalAt[] {
  const parents = new Map(register.map(({ id, parentId }) => [id, parentId]));
  const moved = [...announced.flatMap(({ effects }) => effects), ...own].filter(moves);
  // What is under an entry that is replaced is under the company that takes its place.
  for (const { entry, to } of moved) {
    if (entry !== null) parents.set(entry, to?.company.parentId ?? null);
  }
  return own
    .filter(({ act, entry }) => act === 'amends' && entry !== null)
    .flatMap(({ entry, to }): RefusalAt[] => {
      const above: string[] = [];
      for (let id = to?.company.parentId ?? null; id !== null && !above.includes(id); id = parents.get(id) ?? null) {
        above.push(id);
      }
      if (entry === null || !above.includes(entry)) return [];
      const child = announcement.children.findIndex((each) => each.entry === entry);
      const path = child === -1 ? 'subProcessor.parentId' : `children.${child}.parentId`;
      const detail = `${to?.company.name ?? ''} would be its own sub-processor: expected a parent that is not below it.`;
      return [{ because: 'chain-loop', detail, path }];
    });
}
