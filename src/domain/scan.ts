import { instantText } from './instant.ts';

/** What a scan can be: a scan of paper, or a mail that came to somebody's own mailbox. */
export const SCAN_MEDIA_TYPES = ['application/pdf', 'image/jpeg', 'image/png', 'message/rfc822'] as const;
export type ScanMediaType = (typeof SCAN_MEDIA_TYPES)[number];

/** How the name of a file of each ends. */
const ENDINGS: Readonly<Record<ScanMediaType, string>> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'message/rfc822': 'eml',
};

/** The largest scan, in bytes. */
export const MAX_SCAN_BYTES = 10 * 1024 ** 2;

/** What a scan is the scan of: one record of what came, or of a letter that went. */
export type ScanOf = { readonly letterId: string } | { readonly objectionId: string } | { readonly approvalId: string };

/** A scan on record, without its bytes (D66). */
export interface Scan {
  readonly id: string;
  readonly changeId: string;
  /** External id. */
  readonly controller: string;
  /** Of what it is the scan: two of these are `null`. */
  readonly letterId: string | null;
  readonly objectionId: string | null;
  readonly approvalId: string | null;
  readonly mediaType: ScanMediaType;
  readonly bytes: number;
  /** Of its bytes, in hexadecimal. It stays when they are emptied. */
  readonly sha256: string;
  readonly addedAt: Temporal.Instant;
  readonly addedBy: string;
}

const PDF = Buffer.from('%PDF-');
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** So much of a mail's header is looked at. */
const HEADER_BYTES = 64 * 1024;

/** What these bytes are, by how they begin; `null` for none of what is taken (D66). */
export function scanMediaTypeOf(content: Buffer): ScanMediaType | null {
  const beginsWith = (bytes: Buffer) => content.subarray(0, bytes.length).equals(bytes);
  if (beginsWith(PDF)) return 'application/pdf';
  if (beginsWith(JPEG)) return 'image/jpeg';
  if (beginsWith(PNG)) return 'image/png';
  return isMail(content.subarray(0, HEADER_BYTES).toString('latin1')) ? 'message/rfc822' : null;
}

/** A mail begins with a field, and says in its header whom it is from. */
function isMail(beginning: string): boolean {
  const [header = ''] = beginning.split(/\r?\n\r?\n/, 1);
  return /^[a-z][a-z0-9-]*:/i.test(header) && /^from:/im.test(header);
}

/** What a scan is called as a file. */
export const fileNameOf = ({ id, mediaType }: Pick<Scan, 'id' | 'mediaType'>): string => `${id}.${ENDINGS[mediaType]}`;

/** A scan as the API shows it. */
export function viewOfScan({ addedAt, ...scan }: Scan) {
  return { ...scan, addedAt: instantText(addedAt) };
}
