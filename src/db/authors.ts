import type { Author } from '../domain/author.ts';
import { oneRow, type Queryable } from './postgres.ts';

/** Who acts, in words for people: the record itself names nobody (D48). What is on record is read with its authors in words. */
export async function authorInWords(db: Queryable, { actor }: Author): Promise<string> {
  return (await oneRow<{ words: string }>(db, 'select author_in_words($1) as words', [actor])).words;
}
