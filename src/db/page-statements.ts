import type { PageStatement } from '../domain/page-statement.ts';
import { oneRow, type Transaction } from './postgres.ts';

/** Keeps what a page stated, once, and returns its SHA-256 in hexadecimal (D50). */
export async function keepStatement(tx: Transaction, { language, text }: PageStatement): Promise<string> {
  const { sha256 } = await oneRow<{ sha256: string }>(
    tx,
    `with given as (select sha256(convert_to($2, 'UTF8')) as sha256),
     kept as (insert into page_statements (sha256, language, text) select sha256, $1, $2 from given on conflict do nothing)
     select encode(sha256, 'hex') as sha256 from given`,
    [language, text],
  );
  return sha256;
}
