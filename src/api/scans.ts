import { z } from 'zod';
import { addScan } from '../commands/add-scan.ts';
import { contentOfScan, findScan, listScans } from '../db/scans.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { MAX_SCAN_BYTES, SCAN_MEDIA_TYPES, viewOfScan, type ScanOf } from '../domain/scan.ts';
import { list as listing, placed } from '../http/list.ts';
import { expectNamed } from '../http/named-in-filter.ts';
import { command, query } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { externalId, instantOut, uuid } from './fields.ts';

const example = {
  id: EXAMPLE_ID,
  changeId: EXAMPLE_ID,
  controller: 'kunde-1001',
  letterId: null,
  objectionId: EXAMPLE_ID,
  approvalId: null,
  mediaType: 'application/pdf',
  bytes: 48_213,
  sha256: '3d6c1ee4ea3cb3b0a5b3cd5d0ba8a7b3ec0ea2c5d1d32b0f60a3b0f9e0a3d1c2',
  addedAt: '2026-11-25T09:10:00.000Z',
  addedBy: `Jura (key ${EXAMPLE_ID})`,
};

const scan = z
  .object({
    id: uuid,
    changeId: uuid,
    controller: externalId,
    letterId: uuid.nullable(),
    objectionId: uuid.nullable(),
    approvalId: uuid.nullable(),
    mediaType: z.enum(SCAN_MEDIA_TYPES),
    bytes: z.number().int(),
    sha256: z.string(),
    addedAt: instantOut,
    addedBy: z.string(),
  })
  .meta({
    id: 'Scan',
    description:
      'A scan of a letter, or a mail that came otherwise, with what was recorded of it (D66): of a letter that was sent, an objection, or an approval or a refusal.',
    examples: [example],
  });

const scanWithContent = scan.extend({ base64: z.string().meta({ format: 'byte' }) }).meta({
  id: 'ScanWithContent',
  description: 'A scan with its bytes. It may hold the link that a mail quotes, so it is for officers.',
  examples: [{ ...example, base64: Buffer.from('%PDF-1.7').toString('base64') }],
});

const params = z.object({ id: uuid });

/** So long is the base64 of the largest scan. */
const MAX_BASE64 = Math.ceil(MAX_SCAN_BYTES / 3) * 4;

const base64 = z
  .string()
  .min(1, 'Expected a file, found none')
  .max(MAX_BASE64, `Expected at most ${MAX_SCAN_BYTES} bytes`)
  .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'Expected base64 on one line')
  .meta({ format: 'byte' })
  .transform((text) => Buffer.from(text, 'base64'))
  .refine(
    ({ length }) => length > 0 && length <= MAX_SCAN_BYTES,
    `Expected between 1 and ${MAX_SCAN_BYTES} bytes, found another number`,
  );

export const add = command({
  operationId: 'addScan',
  summary: 'Add the scan of a letter, or a mail, to what was recorded of it (D66)',
  tag: 'Scans',
  scope: 'scans:write',
  params,
  body: z
    .strictObject({
      letterId: uuid.optional(),
      objectionId: uuid.optional(),
      approvalId: uuid.optional(),
      base64,
    })
    .refine(
      ({ letterId, objectionId, approvalId }) =>
        [letterId, objectionId, approvalId].filter((id) => id !== undefined).length === 1,
      'Expected one of letterId, objectionId and approvalId',
    )
    .meta({
      id: 'AddedScan',
      description:
        'What it is the scan of, and its bytes: a PDF, a JPEG, a PNG, or a mail as it came (`.eml`), with at most 10 MiB. Its first bytes say which. One record may have several scans; none is replaced.',
      examples: [{ objectionId: EXAMPLE_ID, base64: Buffer.from('%PDF-1.7').toString('base64') }],
    }),
  // With what stands around the base64.
  maxBodyBytes: MAX_BASE64 + 4 * 1024,
  responses: { 201: scan },
  refusals: ['not-found', 'scan-not-readable'],
  write: async (tx, { params: { id: changeId }, body: { base64: content, ...of }, by }) => {
    // The schema has made sure that it is one of them.
    const added = await addScan(tx, { changeId, of: of as ScanOf, content }, by);
    return { status: 201, headers: { location: `/v1/scans/${added.id}` }, body: viewOfScan(added) };
  },
});

export const listOfChange = listing({
  operationId: 'listChangeScans',
  summary: 'The scans of what was recorded of a change, without their bytes',
  tag: 'Scans',
  scope: 'mails:read',
  params,
  filters: { controller: externalId.optional() },
  item: scan,
  place: uuid,
  refusals: ['not-found'],
  find: async (db, { params: { id: change }, query: { controller }, ...part }) => {
    await expectNamed(db, { change });
    return placed(await listScans(db, { change, controller }, part), ({ id }) => id, viewOfScan);
  },
  columns: [
    'id',
    'controller',
    'letterId',
    'objectionId',
    'approvalId',
    'mediaType',
    'bytes',
    'sha256',
    'addedAt',
    'addedBy',
  ],
});

export const get = query({
  operationId: 'getScan',
  summary: 'A scan, byte for byte',
  tag: 'Scans',
  scope: 'mails:read',
  params,
  responses: { 200: scanWithContent },
  refusals: ['not-found', 'scan-erased'],
  read: async (db, { params: { id } }) => {
    const found = await findScan(db, id);
    if (found === null) throw notFound(`scan ${id}`);
    const content = await contentOfScan(db, id);
    if (content.length === 0)
      throw new Refused('scan-erased', 'The scan has been erased: nothing of it is left but its SHA-256.');
    return { ...viewOfScan(found), base64: content.toString('base64') };
  },
});
