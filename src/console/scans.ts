import * as scans from '../api/scans.ts';
import { InvalidRequest, notFound } from '../domain/refused.ts';
import { fileNameOf, MAX_SCAN_BYTES, scanMediaTypeOf, type ScanMediaType, type ScanOf } from '../domain/scan.ts';
import type { Language } from '../domain/text.ts';
import { textOf } from './form-faults.ts';
import { consolePage } from './page.ts';
import type { Visit } from './visit.ts';

/** The words for scans and the field that takes one. */
interface ScanTexts {
  readonly kinds: Readonly<Record<ScanMediaType, string>>;
  readonly fact: string;
  readonly link: (kind: string, kilobytes: string) => string;
  readonly field: string;
  readonly hint: string;
  /** Of a form that is shown again: a file does not stay in it. */
  readonly chooseAgain: (name: string) => string;
  readonly missing: string;
  readonly empty: string;
  readonly tooLarge: string;
  readonly notReadable: string;
}

const MEGABYTES = MAX_SCAN_BYTES / 1024 ** 2;

const TEXTS: Readonly<Record<Language, ScanTexts>> = {
  da: {
    kinds: {
      'application/pdf': 'PDF',
      'image/jpeg': 'billede',
      'image/png': 'billede',
      'message/rfc822': 'e-mail',
    },
    fact: 'Fil',
    link: (kind, kilobytes) => `Hent det scannede (${kind}, ${kilobytes} kB)`,
    field: 'Det scannede brev, eller e-mailen som fil',
    hint: `PDF, JPEG, PNG eller en e-mail (.eml), højst ${MEGABYTES} MB. Filen gemmes sammen med det, I registrerer.`,
    chooseAgain: (name) => `Vælg »${name}« igen. En fil bliver ikke stående i formularen.`,
    missing: 'Vælg en fil.',
    empty: 'Filen er tom. Vælg en anden.',
    tooLarge: `Filen er for stor. Vælg en på højst ${MEGABYTES} MB.`,
    notReadable: 'Filen er ikke en PDF, en JPEG, en PNG eller en e-mail. Vælg en anden.',
  },
  en: {
    kinds: {
      'application/pdf': 'PDF',
      'image/jpeg': 'picture',
      'image/png': 'picture',
      'message/rfc822': 'e-mail',
    },
    fact: 'File',
    link: (kind, kilobytes) => `Download the scan (${kind}, ${kilobytes} kB)`,
    field: 'The scanned letter, or the e-mail as a file',
    hint: `PDF, JPEG, PNG or an e-mail (.eml), at most ${MEGABYTES} MB. The file is kept with what you record.`,
    chooseAgain: (name) => `Choose “${name}” again. A file does not stay in the form.`,
    missing: 'Choose a file.',
    empty: 'The file is empty. Choose another one.',
    tooLarge: `The file is too large. Choose one of at most ${MEGABYTES} MB.`,
    notReadable: 'The file is not a PDF, JPEG, PNG or e-mail. Choose another one.',
  },
};

/** What a field for a scan shows (`parts/scan-field`): on a form that is shown again, which file has to be chosen anew. */
export function scanField({ language, uploads, form }: Visit, field: string) {
  const t = TEXTS[language];
  // A form that was kept has the name alone (`kept-forms.ts`).
  const chosen = uploads[field]?.name ?? textOf(form, field);
  return { id: field, label: t.field, hint: t.hint, again: chosen === '' ? null : t.chooseAgain(chosen) };
}

/** What is wrong with the file that was chosen in a field; `null` where nothing is, or none was chosen. */
export function scanFault({ language, uploads }: Visit, field: string): string | null {
  const t = TEXTS[language];
  const upload = uploads[field];
  if (upload === undefined) return null;
  if (upload.content === null || upload.content.length > MAX_SCAN_BYTES) return t.tooLarge;
  if (upload.content.length === 0) return t.empty;
  return scanMediaTypeOf(upload.content) === null ? t.notReadable : null;
}

/** What is said where a file is needed and none was chosen. */
export const scanMissing = ({ language }: Visit): string => TEXTS[language].missing;

/** Refuses a file that is no scan, before anything is recorded. */
export function expectScan(visit: Visit, field: string): void {
  const message = scanFault(visit, field);
  if (message !== null) throw new InvalidRequest([{ path: field, message }]);
}

/** Keeps the file that was chosen in a field, if any, with what was recorded. */
export async function keepScan(visit: Visit, field: string, changeId: string, of: ScanOf): Promise<void> {
  const content = visit.uploads[field]?.content;
  if (content === undefined || content === null) return;
  const body = { ...of, base64: content.toString('base64') };
  await visit.perform(scans.add, { params: { id: changeId }, body });
}

/** The most scans that a page shows of one customer. */
const SHOWN = 200;

/** The scans of one customer's part in a change, each with the record that it is of and its link; none for who reads no mails. */
export async function scanLinks(
  visit: Visit,
  {
    changeId,
    controller,
    product,
  }: { readonly changeId: string; readonly controller: string; readonly product: string },
): Promise<{ of: string | null; href: string; name: string }[]> {
  if (!visit.may('mails:read', product)) return [];
  const t = TEXTS[visit.language];
  const { items } = await visit.ask(scans.listOfChange, {
    params: { id: changeId },
    query: { controller, limit: SHOWN },
  });
  return items.map(({ id, letterId, objectionId, approvalId, mediaType, bytes }) => ({
    of: letterId ?? objectionId ?? approvalId,
    href: `/console/changes/${changeId}/scans/${id}`,
    name: t.link(t.kinds[mediaType], Math.ceil(bytes / 1024).toLocaleString(visit.language)),
  }));
}

/** The scans of one record as facts of its page. */
export async function scanFacts(
  visit: Visit,
  of: { readonly id: string; readonly changeId: string; readonly controller: string; readonly product: string },
): Promise<{ name: string; value: string; href: string }[]> {
  const links = (await scanLinks(visit, of)).filter((link) => link.of === of.id);
  return links.map(({ href, name }) => ({ name: TEXTS[visit.language].fact, value: name, href }));
}

/** `GET /console/changes/:id/scans/:scanId`: the file. */
export const scanFile = consolePage('mails:read', async (visit) => {
  const { id = '', scanId = '' } = visit.params;
  const { base64, ...scan } = await visit.ask(scans.get, { params: { id: scanId } });
  if (scan.changeId !== id) throw notFound(`scan ${scanId} of change ${id}`);
  return { file: Buffer.from(base64, 'base64'), type: scan.mediaType, name: fileNameOf(scan) };
});
