import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { importedController } from '../../src/api/controllers.ts';
import type { Controller } from '../../src/db/controllers.ts';
import { csv } from '../../src/importing/csv.ts';
import type { ImportWarning, RejectedLine } from '../../src/importing/format.ts';
import { judgementsOf, lastLinesOf } from '../../src/importing/judge.ts';

/** What a CSV file says, in pieces of three bytes. */
async function read(bytes: Buffer | string, mapped: Record<string, string> = {}) {
  const whole = Buffer.from(bytes);
  async function* pieces() {
    for (let at = 0; at < whole.length; at += 3) yield whole.subarray(at, at + 3);
  }
  const file = { sha256: createHash('sha256').update(whole).digest('hex'), read: pieces };
  const format = await csv(file, new Map(Object.entries(mapped)));
  const said = { controllers: [] as Controller[], rejected: [] as RejectedLine[], warnings: [...format.warnings] };
  const measure = { schema: importedController, products: new Set(['truetalk', 'andet']) };
  for await (const { controller, rejected, warnings } of judgementsOf(format, await lastLinesOf(format), measure)) {
    if (controller !== null) said.controllers.push(controller);
    said.rejected.push(...rejected);
    said.warnings.push(...(warnings as ImportWarning[]));
  }
  return said;
}

const HEADER = 'Kundenummer;Navn;CVR;Produkter;E-mail;Kontakt;Sprog';
const ROW = 'K-1;Blåbær & Søn A/S;99000007;truetalk;dpo@blaabaer.example;Åse Ørum;da';
const BLUEBERRY = {
  externalId: 'K-1',
  name: 'Blåbær & Søn A/S',
  registrationNumber: '99000007',
  products: ['truetalk'],
  contacts: [{ email: 'dpo@blaabaer.example', name: 'Åse Ørum', language: 'da' }],
};

describe('A CSV file is read', () => {
  test.each([
    ['UTF-8', Buffer.from(`${HEADER}\n${ROW}`)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${HEADER}\r\n${ROW}\r\n`)],
    ['Windows-1252', Buffer.from(`${HEADER}\r\n${ROW}\r\n`, 'latin1')],
    ['UTF-16, as Excel saves Unicode text', Buffer.from(`\ufeff${HEADER}\r\n${ROW}`.replaceAll(';', '\t'), 'utf16le')],
    ['UTF-16, the other way round', Buffer.from(`\ufeff${HEADER}\n${ROW}`, 'utf16le').swap16()],
    ['commas', Buffer.from(`${HEADER}\n${ROW}`.replaceAll(';', ','))],
    ['tabs', Buffer.from(`${HEADER}\n${ROW}`.replaceAll(';', '\t'))],
    ['the delimiter that its first line says', Buffer.from(`sep=|\r\n${HEADER}\r\n${ROW}`.replaceAll(';', '|'))],
    ['a line sep=, and a semicolon', Buffer.from(`sep=;\r\n${HEADER}\r\n${ROW}`)],
    ['lines as of an old Mac', Buffer.from(`${HEADER}\r${ROW}\r`)],
    ['quotes around everything', Buffer.from(`${HEADER}\n${ROW}`.replace(/[^;\n]+/g, '"$&"'))],
    ['blank rows and cells at the end', Buffer.from(`;;;;;;;;\n${HEADER};;;\n\n;;;;;;;;;\n${ROW};;;\n;;;\n`)],
    [
      'English names in capitals',
      Buffer.from(`EXTERNAL ID;Name;Registration-Number;PRODUCTS;email;Contact;LANGUAGE\n${ROW}`),
    ],
  ])('with %s', async (_what, bytes) => {
    expect(await read(bytes)).toEqual({ controllers: [BLUEBERRY], rejected: [], warnings: [] });
  });

  test('with the characters that Windows-1252 has and Latin-1 has not', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${HEADER}\nK-1;`),
      Buffer.from([0x80, 0x20, 0x96, 0x20, 0xe6]),
      Buffer.from(';99000007;truetalk;a@x.example;A;da'),
    ]);
    expect((await read(bytes)).controllers[0]?.name).toBe('€ – æ');
  });

  test('with names of columns that are said', async () => {
    const body =
      'Kundenr,Firma,Navn,SE-nr,Produkt,Mail,DPO\nK-1,Blåbær & Søn A/S,x,99000007,truetalk,dpo@blaabaer.example,Åse Ørum';
    const mapped = {
      externalId: 'Kundenr',
      name: 'firma',
      registrationNumber: 'SE-NR',
      products: 'Produkt',
      email: 'Mail',
      contact: 'DPO',
    };
    const { controllers, warnings } = await read(body, mapped);
    expect(controllers).toEqual([BLUEBERRY]);
    expect(warnings).toEqual([
      expect.objectContaining({
        code: 'column-unknown',
        message: expect.stringContaining('The column Navn is not read'),
      }),
    ]);
  });

  test('with quoted newlines, delimiters and quotes, which stand on one line then', async () => {
    const { controllers, rejected } = await read(
      `${HEADER}\n"K-1";"Blåbær;\r\n ""og"" Søn";99000007;truetalk;a@x.example;A;da\nK-2;Hotel "Havn";99000015;truetalk;fejl;B;da`,
    );
    expect(controllers.map(({ name }) => name)).toEqual(['Blåbær; "og" Søn']);
    // The line that an editor shows.
    expect(rejected).toMatchObject([{ line: 4, externalId: 'K-2' }]);
  });
});

describe('Contacts are read', () => {
  const contactsIn = async (body: string) => (await read(body)).controllers[0]?.contacts;

  test('of several columns, of several rows, and each once', async () => {
    const header = 'kundenummer;navn;cvr;produkter;e-mail;kontakt;sprog;E-mail 2;Kontakt 2;email;kontakt';
    const said = await read(
      `${header}\nK-1;Blåbær;99000007;TrueTalk, andet;a@x.example;A;Engelsk;b@x.example;B;c@x.example;C
K-2;Andre;99000015;truetalk;z@x.example;Z;;;;;
K-1;BLÅBÆR;DK 99 00 00 07;;d@x.example;D;;;;;
K-1;;;;A@x.example;A;english;;;;`,
    );
    expect(said.rejected).toEqual([]);
    expect(said.controllers.find(({ externalId }) => externalId === 'K-1')).toEqual({
      externalId: 'K-1',
      name: 'Blåbær',
      registrationNumber: '99000007',
      products: ['truetalk', 'andet'],
      contacts: [
        { email: 'a@x.example', name: 'A', language: 'en' },
        { email: 'b@x.example', name: 'B', language: 'da' },
        { email: 'c@x.example', name: 'C', language: 'da' },
        { email: 'd@x.example', name: 'D', language: 'da' },
      ],
    });
    expect(said.warnings).toEqual([
      { line: 5, externalId: 'K-1', code: 'row-repeated', message: 'The contact A@x.example stands in line 2 already' },
    ]);
  });

  test('with whether they may approve, where a cell says so', async () => {
    const header = 'kundenummer;navn;cvr;produkter;e-mail;Må godkende;E-mail 2;Må godkende 2';
    const { controllers, rejected } = await read(
      `${header}\nK-1;Blåbær;1;truetalk;a@x.example;Ja;b@x.example;nej\nK-2;Andre;2;truetalk;c@x.example;;;\nK-3;Tredje;3;truetalk;d@x.example;måske;;`,
    );
    expect(controllers.map(({ contacts }) => contacts)).toEqual([
      [
        { email: 'a@x.example', name: 'Blåbær', language: 'da', mayApprove: true },
        { email: 'b@x.example', name: 'Blåbær', language: 'da', mayApprove: false },
      ],
      [{ email: 'c@x.example', name: 'Andre', language: 'da' }],
    ]);
    expect(rejected).toMatchObject([
      { line: 4, externalId: 'K-3', errors: [{ path: 'Må godkende', message: 'Expected ja or nej', found: 'måske' }] },
    ]);
  });

  test('with the name of the customer where a contact has none, and in Danish where nothing else is said', async () => {
    expect(await contactsIn(`${HEADER}\nK-1;Blåbær;1;truetalk;a@x.example;;`)).toEqual([
      { email: 'a@x.example', name: 'Blåbær', language: 'da' },
    ]);
    expect(await contactsIn('kundenummer;navn;cvr;produkter;email\nK-1;Blåbær;1;truetalk;a@x.example')).toEqual([
      { email: 'a@x.example', name: 'Blåbær', language: 'da' },
    ]);
  });
});

test('What the company keeps stands in columns of its own, and is left alone where there is none', async () => {
  const { controllers } = await read(
    `${HEADER};metadata.EAN;Metadata.Kundeansvarlig;reference\n${ROW};="0057900";Åse;\n${ROW.replace('K-1', 'K-2')};;;PO 1`,
  );
  expect(controllers).toMatchObject([
    { metadata: { EAN: '0057900', Kundeansvarlig: 'Åse' }, reference: null },
    { metadata: {}, reference: 'PO 1' },
  ]);
  expect(Object.keys((await read(`${HEADER}\n${ROW}`)).controllers[0] ?? {})).not.toContain('metadata');
});

describe('A row is rejected with its line, its column, what was expected and what was found:', () => {
  const rejectedIn = async (...rows: string[]) => (await read([HEADER, ...rows].join('\n'))).rejected;

  test.each([
    ['K-1;;1;truetalk;a@x.example;A;da', 'Navn', 'Expected text, found none', null],
    ['K-1;N;1;truetalk;;A;da', 'E-mail', 'Expected an address', null],
    ['K-1;N;1;truetalk;;;', 'E-mail', 'Expected at least one contact', '[]'],
    [
      'K-1;N;1;truetalk;a@x.example, b@x.example;A;da',
      'E-mail',
      'no quotes, comments, commas',
      'a@x.example, b@x.example',
    ],
    ['K-1;N;1;truetalk;a@x.example;A;tysk', 'Sprog', 'expected one of "da"|"en"', 'tysk'],
    ['K-1;N;1;;a@x.example;A;da', 'Produkter', 'Expected at least one product', null],
    ['K-1;N;1;fax;a@x.example;A;da', 'Produkter', 'There is no product fax', 'fax'],
    ['K 1;N;1;truetalk;a@x.example;A;da', 'Kundenummer', 'without spaces', 'K 1'],
    [';N;1;truetalk;a@x.example;A;da', 'Kundenummer', 'Expected 1 to 100 characters', null],
    ['1,00E+07;N;1;truetalk;a@x.example;A;da', 'Kundenummer', 'rounded this number', '1,00E+07'],
    ['K-1;N;1.00E+7;truetalk;a@x.example;A;da', 'CVR', 'rounded this number', '1.00E+7'],
    ['K-1;N;10000003,00;truetalk;a@x.example;A;da', 'CVR', 'a decimal number', '10000003,00'],
    ['K-1;#I/T;1;truetalk;a@x.example;A;da', 'Navn', 'shows an error', '#I/T'],
    ['K-1;N;1;truetalk;a@x.example;A;da;for meget', '', 'Expected at most 7 cells', 'for meget'],
  ])('%s', async (row, column, message, found) => {
    expect(await rejectedIn(row)).toEqual([
      {
        line: 2,
        externalId: row.split(';')[0] || null,
        errors: [{ path: column, message: expect.stringContaining(message), found }],
      },
    ]);
  });

  test('rows of one customer that disagree', async () => {
    expect(
      await rejectedIn(
        'K-1;Blåbær;99000007;truetalk;a@x.example;A;da',
        'K-2;Jordbær;99000015;truetalk;a@x.example;A;da',
        'K-1;Brombær;99000023;andet;a@x.example;En anden;da',
      ),
    ).toEqual([
      {
        line: 4,
        externalId: 'K-1',
        errors: [
          { path: 'Navn', message: 'Expected what line 2 says of the same customer: Blåbær', found: 'Brombær' },
          { path: 'CVR', message: 'Expected what line 2 says of the same customer: 99000007', found: '99000023' },
          { path: 'Produkter', message: 'Expected what line 2 says of the same customer: truetalk', found: 'andet' },
          { path: 'E-mail', message: 'Expected each address once: line 2 has it for A (da)', found: 'a@x.example' },
        ],
      },
    ]);
  });
});

describe('A file is refused as a whole', () => {
  const faultsOf = (body: string, mapped?: Record<string, string>) =>
    read(body, mapped).then(
      () => [],
      (error: { errors: { path: string; message: string }[] }) => error.errors,
    );

  test('without a header, or a column that is needed, which is named', async () => {
    expect(await faultsOf('')).toEqual([{ path: '', message: expect.stringContaining('Expected a first row') }]);
    expect(await faultsOf('Kundenr;Navn;CVR;Produkter;Mail')).toEqual([
      {
        path: 'externalId',
        message:
          'Expected a column externalid or kundenummer, or one that ?columns=externalId:… names; found Kundenr, Navn, CVR, Produkter, Mail',
      },
      { path: 'email', message: expect.stringContaining('Expected a column email') },
    ]);
    expect(await faultsOf(HEADER, { name: 'Firma' })).toMatchObject([
      { path: 'columns', message: expect.stringContaining('Expected a column Firma for name, found Kundenummer') },
      { path: 'name' },
    ]);
  });

  test('where a quote never ends, with its line', async () => {
    expect(await faultsOf(`${HEADER}\n${ROW}\n"K-2;${ROW}\n${ROW}`)).toEqual([
      { path: 'line 3', message: expect.stringContaining('never ends') },
    ]);
    expect(await faultsOf(`${HEADER}\n"${`${ROW}\n`.repeat(2_000)}`)).toEqual([
      { path: 'line 2', message: expect.stringContaining('at most 65536 bytes') },
    ]);
  });
});

test.each([
  [
    'the next row',
    `K-2;"Blomst;99000015;truetalk;a@blomst.example;A;da\nK-3;"Træ";99000023;truetalk;b@trae.example;B;da`,
  ],
  ['some rows', `K-2;"Blomst;1;truetalk;a@b.example;A;da\n${ROW}\nK-3;Træ";99000023;truetalk;b@trae.example;B;da`],
  ['a part of the next row', `K-2;"Blomst;1;truetalk;a@b.example;A;da\nK-3;Træ;1;truetalk;"b@trae.example;B`],
])(
  'No customer is swallowed by a quote that goes on over %s, which gives it the contacts of another',
  async (_what, rows) => {
    await expect(read(`${HEADER}\n${ROW}\n${rows}\n`)).rejects.toMatchObject({
      errors: [{ path: 'line 3', message: expect.stringContaining('Expected a second quote') }],
    });
  },
);

test('A file of two encodings is read, and said', async () => {
  const mixed = Buffer.concat([Buffer.from(`${HEADER}\n${ROW}\n`), Buffer.from(ROW.replace('K-1', 'K-2'), 'latin1')]);
  const { controllers, warnings } = await read(mixed);
  expect(controllers.map(({ name }) => name)).toEqual(['BlÃ¥bÃ¦r & SÃ¸n A/S', 'Blåbær & Søn A/S']);
  expect(warnings).toEqual([expect.objectContaining({ code: 'encoding-mixed' })]);
});

test('Each contact of a long spreadsheet is one of the customer of its row', async () => {
  const bytes = await readFile(path.join(import.meta.dirname, 'kunder.csv'));
  const { controllers } = await read(bytes);
  expect(controllers.length).toBeGreaterThan(400);
  const text = new TextDecoder('windows-1252').decode(bytes);
  for (const { externalId, contacts } of controllers) {
    for (const { email } of contacts) expect(text).toMatch(new RegExp(`^"?${externalId}"?;[^\r]*${email}`, 'm'));
  }
});
