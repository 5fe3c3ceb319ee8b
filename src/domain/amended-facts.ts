import type { RefusalAt } from './announcement-refusal.ts';
import type { Announcement } from './change.ts';
import { areEqual } from './canonical-json.ts';
import type { ChangeElement } from './regime.ts';
import { nameKey, registrationKey, type RegisterEntry } from './register.ts';

/** What is wrong with the facts that an announcement gives an entry of the register (D38, D39). */
export function factRefusals(
  announcement: Announcement,
  elements: readonly ChangeElement[],
  register: readonly RegisterEntry[],
): RefusalAt[] {
  const { amends, kind, scope } = announcement;
  const amended = register.find(({ id }) => id === amends);
  return [
    ...(amended === undefined ? [] : companyRefusals(announcement, amended)),
    ...(kind === 'amendment' && amended !== undefined && elements.length === 0
      ? [
          {
            because: 'change-without-effect' as const,
            detail: `Every fact of ${amended.name} is as it is in the register: expected one that changes.`,
            path: 'subProcessor',
          },
        ]
      : []),
    ...sameBases(announcement, register),
    ...unchangedWording(announcement, elements),
    ...(scope === 'each' && !elements.some(({ regime }) => regime.approval)
      ? [
          {
            because: 'nothing-to-approve' as const,
            detail:
              'Scope "each" is for those who approve, and no element of this change needs approval: expected "all".',
            path: 'scope',
          },
        ]
      : []),
  ];
}

/**
 * Refuses an amendment that would make another company of an entry: the same company has the same number in the same country, and
 * where the register has no number, the same name, or the same address and no number: of the three only one can be new, or nothing
 * says that it is the same company. Its contact person is not taken away (D2).
 */
function companyRefusals({ subProcessor: planned }: Announcement, entry: RegisterEntry): RefusalAt[] {
  if (planned === null) return [];
  const refusals: RefusalAt[] = [];
  const another = (field: string, expected: string, found: string) =>
    refusals.push({
      because: 'another-company',
      detail: `Expected ${expected}, found ${found}: another company in the place of ${entry.name} is a replacement.`,
      path: field,
    });
  const [before, after] = [registrationKey(entry), registrationKey(planned)];
  if (planned.country !== entry.country) another('subProcessor.country', entry.country, planned.country);
  else if (before !== null && after !== before) {
    const number = entry.registrationNumber ?? '';
    another('subProcessor.registrationNumber', `the number ${number}`, planned.registrationNumber ?? 'none');
  } else if (before === null && nameKey(planned.name) !== nameKey(entry.name)) {
    if (after !== null) another('subProcessor', 'another name or a first registration number', 'both');
    else if (!isSameLine(planned.address, entry.address))
      another('subProcessor', 'another name or another address', 'both');
  }
  if (entry.contactPerson !== null && planned.contactPerson === null) {
    const detail = `${entry.name} has a contact person in the register: expected one, found none.`;
    refusals.push({ because: 'contact-person-missing', detail, path: 'subProcessor.contactPerson' });
  }
  return refusals;
}

function isSameLine(one: string, other: string): boolean {
  return nameKey(one) === nameKey(other);
}

/** Refuses a transfer basis that the place rests on already. */
function sameBases({ entries }: Announcement, register: readonly RegisterEntry[]): RefusalAt[] {
  return entries.flatMap(({ entry: id, country, transferBasis }, index): RefusalAt[] => {
    const entry = register.find((each) => each.id === id);
    const places = entry?.locations.filter((location) => location.country === country) ?? [];
    const isOther = places.some((location) => !areEqual(location.transferBasis, transferBasis));
    if (entry === undefined || places.length === 0 || isOther) return [];
    const detail = `${country} rests on this basis already at ${entry.name}: expected another one.`;
    return [{ because: 'change-without-effect', detail, path: `entries.${index}.transferBasis` }];
  });
}

/** Refuses the statement that only the words of a text change which does not change at all. */
function unchangedWording({ wordingOnly }: Announcement, elements: readonly ChangeElement[]): RefusalAt[] {
  return wordingOnly.flatMap((text, index): RefusalAt[] => {
    if (elements.some(({ element }) => element === text)) return [];
    const detail = `"${text}" does not change: expected a text of which the words change.`;
    return [{ because: 'wording-unchanged', detail, path: `wordingOnly.${index}` }];
  });
}
