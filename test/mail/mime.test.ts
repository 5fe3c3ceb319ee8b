import fc from 'fast-check';
import { simpleParser, type AddressObject } from 'mailparser';
import MailComposer from 'nodemailer/lib/mail-composer';
import { describe, expect, test } from 'vitest';
import { MESSAGE_KINDS } from '../../src/domain/message.ts';
import { LANGUAGES } from '../../src/domain/text.ts';
import { composeMessage } from '../../src/mail/compose.ts';
import { oneLine } from '../../src/domain/text.ts';
import { ENCODERS, quotedPrintable1 } from '../../src/mail/encoders.ts';
import { sourceOf } from './example-content.ts';
import { factsFor } from './example-facts.ts';

const EVERY_MESSAGE = MESSAGE_KINDS.flatMap((kind) => LANGUAGES.map((language) => [kind, language] as const));
const ADDRESS = 'dpo@kunde.example';

const HOSTILE_NAMES = [
  'Ærø Kommune',
  '"Ond" <evil@evil.example>, \\"',
  'Ond\r\nBcc: evil@evil.example\r\n\r\nHele mailen',
  '=?utf-8?q?evil?= =?utf-8?b?ZXZpbA==?=',
  '=3D=0D=0A.\r\n.\r\n--=_mixed--\r\n--=_alternative--',
  'عربي עברית \u202Eevil',
  '👩‍👩‍👧‍👦 𝕋elenor 🇩🇰',
  'Å'.repeat(200),
  'a'.repeat(200),
  `${'x'.repeat(74)}=`,
  '.',
  ' \t ',
  '',
];
const aName = fc.oneof(
  fc.constantFrom(...HOSTILE_NAMES),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: 'binary-ascii', maxLength: 200 }),
);
const aLink = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019-_'), minLength: 1, maxLength: 120 })
  .map((token) => `https://varsel.example/objections/${token}`);

/** All of a mail that its reader, or a program, goes by. */
async function parsed(source: string | Buffer) {
  const { headers, text, html, attachments, to } = await simpleParser(source);
  const fields = ['subject', 'date', 'mime-version'].map((name) => headers.get(name));
  return {
    fields,
    to: (to as AddressObject | undefined)?.value,
    text,
    html,
    files: attachments.map(({ filename, contentType, contentDisposition, content }) => ({
      filename,
      contentType,
      contentDisposition,
      content: content.toString('latin1'),
    })),
  };
}

describe.each(EVERY_MESSAGE)('%s in %s, put together from its encoded pieces', (kind, language) => {
  test('says to a strict parser what nodemailer’s composition of the same message says, whatever the names', async () => {
    await fc.assert(
      fc.asyncProperty(aName, aName, aLink, async (controllerName, contactName, link) => {
        const facts = factsFor(kind, { language, controllerName, contactName, link });
        const to = { name: oneLine(contactName), address: ADDRESS };
        const spliced = sourceOf(facts);
        const date = new Date(facts.composedAt.epochMilliseconds);
        const { attachments, ...message } = composeMessage(facts);
        const composed = new MailComposer({ date, ...message, attachments: [...attachments] });
        // The name as it stands, also where nodemailer would let a reader take it for an encoded word.
        expect(await parsed(spliced)).toEqual({ ...(await parsed(await composed.compile().build())), to: [to] });
      }),
      { numRuns: 25, examples: HOSTILE_NAMES.map((name) => [name, name, 'https://varsel.example/objections/x']) },
    );
  });

  test('is lines of ASCII, none longer than mail systems carry, and no name begins a field of its own', () => {
    for (const name of HOSTILE_NAMES) {
      const facts = factsFor(kind, { language, controllerName: name, contactName: name });
      const source = sourceOf(facts);
      const lines = source.split('\r\n');
      expect(source).not.toMatch(/[^\t\r\n -~]/);
      const body = lines.slice(lines.indexOf(''));
      expect(Math.max(...body.map(({ length }) => length))).toBeLessThanOrEqual(76);
      const head = lines.slice(0, lines.indexOf(''));
      expect(head.filter((line) => line.length > 78 || !line.trim() || /^[\w-]+:$/.test(line))).toEqual([]);
      expect(source.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      expect(lines.slice(0, lines.indexOf('')).filter((line) => /^bcc/i.test(line))).toEqual([]);
    }
  });
});

test('Pieces that were encoded on their own decode to the text that they are of, wherever it was cut', () => {
  const aPiece = fc.string({ unit: fc.constantFrom(...'aÆ😀= .\t\r\n<'), maxLength: 160 });
  fc.assert(
    fc.property(fc.array(aPiece, { maxLength: 6 }), (pieces) => {
      // As in a form: what is written between slots.
      const encoded = pieces
        .map((piece, index) => (index % 2 === 0 ? quotedPrintable1(piece) : ENCODERS['qp-1'](piece)))
        .join('');
      for (const line of encoded.split('\r\n')) {
        expect(line.length).toBeLessThanOrEqual(76);
        // Spaces at the end of a line get lost on the way.
        expect(line).not.toMatch(/[ \t]$/);
      }
      const bytes = encoded
        .replaceAll('=\r\n', '')
        .replace(/=([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
      const text = pieces.map((piece) => piece.replace(/\r\n|[\r\n]/g, '\r\n')).join('');
      expect(Buffer.from(bytes, 'latin1').toString()).toBe(text);
    }),
    { numRuns: 500 },
  );
});
