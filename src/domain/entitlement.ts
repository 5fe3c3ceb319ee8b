/** Why a company may be used for a controller's data, or may not: codes that a program can act on. */
export const ENTITLEMENT_REASONS = [
  'in-register',
  'no-agreement',
  'not-in-register',
  'ambiguous',
  'ended',
  'not-approved-by-this-controller',
  'place-not-listed',
] as const;
export type EntitlementReason = (typeof ENTITLEMENT_REASONS)[number];

/** A version of an entry that was asked for, and where one controller stands to it (D43). */
export interface VersionForController {
  readonly entry: string;
  /** Whether it has itself what was asked for, the id, number or name: otherwise another version of its entry has. */
  readonly isMeant: boolean;
  /** Whether it is in the register today, for anybody. */
  readonly isActive: boolean;
  /** Where it processes. */
  readonly countries: readonly string[];
  /** The change that it came with; `null` of the first register. */
  readonly changeId: string | null;
  /** The change that ended it; `null` while it is in the register. */
  readonly endedBy: string | null;
  readonly validFor: readonly string[];
  readonly endedFor: readonly string[];
  /** The changes of these two whose waves the controller is in. */
  readonly joined: readonly string[];
}

/** May this company be used for this controller's data, now? */
export interface Entitlement {
  readonly allowed: boolean;
  readonly because: EntitlementReason;
  /** The entry that the answer is about; `null` where none was found. */
  readonly entry: string | null;
  /** The change by which it is so; `null` of the first register, and where none is. */
  readonly change: string | null;
}

/**
 * Whether a company may be used for a controller's data, in a country where one is given (D44). `versions` are all versions of every
 * entry that was asked for, the oldest first. Whatever is in doubt is not allowed.
 */
export function entitlementOf(
  { hasAgreement, versions }: { hasAgreement: boolean; versions: readonly VersionForController[] },
  country: string | null,
): Entitlement {
  const refused = (because: EntitlementReason, entry: string | null = null, change: string | null = null) => ({
    allowed: false,
    because,
    entry,
    change,
  });
  if (!hasAgreement) return refused('no-agreement');
  const last = versions.at(-1);
  if (last === undefined) return refused('not-in-register');
  const active = versions.filter(({ isActive }) => isActive);
  const [first, ...more] = active;
  if (first === undefined) return refused('ended', last.entry, last.endedBy);
  const { entry } = first;
  // What an entry was called before may be what another was called last.
  const others = active.some(({ isMeant }) => isMeant) ? more : versions;
  if (others.some((version) => version.entry !== entry)) return refused('ambiguous');
  const held = active.find((version) => missingFor(version) === null && endedFor(version) === null);
  if (held !== undefined && (country === null || held.countries.includes(country))) {
    return { allowed: true, because: 'in-register', entry, change: held.changeId };
  }
  // It may hold for others, as it was asked for.
  const forOthers = active
    .filter(({ countries }) => country === null || countries.includes(country))
    .map(missingFor)
    .find((change) => change !== null);
  const ended = active.map(endedFor).find((change) => change !== null);
  if (forOthers !== undefined) return refused('not-approved-by-this-controller', entry, forOthers);
  if (held !== undefined) return refused('place-not-listed', entry, held.changeId);
  return refused('ended', entry, ended ?? null);
}

/** A change that a version needs, and whose waves the controller is not in. */
function missingFor({ validFor, joined }: VersionForController): string | null {
  return validFor.find((change) => !joined.includes(change)) ?? null;
}

/** A change whose wave has ended a version for the controller. */
function endedFor({ endedFor: changes, joined }: VersionForController): string | null {
  return changes.find((change) => joined.includes(change)) ?? null;
}
