import { z } from 'zod';
import type { Place } from '../db/keyset.ts';

/** What PostgreSQL writes for a day or an instant. An offset above 14 hours is one that it would not read. */
const KEY = /^(?!0000)\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?[+-](0\d|1[0-4])(:[0-5]\d)?)?$/;
const PLACE = /^(?:([^~]*)~)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Places in lists that are sorted, as `sortedPlace` writes them: a key where the order has one, and an id. */
export const sorted = z.string().refine((place) => {
  const { key, id } = readPlace(place);
  return id !== '' && (key === null || key === 'infinity' || isTime(key));
});

/** A place of a list that is sorted, as the cursor holds it. */
export const sortedPlace = ({ key, id }: Place) => (key === null ? id : `${key}~${id}`);

/** What `sortedPlace` has written. */
export function readPlace(place: string): Place;
export function readPlace(place: string | null): Place | null;
export function readPlace(place: string | null): Place | null {
  if (place === null) return null;
  const [, key, id = ''] = PLACE.exec(place) ?? [];
  return { key: key ?? null, id };
}

function isTime(key: string): boolean {
  if (!KEY.test(key)) return false;
  try {
    return key.length === 10
      ? Temporal.PlainDate.from(key, { overflow: 'reject' }) !== null
      : Temporal.Instant.from(key) !== null;
  } catch {
    return false;
  }
}
