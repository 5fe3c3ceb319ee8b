import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { KEPT_ROWS } from '../../src/db/kept-rows.ts';
import { monthOf, RETENTION, RETENTION_CLASSES, RETENTION_RANGES } from '../../src/domain/retention.ts';

const now = (instant: string) => Temporal.Instant.from(instant);

describe('A month of the preview', () => {
  test.each([
    ['2026-03', '2026-02-28T23:00:00Z', '2026-03-31T22:00:00Z'],
    ['2026-10', '2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z'],
    ['2026-12', '2026-11-30T23:00:00Z', '2026-12-31T23:00:00Z'],
  ])('%s is that of the Danish calendar', (name, from, to) => {
    const month = monthOf(name, now('2020-01-01T00:00:00Z'));
    expect([month.name, month.from.toString(), month.to.toString()]).toEqual([name, from, to]);
  });

  test.each([
    ['2026-12-31T22:59:59Z', '2027-01'],
    ['2026-12-31T23:00:00Z', '2027-02'],
  ])('is the next one at %s', (instant, name) => {
    expect(monthOf(undefined, now(instant)).name).toBe(name);
  });
});

describe('docs/retention.md', () => {
  const text = readFileSync(new URL('../../docs/retention.md', import.meta.url), 'utf8');

  test.each(RETENTION_CLASSES)('has the class %s', (name) => {
    expect(text).toMatch(new RegExp(`^\\| \`${name}\` `, 'm'));
    expect(KEPT_ROWS.map((kept) => kept.class)).toContain(name);
  });

  test.each(Object.entries(RETENTION))('has the rule %s with its default', (rule, value) => {
    expect(text).toContain(`\`${rule}\` (${value})`);
    const { from, to } = RETENTION_RANGES[rule as keyof typeof RETENTION_RANGES];
    expect(value >= from && value <= to).toBe(true);
  });
});
