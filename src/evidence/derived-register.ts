import type { ActivatedChange, VersionOnRecord } from '../db/derived-register.ts';
import type { Difference } from '../db/derived-status.ts';
import { dayIn } from '../domain/instant.ts';

/**
 * What of a product's register does not follow from the activations on record (D23, D43, D53): when each version began and ended, and
 * for whose waves. `changes` are in the order in which they came into force. Of a first register the day that it began stands on
 * record by itself.
 */
export function differencesOfRegister(
  versions: readonly VersionOnRecord[],
  changes: readonly ActivatedChange[],
): Difference[] {
  const placeOf = new Map(changes.map(({ id }, place) => [id, place]));
  return versions.flatMap((version) => {
    const origin = version.changeId === null ? -1 : placeOf.get(version.changeId);
    if (origin === undefined) return [differenceOf(version, 'active', shown(version), 'in no register')];
    const later = changes.filter(({ entries }, place) => place > origin && entries.includes(version.entry));
    const end = later.find(({ scope }) => scope === 'all');
    const beforeItsEnd = end === undefined ? later : later.slice(0, later.indexOf(end));
    const made = changes[origin];
    const from = made === undefined ? version.from : dayOf(made);
    const expected = shown({ from, until: end === undefined ? null : dayOf(end) });
    // Versions of a change of scope `all` take over for whom the ones before had ended.
    const endedFor = new Set([
      ...version.endedFor.filter((id) => (placeOf.get(id) ?? Infinity) <= origin),
      ...beforeItsEnd.map(({ id }) => id),
    ]);
    const isEnded = version.endedFor.length === endedFor.size && version.endedFor.every((id) => endedFor.has(id));
    // A version of a first register that ended on the day that it began no longer says which day that was.
    const isShown = shown(version) === expected || (made === undefined && version.from === null && end !== undefined);
    return [
      ...(isShown ? [] : [differenceOf(version, 'active', shown(version), expected)]),
      ...(isEnded
        ? []
        : [
            differenceOf(
              version,
              'ended_for',
              version.endedFor.toSorted().join(' '),
              [...endedFor].toSorted().join(' '),
            ),
          ]),
    ];
  });
}

const dayOf = ({ at, timeZone }: ActivatedChange) => dayIn(timeZone, at);

/** The days of a version in words; one that held on no day is empty. */
function shown({ from, until }: Pick<VersionOnRecord, 'from' | 'until'>): string {
  if (from === null || (until !== null && from.equals(until))) return 'no day';
  return `${from.toString()} to ${until?.toString() ?? 'now'}`;
}

function differenceOf({ id }: VersionOnRecord, column: string, found: string, expected: string): Difference {
  return { table: 'register_entries', key: id, column, found, expected };
}
