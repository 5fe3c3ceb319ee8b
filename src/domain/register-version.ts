import { areEqual } from './canonical-json.ts';
import type { ChangeAsAnnounced } from './change.ts';
import { factsOf } from './planned-effects.ts';
import type { ChangeElement } from './regime.ts';
import type { RegisterVersion, SubProcessor } from './register.ts';
import type { Location } from './transfer-basis.ts';

type Applied = Pick<ChangeAsAnnounced, 'id' | 'scope' | 'effects' | 'elements'>;

/** A version that an activation writes. `entry` is `null` of a company that is new to the register. */
export interface PlannedVersion {
  readonly entry: string | null;
  readonly facts: SubProcessor;
  readonly validFor: readonly string[];
  readonly endedFor: readonly string[];
}

/** What an activation does to the register: which versions end, and which it writes. */
export interface RegisterStep {
  readonly ended: readonly string[];
  readonly written: readonly PlannedVersion[];
}

/** The register entries that a change ends or amends. */
export function entriesOf({ effects }: Pick<Applied, 'effects'>): string[] {
  return effects.flatMap(({ entry }) => (entry === null ? [] : [entry]));
}

/**
 * What the activation of a change does to the versions of now: `live` has every one of the entries that its effects name. An
 * amendment changes its elements of each version and leaves the rest as it has become (D23, D43). Of scope `all` the versions before it
 * end; of scope `each` they end for its waves, and those that it writes hold for its waves. Throws where an entry is not any more as
 * the change was announced for: such a change is void, which `registerDifferences` has found (D38).
 */
export function registerStep(change: Applied, live: readonly RegisterVersion[]): RegisterStep {
  const isForEach = change.scope === 'each';
  const ended: string[] = [];
  const written: PlannedVersion[] = [];
  for (const { act, entry, to } of change.effects) {
    const versions = live.filter(({ id }) => id === entry);
    if (entry !== null && versions.length === 0) throw voidError(change, entry);
    ended.push(...versions.map(({ versionId }) => versionId));
    if (to !== null && act !== 'amends') {
      written.push({ entry: null, facts: to.company, validFor: isForEach ? [change.id] : [], endedFor: [] });
    }
    if (entry === null || act !== 'amends') continue;
    for (const version of versions) {
      const facts = applyElements(
        factsOf(version),
        change.elements.filter((element) => element.entry === entry),
      );
      if (facts === null) throw voidError(change, entry);
      const { validFor, endedFor } = version;
      written.push({ entry, facts, validFor: isForEach ? [...validFor, change.id] : validFor, endedFor });
    }
  }
  return { ended, written };
}

const voidError = ({ id }: Applied, entry: string) =>
  new Error(`entry ${entry} is not as change ${id} was announced for, and nothing has blocked its activation`);

/**
 * The facts of a company with these elements as they shall be; `null` where one is neither as it was when the change was announced
 * nor as it shall be.
 */
export function applyElements(facts: SubProcessor, elements: readonly ChangeElement[]): SubProcessor | null {
  let applied = facts;
  for (const { element, from, to } of elements) {
    if (element === 'company') continue;
    if (element === 'place' || element === 'transferBasis') {
      // An element of this name is a location, or nothing.
      const place = { element, from: from as Location | null, to: to as Location | null };
      const locations = applyPlace(applied.locations, place, facts.locations);
      if (locations === null) return null;
      applied = { ...applied, locations };
      continue;
    }
    if (!areEqual(applied[element], from) && !areEqual(applied[element], to)) return null;
    applied = { ...applied, [element]: to };
  }
  return applied;
}

/** `before` is the locations without any of the elements: a place may come with two bases. */
function applyPlace(
  locations: readonly Location[],
  { element, from, to }: { element: 'place' | 'transferBasis'; from: Location | null; to: Location | null },
  before: readonly Location[],
): readonly Location[] | null {
  const indexOf = (wanted: Location | null) => locations.findIndex((location) => areEqual(location, wanted));
  const isIn = (country: string | undefined) => before.some((location) => location.country === country);
  const index = indexOf(from);
  if (index >= 0) return to === null ? locations.toSpliced(index, 1) : locations.with(index, to);
  if (to === null) return isIn(from?.country) ? null : locations;
  if (indexOf(to) >= 0) return locations;
  // A country may be listed with two bases, but what was told as a new place is one.
  return from === null && isIn(to.country) === (element === 'transferBasis') ? [...locations, to] : null;
}
