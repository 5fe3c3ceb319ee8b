import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { keepContent } from '../db/sent-mails.ts';
import type { Form } from '../mail/form.ts';

/** Forms that are known to be on record. Thousands of mails share one, and it is written once. */
const KNOWN = 200;

/** Makes the function that keeps a form of mails (D50): once it has resolved, the form is on record. */
export function keptContents(pool: pg.Pool): (form: Form, about: string | null) => Promise<void> {
  const kept = new LRUCache<string, Promise<void>>({ max: KNOWN });
  return async ({ sha256, text }, about) => {
    const known = kept.get(sha256) ?? keepContent(pool, { sha256, text, about });
    kept.set(sha256, known);
    try {
      await known;
    } catch (error) {
      kept.delete(sha256);
      throw error;
    }
  };
}
