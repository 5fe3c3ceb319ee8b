import type { Language } from './text.ts';

/** What a page stated to who objects or answers through it, word for word and without anybody's name (D50). */
export interface PageStatement {
  readonly language: Language;
  readonly text: string;
}
