import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { importedController } from '../../src/api/controllers.ts';
import type { Controller } from '../../src/db/controllers.ts';
import type { RejectedLine } from '../../src/importing/format.ts';
import { judgementsOf, lastLinesOf } from '../../src/importing/judge.ts';
import { xlsx } from '../../src/importing/xlsx.ts';
import { unzipped } from '../../src/importing/zip.ts';
import { workbook, zipOf, type WorkbookCell } from '../support/workbook.ts';

const HEADER = ['Kundenummer', 'Navn', 'CVR', 'Produkter', 'E-mail', 'Kontakt', 'Sprog'];

/** What a workbook says. */
async function read(bytes: Buffer, bounds: Parameters<typeof xlsx>[2] = {}, mapped: Record<string, string> = {}) {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
  }
  const file = { sha256: createHash('sha256').update(bytes).digest('hex'), read: pieces };
  const format = await xlsx(file, new Map(Object.entries(mapped)), bounds);
  const said = { controllers: [] as Controller[], rejected: [] as RejectedLine[], warnings: format.warnings };
  const measure = { schema: importedController, products: new Set(['truetalk']) };
  for await (const { controller, rejected } of judgementsOf(format, await lastLinesOf(format), measure)) {
    if (controller !== null) said.controllers.push(controller);
    said.rejected.push(...rejected);
  }
  return said;
}

const readRows = (rows: readonly (readonly WorkbookCell[])[]) => read(workbook(rows));

test('A workbook is read as a CSV with the same rows is: numbers as typed, blank rows left out, contacts added up', async () => {
  const said = await readRows([
    [...HEADER, 'Må godkende', 'metadata.Siden', 'metadata.EAN', 'Fax'],
    [],
    [
      1001,
      '  Blåbær &\n Søn A/S ',
      10000003,
      'TrueTalk',
      'dpo@blaabaer.example',
      'Åse Ørum',
      'dansk',
      true,
      Temporal.PlainDate.from('2026-11-23'),
      5790000000001,
    ],
    ['1001', null, null, null, 'it@blaabaer.example', 'Bo', 'en', false],
  ]);
  expect(said).toMatchObject({ rejected: [], warnings: [{ code: 'column-unknown' }] });
  expect(said.controllers).toEqual([
    {
      externalId: '1001',
      name: 'Blåbær & Søn A/S',
      registrationNumber: '10000003',
      products: ['truetalk'],
      metadata: { Siden: '2026-11-23', EAN: '5790000000001' },
      contacts: [
        { email: 'dpo@blaabaer.example', name: 'Åse Ørum', language: 'da', mayApprove: true },
        { email: 'it@blaabaer.example', name: 'Bo', language: 'en', mayApprove: false },
      ],
    },
  ]);
});

test('A number that the spreadsheet has rounded, and an error of a formula, are refused in their rows', async () => {
  const said = await readRows([
    HEADER,
    [1_234_567_890_123_456_800, 'Kunde A/S', '10000003', 'truetalk', 'dpo@a.example'],
    ['K-2', 'Kunde B A/S', '10000003', 'truetalk', 'dpo@b.example'],
    ['K-2', null, null, null, { error: '#N/A' }],
  ]);
  expect(said.controllers).toEqual([]);
  expect(said.rejected).toEqual([
    {
      line: 2,
      externalId: '1.2345678901234568E+18',
      errors: [
        {
          path: 'Kundenummer',
          message: expect.stringContaining('has rounded this number'),
          found: '1.2345678901234568E+18',
        },
      ],
    },
    {
      line: 4,
      externalId: 'K-2',
      errors: [{ path: 'E-mail', message: expect.stringContaining('shows an error here'), found: '#N/A' }],
    },
  ]);
});

test('Columns that are called otherwise are found by what is said of them', async () => {
  const bytes = workbook([
    ['Kundenr', ...HEADER.slice(1)],
    ['K-1', 'Kunde A/S', '10000003', 'truetalk', 'dpo@a.example'],
  ]);
  await expect(read(bytes)).rejects.toThrow();
  expect(await read(bytes, {}, { externalId: 'Kundenr' })).toMatchObject({ controllers: [{ externalId: 'K-1' }] });
});

const faultOf = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => 'was read',
    (error: { errors: { message: string }[] }) => error.errors[0]?.message ?? '',
  );

test('What is no workbook, and what is too large, is refused with the reason', async () => {
  expect(await faultOf(read(Buffer.from('Kundenummer;Navn')))).toContain('it is no ZIP archive');
  expect(await faultOf(read(zipOf({ 'a.xml': '<a/>' })))).toContain('Expected an Excel workbook (.xlsx)');
  expect(await faultOf(read(workbook([])))).toContain('Expected a first row');
  expect(await faultOf(read(workbook([HEADER]), { bytes: 100 }))).toContain('at most 100 bytes: save it as CSV');
});

test('An archive that comes to more than it may is refused, whatever its directory says of it', () => {
  const zeros = Buffer.alloc(1_000_000);
  for (const says of [undefined, 10]) {
    const bomb = zipOf({ 'a.xml': '<a/>', 'b.xml': zeros }, says);
    expect(bomb.length).toBeLessThan(2_000);
    expect(() => unzipped(bomb, 1_000_003)).toThrow('it comes to too much when it is unpacked');
    expect(unzipped(bomb, 1_000_004).get('b.xml')).toEqual(zeros);
  }
});

test('A sheet that would take all memory ends the reading, not the process', async () => {
  const rows = workbook([HEADER]);
  expect(await read(rows)).toMatchObject({ controllers: [] });
  const endless = `<worksheet><sheetData><row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData></worksheet>`;
  const parts = {
    'xl/workbook.xml': '<workbook><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    'xl/worksheets/sheet1.xml': endless,
  };
  expect(await faultOf(read(zipOf(parts), { memoryMb: 64 }))).toContain('save it as CSV');
});
