import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENCODERS, type Encoder } from '../../src/mail/encoders.ts';
import { filledForm, formOf } from '../../src/mail/form.ts';

const LONG = `Å${'a'.repeat(80)}`;

/** What each encoder makes of what. Mails on record are made again by these: an expectation here is never edited. */
const FROZEN: readonly (readonly [Encoder, string, string])[] = [
  ['line-1', ' Ond\r\nBcc:\u2028x\u202E ', 'Ond Bcc: x'],
  ['html-1', `<b>"&'</b>`, '&lt;b&gt;&quot;&amp;&#39;&lt;/b&gt;'],
  ['qp-1', '', '=\r\n'],
  ['qp-1', '.Æ = \t', '=\r\n=2E=C3=86 =3D =09=\r\n'],
  ['qp-1', 'a \nb', '=\r\na=20\r\nb=\r\n'],
  ['qp-1', LONG, `=\r\n=C3=85${'a'.repeat(67)}=\r\n${'a'.repeat(13)}=\r\n`],
  ['qp-1', `${'a'.repeat(72)}😀`, `=\r\n${'a'.repeat(72)}=\r\n=F0=9F=98=80=\r\n`],
  ['display-name-1', '', ''],
  ['display-name-1', 'Dorthe "D" Persson', '"Dorthe \\"D\\" Persson"\r\n '],
  ['display-name-1', 'Ærø, DPO', '=?UTF-8?Q?=C3=86r=C3=B8=2C_DPO?=\r\n '],
  ['display-name-1', '=?x', '=?UTF-8?Q?=3D=3Fx?=\r\n '],
  ['display-name-1', 'a'.repeat(60), `=?UTF-8?Q?${'a'.repeat(52)}?=\r\n =?UTF-8?Q?${'a'.repeat(8)}?=\r\n `],
  ['undashed-1', '019ac0de-0000-7000-8000-000000000001', '019ac0de000070008000000000000001'],
  ['grouped-1', '48120934', '4812 0934'],
  ['grouped-1', '', ''],
  ['date-1', '2026-11-03T09:05:07.999999Z', 'Tue, 3 Nov 2026 09:05:07 +0000'],
  ['calendar-date-1', '2026-11-03T09:05:07.999Z', '20261103T090507Z'],
  ['calendar-link-1', 'https://v.example/a,b', 'https://v.example/a\\,b'],
  ['calendar-link-1', 'x'.repeat(80), `${'x'.repeat(74)}\r\n ${'x'.repeat(6)}`],
];

describe('An encoder', () => {
  test.each(FROZEN)('%s makes of %j what it always made', (encoder, text, encoded) => {
    expect(ENCODERS[encoder](text)).toBe(encoded);
  });

  test('is none whose bytes are not stated here', () => {
    expect(new Set(FROZEN.map(([encoder]) => encoder))).toEqual(new Set(Object.keys(ENCODERS)));
  });

  test('takes part without any library or template', () => {
    const read = (file: string) => readFileSync(path.join(import.meta.dirname, '../../src/mail', file), 'utf8');
    expect(read('encoders.ts')).not.toMatch(/^import/m);
    const imported = [...read('form.ts').matchAll(/from '([^']+)'/g)].map(([, from]) => from);
    expect(imported).toEqual(['node:crypto', './encoders.ts']);
  });

  test('keeps every line of quoted-printable short, and loses nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aÆ😀= .\t\n<'), maxLength: 300 }), (text) => {
        const encoded = ENCODERS['qp-1'](text);
        for (const line of encoded.split('\r\n')) {
          expect(line.length).toBeLessThanOrEqual(76);
          expect(line).not.toMatch(/^\.|[ \t]$/);
        }
        const bytes = encoded
          .replaceAll('=\r\n', '')
          .replace(/=([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
        expect(Buffer.from(bytes, 'latin1').toString()).toBe(text.replaceAll('\n', '\r\n'));
      }),
    );
  });
});

describe('A form', () => {
  const form = formOf([
    'To: ',
    { slot: 'name', as: ['display-name-1'] },
    '<a>',
    '\r\n',
    { slot: 'token', before: 'x/', as: [] },
  ]);

  test('is its pieces with the values of its slots, and has the hash of its text', () => {
    expect(filledForm(form.pieces, { name: 'D', token: 'T' })).toBe('To: "D"\r\n <a>\r\nx/T');
    expect(form.text).toBe(
      '["To: ",{"slot":"name","as":["display-name-1"]},"<a>\\r\\n",{"slot":"token","before":"x/","as":[]}]',
    );
    expect(form.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('that is of a later version is refused with what is not known', () => {
    expect(() => filledForm(form.pieces, { name: 'D' })).toThrow('has the slot "token"');
    const later = JSON.parse('[{"slot":"name","as":["display-name-9"]}]');
    expect(() => filledForm(later, { name: 'D' })).toThrow('the encoder "display-name-9"');
  });
});
