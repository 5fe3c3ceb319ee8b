import { describe, expect, test } from 'vitest';
import type { ChangeContent } from '../../src/domain/change.ts';
import { canonicalJson } from '../../src/domain/canonical-json.ts';
import { contentHash } from '../../src/domain/content-hash.ts';
import { differencesFrom } from '../../src/domain/expectation.ts';
import { aContent, anAnnouncement, aSubProcessor } from '../support/examples.ts';

const locations = [
  { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Nordlys Inc.' } },
] as const;
const subProcessor = aSubProcessor(1, { parentId: 'entry-2', locations });
const entry = (number: number) => ({
  ...aSubProcessor(number),
  id: `entry-${number}`,
  activeFrom: Temporal.PlainDate.from('2026-01-01'),
  activeUntil: null,
  factsFrom: Temporal.PlainDate.from('2026-01-01'),
  forSome: false,
  changeId: null,
});
/** What the hash covers. */
type Hashed = Parameters<typeof contentHash>[0];
const { stricter: _asked, ...content }: ChangeContent = aContent(
  anAnnouncement({ kind: 'replacement', replaces: 'entry-1', supersedes: 'change-1', subProcessor }),
  [entry(1), entry(2)],
);

/** Every value in a content, as a path. */
function paths(value: unknown, at: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || value instanceof Temporal.PlainDate) return [[...at]];
  return Object.entries(value).flatMap(([key, child]) => paths(child, [...at, key]));
}

/** The same with another value at a path. */
function changedAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) {
    if (value instanceof Temporal.PlainDate) return value.add({ days: 1 });
    if (typeof value === 'boolean') return !value;
    return typeof value === 'number' ? value + 1 : `${String(value)} `;
  }
  const copy: unknown = Array.isArray(value) ? [...value] : { ...(value as object) };
  const fields = copy as Record<string, unknown>;
  fields[key] = changedAt(fields[key], rest);
  return copy;
}

describe('The hash of what would go out', () => {
  test('is the SHA-256 that anybody can compute of the canonical text', async () => {
    expect(await contentHash(content)).toMatch(/^[0-9a-f]{64}$/);
    expect(await contentHash(content)).toBe(await contentHash(structuredCloneOf(content)));
  });

  test.each(paths(content).map((path) => [path.join('.'), path] as const))(
    'is another where %s is',
    async (_name, path) => {
      expect(await contentHash(changedAt(content, path) as ChangeContent)).not.toBe(await contentHash(content));
    },
  );

  test('is another where a place, or a text in the other language, is added or left out', async () => {
    const { reason } = content;
    const others = [
      { ...content, subProcessor: { ...subProcessor, locations: [...locations, ...locations] } },
      { ...content, subProcessor: { ...subProcessor, contactPerson: null } },
      { ...content, reason: { da: reason.da } },
    ];
    const hashes = await Promise.all([content, ...others].map(contentHash));
    expect(new Set(hashes).size).toBe(4);
  });

  test('is the same of the change on record, whatever becomes of it', async () => {
    const announcedAt = Temporal.Instant.from('2026-03-02T09:00:00Z');
    const onRecord = { id: 'change-9', version: 7, status: 'announced', announcedAt, ...content } as const;
    expect(await contentHash(onRecord)).toBe(await contentHash(content));
  });
});

/** As it comes back from JSON, with its members in another order. */
function structuredCloneOf(given: Hashed): Hashed {
  const reversed = (value: unknown): unknown =>
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([key, child]) => [key, reversed(child)]),
        );
  const plain = reversed(JSON.parse(JSON.stringify(given))) as Hashed;
  return { ...plain, plannedActivationOn: given.plannedActivationOn };
}

test('Canonical JSON orders members at every depth, drops what is undefined, and keeps the order of lists', () => {
  expect(canonicalJson({ b: [3, 1, { z: 'å"\n', y: undefined }], a: null, é: true, 10: 1 })).toBe(
    '{"10":1,"a":null,"b":[3,1,{"z":"å\\"\\n"}],"é":true}',
  );
});

test.each([
  [0, 10, true],
  [0, 11, false],
  [100, 90, true],
  [100, 89, false],
  [1_000, 1_010, true],
  [1_000, 1_011, false],
  [5_000, 5_050, true],
  [5_000, 4_949, false],
  [100_000, 101_000, true],
  [100_000, 101_001, false],
])('Of %i controllers that were expected, %i are near enough: %s', (expected, found, isNear) => {
  const differences = differencesFrom({ hash: 'a', controllers: expected }, { hash: 'a', controllers: found });
  expect(differences.map(({ path }) => path)).toEqual(isNear ? [] : ['expect.controllers']);
});
