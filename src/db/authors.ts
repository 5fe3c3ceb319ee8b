import type { Author } from '../domain/author.ts';
import { oneRow, type Queryable } from './postgres.ts';

/**
 * Whether the same person stands behind two authors, as the record names them or as they are shown: by the same key, by a key of the
 * person, or by one that the person has made (D57). Where an act must be confirmed by a second person, this must be false (D39, D42).
 */
export async function isSamePerson(db: Queryable, one: string, other: string): Promise<boolean> {
  const { is } = await oneRow<{ is: boolean }>(db, 'select person_behind($1) = person_behind($2) as is', [one, other]);
  return is;
}

/** Who acts, in words for people: the record itself names nobody (D48). What is on record is read with its authors in words. */
export async function authorInWords(db: Queryable, { actor }: Author): Promise<string> {
  return (await oneRow<{ words: string }>(db, 'select author_in_words($1) as words', [actor])).words;
}
