import { crc32, deflateRawSync } from 'node:zlib';

/** A cell: a text, a number, yes or no, a day, an error of a formula, or nothing. */
export type WorkbookCell = string | number | boolean | Temporal.PlainDate | { readonly error: string } | null;

const FIRST_DAY = Temporal.PlainDate.from('1899-12-30');
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const SHEETS = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** An Excel workbook (.xlsx) with one sheet, as Excel writes it: texts shared, days as numbers with a format. */
export function workbook(rows: readonly (readonly WorkbookCell[])[]): Buffer {
  const texts: string[] = [];
  const known = new Map<string, number>();
  const shared = (text: string) => {
    const at = known.get(text) ?? texts.push(text) - 1;
    known.set(text, at);
    return at;
  };
  const sheet = rows
    .map(
      (cells, row) => `<row r="${row + 1}">${cells.map((cell, at) => xmlOf(cell, at, row + 1, shared)).join('')}</row>`,
    )
    .join('');
  return zipOf({
    '[Content_Types].xml': `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    'xl/workbook.xml': `${XML}<workbook xmlns="${SHEETS}" xmlns:r="${RELATIONS}"><sheets><sheet name="Ark1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${RELATIONS}/styles" Target="styles.xml"/><Relationship Id="rId3" Type="${RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    'xl/styles.xml': `${XML}<styleSheet xmlns="${SHEETS}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${XML}<sst xmlns="${SHEETS}">${texts.map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join('')}</sst>`,
    'xl/worksheets/sheet1.xml': `${XML}<worksheet xmlns="${SHEETS}"><sheetData>${sheet}</sheetData></worksheet>`,
  });
}

function xmlOf(cell: WorkbookCell, column: number, row: number, shared: (text: string) => number): string {
  if (cell === null) return '';
  const at = `${String.fromCodePoint(65 + column)}${row}`;
  if (typeof cell === 'string') return `<c r="${at}" t="s"><v>${shared(cell)}</v></c>`;
  if (typeof cell === 'number') return `<c r="${at}"><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `<c r="${at}" t="b"><v>${Number(cell)}</v></c>`;
  if (cell instanceof Temporal.PlainDate) return `<c r="${at}" s="1"><v>${FIRST_DAY.until(cell).days}</v></c>`;
  return `<c r="${at}" t="e"><f>1/0</f><v>${cell.error}</v></c>`;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A ZIP archive of compressed files. `says` is how large each is said to be, where that is not how large it is. */
export function zipOf(files: Readonly<Record<string, string | Buffer>>, says?: number): Buffer {
  let offset = 0;
  const [contents, directory]: [Buffer[], Buffer[]] = [[], []];
  for (const [name, content] of Object.entries(files)) {
    const [bytes, nameBytes] = [Buffer.from(content), Buffer.from(name)];
    const packed = deflateRawSync(bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(says ?? bytes.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, nameBytes, packed]);
    contents.push(local);
    directory.push(Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), common, place, nameBytes);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(contents.length, 8);
  end.writeUInt16LE(contents.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...contents, entries, end]);
}
