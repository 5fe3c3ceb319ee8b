import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inboundTags } from '../../src/security/inbound-tags.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';
import { withoutSecretsOf } from '../../src/security/secrets-in-text.ts';

const SECRET = 'a secret of at least thirty-two characters';
const ID = '019cb0a1-7d3e-7c11-9fb2-3c6a5d4e8f10';
const links = objectionLinks(SECRET);
const tags = inboundTags(SECRET);
const withoutSecrets = withoutSecretsOf(links, tags);

const token = links.tokenOf(ID);
const tag = tags.tagOf(ID);
const link = `https://varsel.telenor.example/objections/${token}`;
const reply = `reply+${tag}@svar.telenor.example`;
const bounce = `bounce+${tag}@svar.telenor.example`;

/** The text as quoted-printable breaks it. */
const inPieces = (text: string, length: number, between: string) =>
  text.match(new RegExp(`[^]{1,${length}}`, 'g'))?.join(between) ?? '';
const percentEncoded = (text: string) => text.replaceAll(/[^A-Za-z0-9.]/g, (each) => `%${hexOf(each)}`);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const hexOf = (each: string) => each.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
const ofEveryCharacter = (text: string, spell: (code: number) => string) =>
  [...text].map((each) => spell(each.charCodeAt(0))).join('');

/** Whether either secret can still be read out of a text by somebody who takes some trouble. */
function isIn(secret: string, text: string): boolean {
  let plain = text;
  for (let layer = 0; layer < 4; layer += 1) {
    plain = plain
      .replaceAll(/=\r?\n/g, '')
      .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
      .replaceAll(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
      .replaceAll(/[%=]([2-7][0-9a-f])/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  }
  const squeezed = plain.replaceAll(/\n[> ]*|[\s\u200B\u00AD\uFEFF]/g, '');
  return squeezed.toLowerCase().includes(secret.toLowerCase());
}

describe('a link is cut, however it is spelled:', () => {
  const spellings: [string, string, string][] = [
    ['as it was sent', `Se ${link} og svar.`, 'Se [link removed] og svar.'],
    ['in pointed brackets', `Gør indsigelse<${link}> her`, 'Gør indsigelse<[link removed]> her'],
    ['with a query', `${link}?lang=en#top, tak`, '[link removed], tak'],
    ['at the end of a sentence', `Brug ${link}.`, 'Brug [link removed].'],
    ['behind a word without a space', `linket:${link} virker`, 'linket:[link removed] virker'],
    ['its token alone', `Koden er ${token}!`, 'Koden er [link removed]!'],
    [
      'Safe Links',
      `a https://eur01.safelinks.protection.outlook.com/?url=${percentEncoded(link)}&data=05%7C01&reserved=0 b`,
      'a [link removed] b',
    ],
    ['encoded twice', `a https://x.example/?u=${percentEncoded(percentEncoded(link))}&v=1 b`, 'a [link removed] b'],
    [
      'URL Defense 2',
      `a https://urldefense.proofpoint.com/v2/url?u=${link.replaceAll(/[-_:]/g, (each) => `-${hexOf(each)}`).replaceAll('/', '_')}&d=DwMF b`,
      'a [link removed] b',
    ],
    ['URL Defense 3', `a https://urldefense.com/v3/__${link}__;!!AbC!x$ b`, 'a [link removed] b'],
    ['every character as an entity', `a ${ofEveryCharacter(link, (code) => `&#${code};`)} b`, 'a [link removed] b'],
    [
      'hexadecimal entities',
      `a ${ofEveryCharacter(token, (code) => `&#x${code.toString(16)};`)} b`,
      'a [link removed] b',
    ],
    [
      'quoted-printable',
      `a ${inPieces(link.replaceAll('_', '=5F').replaceAll('-', '=2D'), 30, '=\r\n')} b`,
      'a [link removed] b',
    ],
    [
      'base64, as Sophos has it',
      `a https://eu.protection.sophos.com?d=telenor.example&u=${base64(link)}&i=NWY b`,
      'a [link removed] b',
    ],
    ['base64 in a path', `a https://scan.example/r/x${base64(link).replaceAll('=', '')} b`, 'a [link removed] b'],
    [
      'escapes of JSON',
      `a "${link.replaceAll(/[-_/]/g, (each) => String.raw`\u00${hexOf(each).toLowerCase()}`)}" b`,
      'a "[link removed]" b',
    ],
    ['with backslashes of Markdown', `a ${link.replaceAll(/[_-]/g, String.raw`\$&`)} b`, 'a [link removed] b'],
  ];

  test.each(spellings)('%s', (_name, text, expected) => {
    expect(withoutSecrets(text)).toBe(expected);
  });

  test.each([
    ['over lines', '\n'],
    ['over lines of Windows', '\r\n'],
    ['over marked lines', '\n> '],
    ['over lines marked twice', '\n>> > '],
    ['over lines marked with initials', '\nTA> '],
    ['over lines of quoted-printable', '=\n'],
    ['over marked lines of quoted-printable', '=\r\n>> '],
    ['over lines of a calendar', '\r\n '],
    ['by blanks', ' '],
    ['by tabs', '\n\t'],
    ['by invisible characters', '\u200B'],
    ['by soft hyphens', '\u00AD'],
    ['by byte order marks', '\uFEFF'],
  ])('broken %s', (_name, between) => {
    for (const length of [7, 20, 40, 60, 76]) {
      const cut = withoutSecrets(`Se her:\n${inPieces(link, length, between)}\nVi gør indsigelse.`);
      expect(isIn(token, cut)).toBe(false);
      expect(cut).toContain('[link removed]');
      expect(cut).toMatch(/^Se her:\n[^]*\nVi gør indsigelse\.$/);
    }
  });
});

test('a link whose encoding is broken in the middle is cut', () => {
  const cut = withoutSecrets(`Se ${inPieces(percentEncoded(percentEncoded(link)), 24, '\n> ')} her`);
  expect(isIn(token, cut)).toBe(false);
  expect(cut).toMatch(/^Se [^]*\[link removed\] her$/);
});

/** A mail that is returned as it came has the calendar file of the notice. */
test.each([
  ['as it came', 76, '\r\n'],
  ['in marked lines', 76, '\n> '],
  ['in shorter lines', 60, '\n> '],
])('a calendar file in base64 is cut, %s, and the words around it stay', (_name, length, between) => {
  const calendar = `BEGIN:VEVENT\r\nDESCRIPTION:Gør indsigelse her:\n${inPieces(link, 60, '\r\n ')}\r\nEND:VEVENT\r\n`;
  const lines = inPieces(inPieces(base64(calendar), 76, '\n').replaceAll('\n', between), length, between);
  for (const [above, below] of [
    ['Se her:', 'Nej'],
    ['Nej', 'Vi gør indsigelse.'],
  ]) {
    const cut = withoutSecrets(`${above}\n${lines}\n${below}`);
    const left = cut.match(/[\w+/-]{4,}={0,2}/g)?.map((each) => Buffer.from(each, 'base64').toString('latin1')) ?? [];
    expect(left.join('')).not.toContain(token.slice(0, 12));
    expect(cut).toContain('[link removed]');
    expect(cut.startsWith(`${above}\n`)).toBe(true);
    expect(cut.endsWith(`\n${below}`)).toBe(true);
  }
});

test('base64 without a secret stays', () => {
  const text = `Vores nøgle:\n${inPieces(base64('Varsel '.repeat(40)), 76, '\n')}\nNej`;
  expect(withoutSecrets(text)).toBe(text);
});

describe('an address is cut, however it is spelled:', () => {
  test.each([
    ['a reply address', `Skriv til ${reply}.`, 'Skriv til [address removed].'],
    ['a return path', `<${bounce}>: 550`, '<[address removed]>: 550'],
    ['capital letters', `a ${reply.toUpperCase()} b`, 'a [address removed] b'],
    [
      'mixed letters',
      `a Reply+${tag.slice(0, 9)}${tag.slice(9).toUpperCase()}@svar.Telenor.example b`,
      'a [address removed] b',
    ],
    ['in a mailto link', `mailto:${percentEncoded(reply)}?subject=x`, 'mailto:[address removed]?subject=x'],
    ['encoded twice', `a ${percentEncoded(percentEncoded(reply))} b`, 'a [address removed] b'],
    ['entities', `a reply&#43;${tag}&#64;svar.telenor.example b`, 'a [address removed] b'],
    [
      'rewritten by a forwarder',
      `SRS0=AbCd=EF=svar.telenor.example=bounce+${tag}@kunde.example x`,
      '[address removed] x',
    ],
    ['the tag alone', `"${tag}"`, '"[address removed]"'],
    ['broken behind the plus', `a reply+\n> ${tag}@svar.telenor.example b`, 'a [address removed] b'],
    ['broken before the at', `a reply+${tag}\n> @svar.telenor.example b`, 'a [address removed] b'],
  ])('%s', (_name, text, expected) => {
    expect(withoutSecrets(text)).toBe(expected);
  });
});

test('several are cut out of one text, and everything between them stays', () => {
  const text = `a ${link} b ${reply} c <${link}> d ${bounce} e ${token}`;
  expect(withoutSecrets(text)).toBe(
    'a [link removed] b [address removed] c <[link removed]> d [address removed] e [link removed]',
  );
});

test('what is no token of ours stays, however much it looks like one', () => {
  const others = objectionLinks('another secret of thirty-two characters');
  const texts = [
    `Vores sag: https://sag.kunde.example/${others.tokenOf(ID)}`,
    `Nøgle: ${token.slice(0, -1)}`,
    `Hver måned: 100 % af 5 &amp; =20 -2D * ${'A'.repeat(200)} ${'abc234'.repeat(50)}`,
    'On 2 March, at 9:00, we wrote to reply@telenor.example about AaIkAQnBdEmIG4xT7KsSmrxCCtmcrtYTRekiXAkaUgQ.',
  ];
  for (const text of texts) expect(withoutSecrets(text)).toBe(text);
});

test('a text of any words stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(withoutSecrets(text)).toBe(text);
    }),
  );
});

test('among any words a secret is cut, in any layers of encoding, and the words stay', () => {
  const layer = fc.constantFrom(
    percentEncoded,
    (text: string) => ofEveryCharacter(text, (code) => `&#${code};`),
    (text: string) => inPieces(text, 33, '=\n'),
  );
  const words = fc.string({ unit: fc.constantFrom(...'abcæøå ,.\n>'), maxLength: 40 });
  fc.assert(
    fc.property(
      fc.uuid({ version: 7 }),
      fc.array(layer, { maxLength: 3 }),
      words,
      words,
      (id, layers, before, after) => {
        // Ids are made by a clock, of this century.
        const now = `019${id.slice(3)}`;
        const secret = links.tokenOf(now);
        const spelled = layers.reduce((text, encode) => encode(text), secret);
        expect(withoutSecrets(`${before} "${spelled}" ${after}`)).toBe(`${before} "[link removed]" ${after}`);
      },
    ),
  );
});
