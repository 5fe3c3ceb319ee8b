import fc from 'fast-check';
import { simpleParser, type AddressObject } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { MESSAGE_KINDS } from '../../src/domain/message.ts';
import { composeMessage } from '../../src/mail/compose.ts';
import { oneLine } from '../../src/domain/text.ts';
import { subjectField } from '../../src/mail/mime.ts';
import { composeOperatorMail } from '../../src/mail/operator-mail.ts';
import { mailboxValue, type Mailbox } from '../../src/mail/sender.ts';
import { ID, SENDER, sourceOf } from './example-content.ts';
import { anObjection, factsFor } from './example-facts.ts';

const AT = Temporal.Instant.from('2026-11-23T09:00:00Z');
const ADDRESS = 'svar+019ac0de00007000800000000000000c.abcdefghijklmnopqrstuvwx@svar.telenor.example';

const field = (name: string, mailbox: Mailbox) => `${name}: ${mailboxValue(mailbox)}`;

/** The name and the folded lines of the value, which a parser joins again. */
const FIELD = /^[\w-]+: \S.*(?:\r\n[ \t].*\S.*)*$/;

describe('What a mail asks of machines', () => {
  test.each(MESSAGE_KINDS)('A %s keeps absence notes away, and no report of a failure', async (kind) => {
    const { headers } = await simpleParser(sourceOf(factsFor(kind)));
    expect(headers.has('auto-submitted')).toBe(false);
    expect(headers.get('x-auto-response-suppress')).toBe('OOF, AutoReply');
  });

  test('A mail to the company itself asks for nothing back, so that no two machines write to each other', async () => {
    const about = { messageId: ID, to: { name: '', address: 'jura@telenor.example' }, at: AT };
    const { headers, subject } = await simpleParser(
      composeOperatorMail(SENDER, about, { subject: 'Varsel: x', body: 'y', link: null }),
    );
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('x-auto-response-suppress')).toBe('All');
    expect(subject).toBe('Varsel: x');
  });
});

describe('A header field', () => {
  test('has the beginning of its value on its first line, also where that is too long for it', () => {
    expect(field('Reply-To', { name: '', address: ADDRESS })).toBe(`Reply-To: <${ADDRESS}>`);
    expect(field('Reply-To', { name: 'Telenor A/S', address: ADDRESS })).toBe(
      `Reply-To: "Telenor A/S"\r\n <${ADDRESS}>`,
    );
  });

  test.each([
    'a'.repeat(200),
    `${'a'.repeat(100)} b`,
    `a${' '.repeat(120)}b`,
    '"'.repeat(90),
    `"${'a'.repeat(99)}", \\`,
  ])('is folded within 78 columns where a name of ASCII has no place for that: %j', async (name) => {
    const to = field('To', { name, address: 'dpo@kunde.example' });
    expect(to).toMatch(FIELD);
    expect(Math.max(...to.split('\r\n').map(({ length }) => length))).toBeLessThanOrEqual(78);
    const parsed = (await simpleParser(`${to}\r\n\r\n`)).to as AddressObject;
    expect(parsed.value).toEqual([{ name: oneLine(name), address: 'dpo@kunde.example' }]);
    const subject = subjectField(name);
    expect(subject).toMatch(FIELD);
    expect((await simpleParser(`${subject}\r\n\r\n`)).subject).toBe(name);
  });

  test('is never empty on a line, nor longer than mail systems carry, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('To', 'From', 'Reply-To'),
        fc.oneof(
          fc.string({ unit: fc.constantFrom(...'ab "Æ😀,<>.\\'), maxLength: 200 }),
          fc.string({ unit: 'grapheme', maxLength: 200 }),
        ),
        (name, text) => {
          const written = field(name, { name: text, address: 'dpo@kunde.example' });
          expect(written).toMatch(FIELD);
          expect(Math.max(...written.split('\r\n').map(({ length }) => length))).toBeLessThanOrEqual(78);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('A quoted text', () => {
  const text = (reasons: string) =>
    composeMessage(factsFor('objection-received', { objection: anObjection({ reasons }) }))
      .text.split('\n')
      .filter((line) => line.startsWith('>'));

  test('stays within 78 columns, and keeps its words, its own lines and their indentation', () => {
    const sentence = 'Vi er uenige i overførslen af personoplysninger til et tredjeland uden et gyldigt grundlag. ';
    const lines = text(`${sentence.repeat(3).trim()}\n\n  1. Politik\n  2. ${sentence.repeat(2).trim()}`);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(78);
    const words = lines.map((line) => line.replace(/^> ?/, '')).join(' ');
    expect(words.split(/\s+/).join(' ')).toBe(`${sentence.repeat(3)}1. Politik 2. ${sentence.repeat(2).trim()}`);
    expect(lines).toContain('>   1. Politik');
    expect(lines).toContain('>');
  });

  test('breaks no word, however long', () => {
    const word = `https://telenor.example/${'a'.repeat(120)}`;
    expect(text(`Se ${word} for mere. ${'b'.repeat(90)}`)).toEqual([
      '> Se',
      `> ${word}`,
      '> for mere.',
      `> ${'b'.repeat(90)}`,
    ]);
  });
});
