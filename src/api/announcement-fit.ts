import type { z } from 'zod';
import type { Announcement, ChangeKind } from '../domain/change.ts';

/** What each kind of change must name, and what it names nothing of (D38). */
const NAMED = {
  addition: ['subProcessor'],
  replacement: ['replaces', 'subProcessor'],
  amendment: ['amends', 'subProcessor'],
  removal: ['removes'],
  'transfer-basis': ['entries'],
} as const satisfies Record<ChangeKind, readonly string[]>;

/** What a change may say besides, and of which kinds. */
const ALLOWED = {
  children: ['replacement', 'removal'],
  wordingOnly: ['amendment'],
} as const satisfies Readonly<Record<string, readonly ChangeKind[]>>;

/** The fields that are judged together. */
const JUDGED: readonly PropertyKey[] = [
  'kind',
  'replaces',
  'amends',
  'removes',
  'entries',
  'subProcessor',
  'children',
  'wordingOnly',
  'scope',
  'separation',
];

/** Judges them also where other fields are missing or ill-formed, so that every fault is told at once. */
export const WHERE_THEY_ARE_READ = {
  when: ({ issues }: { issues: readonly { path?: PropertyKey[] | undefined }[] }) =>
    !issues.some(({ path: [first] = [] }) => first === undefined || JUDGED.includes(first)),
};

/** Reports every field of an announcement that does not fit its kind, or another of its fields. */
export function refuseMisfit(body: Announcement, context: z.RefinementCtx): void {
  const refuse = (message: string, ...path: (string | number)[]) => context.addIssue({ code: 'custom', path, message });
  const { kind, subProcessor, scope, separation, entries, wordingOnly } = body;
  const needed: readonly string[] = NAMED[kind];
  for (const field of ['replaces', 'amends', 'removes', 'entries', 'subProcessor'] as const) {
    const value = body[field];
    const isGiven = Array.isArray(value) ? value.length > 0 : value !== null;
    if (isGiven && !needed.includes(field))
      refuse(`Expected nothing: a change of kind "${kind}" has no ${field}`, field);
    if (!isGiven && needed.includes(field))
      refuse(`Expected a value: a change of kind "${kind}" names its ${field}`, field);
  }
  for (const field of ['children', 'wordingOnly'] as const) {
    const kinds: readonly ChangeKind[] = ALLOWED[field];
    if (body[field].length === 0 || kinds.includes(kind)) continue;
    refuse(`Expected nothing: ${field} is of a change of kind ${kinds.map((each) => `"${each}"`).join(' or ')}`, field);
  }
  for (const field of ['registrationNumber', 'contactPerson'] as const) {
    if (kind === 'amendment' || subProcessor === null || subProcessor[field] !== null) continue;
    refuse('Expected a value: only an amendment of an entry that has none may have none', 'subProcessor', field);
  }
  if (scope === 'each' && separation === null) {
    refuse('Expected how the data of the others is kept away, and who vouches for it: scope is "each"', 'separation');
  }
  if (scope === 'all' && separation !== null) refuse('Expected nothing: separation is of scope "each"', 'separation');
  entries.forEach(({ entry, country }, index) => {
    const first = entries.findIndex((each) => each.entry === entry && each.country === country);
    if (first < index) refuse(`Expected each place once, found the one of ${first} again`, 'entries', index);
  });
  wordingOnly.forEach((text, index) => {
    if (wordingOnly.indexOf(text) < index)
      refuse(`Expected each text once, found "${text}" again`, 'wordingOnly', index);
  });
}
