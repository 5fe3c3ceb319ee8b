import type { Author } from '../domain/author.ts';
import { oneRow, rows, type Queryable } from './postgres.ts';

/**
 * Whether the same person stands behind two authors, as the record names them or as they are shown: by the same key, by a key of the
 * person, or by one that the person has made (D57). Where an act must be confirmed by a second person, this must be false (D39, D42).
 */
export async function isSamePerson(db: Queryable, one: string, other: string): Promise<boolean> {
  const { is } = await oneRow<{ is: boolean }>(db, 'select person_behind($1) = person_behind($2) as is', [one, other]);
  return is;
}

/** The company's persons and keys as the record names them, with their names beside: of those that are not erased. */
export async function namedAuthors(db: Queryable): Promise<ReadonlyMap<string, string>> {
  const found = await rows<{ author: string; words: string }>(
    db,
    `select author, author_in_words(author) as words from (
       select 'person ' || id as author, name from people union all select 'key ' || id, name from api_keys) named
     where name <> '[erased]'`,
  );
  return new Map(found.map(({ author, words }) => [author, words]));
}

/** Who acts, in words for people: the record itself names nobody (D48). What is on record is read with its authors in words. */
export async function authorInWords(db: Queryable, { actor }: Author): Promise<string> {
  return (await oneRow<{ words: string }>(db, 'select author_in_words($1) as words', [actor])).words;
}
