import { gunzipSync, gzipSync } from 'node:zlib';
import { CSV, XLSX } from '../../api/controller-import.ts';
import { UPLOAD_BYTES } from '../uploads.ts';

/** A file between its dry run and its import. */
export interface KeptFile {
  readonly name: string;
  readonly content: Buffer;
}

/** A file as a hidden field of the page that shows its dry run: kept nowhere else (decision 64). */
export const asField = ({ content }: KeptFile): string => gzipSync(content).toString('base64');

/** The file of such a field; `null` for what is none. */
export function fileIn(field: string, name: string): KeptFile | null {
  try {
    return { name, content: gunzipSync(Buffer.from(field, 'base64'), { maxOutputLength: UPLOAD_BYTES }) };
  } catch {
    return null;
  }
}

/** What a file is sent as: a workbook begins as every ZIP archive does. */
export const mediaTypeOf = ({ content }: KeptFile): string =>
  content.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004' ? XLSX : CSV;
