import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { expect, test } from 'vitest';
import {
  envelopeAddressOf,
  isAsciiMailAddress,
  isMailAddress,
  lettersBeyondAscii,
  withoutMailAddresses,
} from '../../src/domain/email-address.ts';

/** A domain of 250 characters: with `dpo@` before it, the longest address that there can be. */
const DOMAIN_OF_250 = [...Array.from({ length: 4 }, () => 'a'.repeat(60)), 'b'.repeat(6)].join('.');

test.each([
  'dpo@good.example',
  'DPO@GOOD.EXAMPLE',
  'first.last@sub.domain.good.example',
  'name+tag@good.example',
  "o'brien@good.example",
  'a_b-c@good-company.dk',
  '1234@5678.dk',
  "!#$%&'*+/=?^_`{|}~-@good.example",
  'a@b.dk',
  'dpo@xn--rdgrd-vuad.dk',
  'jørgen@kunde.example',
  'JØRGEN@Kunde.Example',
  'dpo@ærø.dk',
  'DPO@ÆRØ.dk',
  'jørgen.å+notice@ærø.dk',
  'info@straße.de',
  'почта@пример.рф',
  'λ@παράδειγμα.gr',
  '邮箱@例子.中国',
  'बात@उदाहरण.भारत',
])('Accepts the address %s', (address) => {
  expect(isMailAddress(address)).toBe(true);
});

test.each([
  ['nothing', ['', ' ', '@', 'dpo', 'dpo@', '@good.example', 'good.example']],
  [
    'line breaks',
    ['dpo@good.example\r\nBcc: evil@b.example', 'dpo@good.example\n', '\ndpo@good.example', 'dpo\r@good.example'],
  ],
  ['line breaks of Unicode', ['dpo@good.example\u2028', 'dpo@good.example\u0085', 'dpo\u2029@good.example']],
  ['several addresses', ['a@good.example,b@b.example', 'a@good.example;b@b.example', 'a@good.example b@b.example']],
  ['two @', ['dpo@good.example@b.example', 'dpo@@good.example', '"dpo@evil.example"@good.example']],
  [
    'comments',
    ['dpo(comment)@good.example', 'dpo@good.example(comment)', '(c)dpo@good.example', 'dpo@(c)good.example'],
  ],
  ['quotes', ['"dpo"@good.example', '"a b"@good.example', '"dpo\\"@good.example', "'dpo'@good.example\""]],
  [
    'display names and brackets',
    ['DPO <dpo@good.example>', '<dpo@good.example>', 'dpo@good.example>', 'mailto:dpo@good.example'],
  ],
  ['routes and groups', ['@a.example:dpo@good.example', 'group:dpo@good.example;', 'evil.example!dpo:x@good.example']],
  [
    'control characters',
    [
      'dpo\0@good.example',
      'dpo@good.example\0',
      'dpo\t@good.example',
      'dpo@good\u007F.example',
      '\u001Bdpo@good.example',
    ],
  ],
  [
    'spaces',
    [
      ' dpo@good.example',
      'dpo@good.example ',
      'dpo @good.example',
      'dpo@ good.example',
      'd po@good.example',
      'dpo@good.example\u00A0',
    ],
  ],
  [
    'invisible characters',
    ['dpo\u200B@good.example', '\uFEFFdpo@good.example', 'dpo@good.\u00ADexample', 'dpo@good.example\u202E'],
  ],
  [
    'letters that look like others',
    [
      'dpo@gооd.example',
      'dрo@good.example',
      'ｄｐｏ@good.example',
      'dpo＠good.example',
      'dpo@ｇood.example',
      'dpo@good。example',
    ],
  ],
  [
    'letters in another form',
    ['jo\u0308rgen@good.example', '\u0301dpo@good.example', 'dpo@a\u030aroe.dk', 'ﬁn@good.example', 'x²@good.example'],
  ],
  [
    'characters that turn the direction of writing or cannot be seen, among other letters',
    [
      'jø\u202Ergen@good.example',
      'dpo@æ\u200Drø.dk',
      'dpo@æ\u2066rø.dk',
      'ø\u3164@good.example',
      'ø\u00AD@good.example',
    ],
  ],
  [
    'letters and what is refused without them',
    [
      'jørgen@good.example\r\nBcc: evil@b.example',
      'jørgen@good.example,evil@b.example',
      '"jørgen"@good.example',
      'jørgen @good.example',
      'jør..gen@good.example',
      'jørgen@ærø',
      'jørgen@0x7f.1',
      'dpo@ærø.1',
      'dpo@-ærø.dk',
      'dpo@ærø-.dk',
      'dpo@æ_rø.dk',
      'dpo@ærø.xn--r-3fa9c.dk',
      'jørgen@ærø.dk@b.example',
      'jør\ud800gen@good.example',
      '😀@good.example',
    ],
  ],
  [
    'misplaced dots',
    [
      '.dpo@good.example',
      'dpo.@good.example',
      'd..po@good.example',
      'dpo@.good.example',
      'dpo@good..example',
      'dpo@good.example.',
    ],
  ],
  ['no full domain', ['dpo@localhost', 'dpo@example', 'dpo@[127.0.0.1]', 'dpo@[IPv6:::1]']],
  ['misplaced hyphens', ['dpo@-good.example', 'dpo@good-.example', 'dpo@good.example-']],
  [
    'other characters',
    [
      'dpo\\@good.example',
      'dpo@good_company.example',
      'dpo@good.example/x',
      'dpo@good.example?cc=x',
      'dpo@good%2eexample',
    ],
  ],
])('Refuses an address with %s', (_fault, addresses) => {
  expect(addresses.filter(isMailAddress)).toEqual([]);
});

test('Takes 64 characters before the @, and not 65', () => {
  expect(isMailAddress(`${'a'.repeat(64)}@good.example`)).toBe(true);
  expect(isMailAddress(`${'a'.repeat(65)}@good.example`)).toBe(false);
});

test('Takes 254 characters in all, and not 255', () => {
  const longest = `dpo@${DOMAIN_OF_250}`;
  expect(longest).toHaveLength(254);
  expect(isMailAddress(longest)).toBe(true);
  expect(isMailAddress(`x${longest}`)).toBe(false);
});

test('Counts bytes where letters have more than one', () => {
  expect(isMailAddress(`${'ø'.repeat(32)}@good.example`)).toBe(true);
  expect(isMailAddress(`${'ø'.repeat(33)}@good.example`)).toBe(false);
  expect(isMailAddress(`dpo@${'ø.'.repeat(40)}dk`)).toBe(false);
});

test.each([
  ['dpo@ærø.dk', 'dpo@xn--r-3fa9c.dk'],
  ['DPO@ÆRØ.DK', 'DPO@xn--r-3fa9c.dk'],
  ['DPO@Kunde.Example', 'DPO@Kunde.Example'],
  ['jørgen@kunde.example', 'jørgen@kunde.example'],
  ['jørgen@ærø.dk', 'jørgen@ærø.dk'],
])('In an envelope, %s is %s', (address, inEnvelope) => {
  expect(isMailAddress(address)).toBe(true);
  expect(envelopeAddressOf(address)).toBe(inEnvelope);
  expect(isAsciiMailAddress(address)).toBe(address === inEnvelope && lettersBeyondAscii(address) === '');
});

test('Takes 63 characters between two dots, and not 64', () => {
  expect(isMailAddress(`dpo@${'a'.repeat(63)}.example`)).toBe(true);
  expect(isMailAddress(`dpo@${'a'.repeat(64)}.example`)).toBe(false);
});

test.each([
  ['an object', { address: 'dpo@good.example\r\nBcc: evil@b.example' }],
  ['an object with a good address', { name: 'DPO', address: 'dpo@good.example' }],
  ['a list of two', ['dpo@good.example', 'evil@b.example']],
  ['a number', 42],
])('Refuses %s where a string belongs', (_kind, value) => {
  expect(isMailAddress(value as unknown as string)).toBe(false);
});

test('Judges any input before this test is over, however long it is', () => {
  for (const part of ['a', 'a.', '.', '@', 'a@', '-', 'a-', '(', '"']) {
    expect(isMailAddress(part.repeat(100_000))).toBe(false);
    expect(isMailAddress(`dpo@${part.repeat(120)}`.slice(0, 250).concat('!'))).toBe(false);
  }
});

test('Whatever is accepted is one recipient, and that one, for nodemailer', async () => {
  const transport = createTransport({ streamTransport: true, buffer: true });
  const characters = [...'abAB09.@-_+\'"<>(),;: \t\r\n\\/!#%=?[]{}|~æ\u200B\u0000'];
  const part = fc
    .array(fc.constantFrom(...characters), { minLength: 1, maxLength: 8 })
    .map((chosen) => chosen.join(''));
  const damaged = fc.tuple(fc.emailAddress(), fc.nat(), part).map(([address, position, added]) => {
    const at = position % (address.length + 1);
    return address.slice(0, at) + added + address.slice(at);
  });
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.emailAddress(), damaged), async (address) => {
      if (!isMailAddress(address)) return;
      accepted += 1;
      const sent = await transport.sendMail({ from: 'varsel@telenor.example', to: { name: '', address }, text: 'x' });
      // Domains are compared without case.
      expect(sent.envelope.to.map((recipient) => recipient.toLowerCase())).toEqual([
        envelopeAddressOf(address).toLowerCase(),
      ]);
    }),
    { numRuns: 500 },
  );
  expect(accepted).toBeGreaterThan(100);
});

test.each([
  ['550 5.1.1 <anna.holm@kunde.example>: user unknown', '550 5.1.1 <[address]>: user unknown'],
  ['{"url":"/v1/controllers?q=anna%40kunde.example&limit=2"}', '{"url":"/v1/controllers?q=[address]&limit=2"}'],
  ['"Anna" <"anna holm"@kunde.example>, dpo@ærø.dk;', '"Anna" <"anna holm"@kunde.example>, [address];'],
  ['at /app/node_modules/@fastify/postgres/index.js:3', 'at /app/node_modules/@fastify/postgres/index.js:3'],
  ['no address at all', 'no address at all'],
])('%j is shown without mail addresses', (text, shown) => {
  expect(withoutMailAddresses(text)).toBe(shown);
});

test('a long line without an address is read in the time of its length', () => {
  const began = performance.now();
  expect(withoutMailAddresses(`${'a'.repeat(500_000)} @`)).toHaveLength(500_002);
  expect(performance.now() - began).toBeLessThan(5_000);
});
