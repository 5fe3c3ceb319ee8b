import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COMPILED, compileTemplates, readCompiled } from '../../emails/compile.ts';
import { EXAMPLES } from '../../emails/examples.ts';
import { contentOf } from '../../src/domain/message-content.ts';
import { MESSAGE_KINDS } from '../../src/domain/message.ts';
import { LANGUAGES } from '../../src/domain/text.ts';
import { isInEea, type Location } from '../../src/domain/transfer-basis.ts';
import { composeMessage } from '../../src/mail/compose.ts';
import { linkIn } from './example-facts.ts';

test('The compiled templates are what the sources give: after a change, run "npm run emails"', async () => {
  const compiled = await compileTemplates();
  expect(readdirSync(COMPILED).sort()).toEqual([...compiled.keys()].sort());
  for (const [file, html] of compiled) expect(readCompiled(file), file).toBe(html);
});

test('There is an example of every kind', () => {
  expect(new Set(EXAMPLES.map(({ facts }) => facts.kind))).toEqual(new Set(MESSAGE_KINDS));
});

/** Prose with quotes, letters of two bytes and line breaks, as people write it. */
const prose = (length: number) =>
  'Vi behandler "oplysninger" på vegne af kunden, når én ringer. Det sker dagligt.\n'.repeat(400).slice(0, length);

/** A hundred places of processing, as they are and heavier than they ever are. */
const HUNDRED_PLACES: Readonly<Record<string, (index: number) => Location>> = {
  'one company in one country': () => certifiedAs('Nordlys Cloud Operations Inc.'),
  'countries of every kind': (index) => {
    const country = COUNTRIES[index % COUNTRIES.length] ?? '';
    if (isInEea(country)) return { country, transferBasis: null };
    if (index % 3 > 0) return { country, transferBasis: { article: '46', instrument: index % 3 > 1 ? 'SCC' : 'BCR' } };
    return { country, transferBasis: { article: '45', decision: `20${index}/1772` } };
  },
  'a hundred certified companies': (index) => certifiedAs(`Nordlys Cloud Operations ${index} Inc.`),
};
const COUNTRIES =
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO CH GB JP KR NZ CA AR IL UY AD FO GG IM JE AU BR IN ID MY MX MA PE PH SG ZA TH TR TW UA AE VN CL CO CR DO EC EG GE GH GT HK HN JM JO KE KZ LK MD ME MK MN MU NG NI OM PA PK PY QA RS SA SN SV TN TT TZ UG ZM ZW'.split(
    ' ',
  );

function certifiedAs(company: string): Location {
  return { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: company } };
}

describe.each(Object.entries(HUNDRED_PLACES))('With all fields full of prose and a hundred places (%s)', (_, place) => {
  test.each(LANGUAGES)('no mail in %s reaches 100 kB, near which Gmail cuts it off', (language) => {
    const base = EXAMPLES.find(({ name }) => name === 'notice-replacement')?.facts;
    const rejected = EXAMPLES.find(({ facts }) => facts.kind === 'objection-rejected')?.facts.objection;
    const [effect] = base?.change.effects ?? [];
    if (!base || !effect?.from || !effect.to || !rejected)
      throw new Error('no example of a replacement or a rejection');
    const full = (first: string) => ({
      name: first + prose(199),
      registrationNumber: first + prose(49),
      address: first + prose(499),
      contactPerson: { name: first + prose(199), email: 'privacy@nordlys.example' },
      processing: { da: first + prose(4_999) },
      personalData: { da: first + prose(4_999) },
      locations: Array.from({ length: 100 }, (_unused, index) => place(first === 'A' ? index : index + 1)),
    });
    const facts = {
      ...base,
      change: {
        ...base.change,
        effects: [
          {
            ...effect,
            from: { ...effect.from, company: { ...effect.from.company, ...full('B') } },
            to: { ...effect.to, company: { ...effect.to.company, ...full('A') } },
          },
        ],
        reason: { da: prose(5_000) },
      },
      controllerName: prose(200),
      contactName: prose(200),
    };
    const objection = { ...rejected, reasons: prose(20_000) };
    for (const content of [contentOf(facts), contentOf({ ...facts, kind: 'objection-rejected', objection })]) {
      const { html } = composeMessage({ ...facts, ...content, language });
      expect(Buffer.byteLength(html)).toBeGreaterThan(30_000);
      expect(Buffer.byteLength(html)).toBeLessThan(100_000);
    }
  });
});

describe.each(EXAMPLES.flatMap((example) => LANGUAGES.map((language) => ({ ...example, language }))))(
  '$title in $language',
  ({ facts, language }) => {
    const { html, text } = composeMessage({ ...facts, language });

    test('is far from the 100 kB near which Gmail cuts a mail off', () => {
      expect(Buffer.byteLength(html)).toBeLessThan(40_000);
    });

    test('names its language and both colour schemes, and restyles what it colours', () => {
      expect(html).toMatch(new RegExp(`^<!doctype html>\\s*<html lang="${language}" dir="ltr"`));
      expect(html).toContain('<meta name="color-scheme" content="light dark">');
      expect(html).toContain('<meta name="supported-color-schemes" content="light dark">');
      const dark = /@media \(prefers-color-scheme: dark\) \{([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
      for (const selector of ['body', '.sheet p', '.sheet h1', '.sheet td', '.sheet .button a']) {
        expect(dark).toContain(selector);
      }
    });

    test('has one button, and headings in order', () => {
      const links = [...html.matchAll(/<a\s[^>]*href="([^"]*)"/g)].map(([, href]) => href ?? '');
      expect(links.filter((href) => href !== 'mailto:indsigelse@telenor.example')).toEqual([linkIn(facts)]);
      expect(html.match(/<h1/g)).toHaveLength(1);
      expect(html).not.toMatch(/<h[3-6]/);
    });

    test('loads no image, font, script or style sheet', () => {
      expect(html).not.toMatch(/<(img|link|script|iframe|video|object|embed|form|input)\b|@import|@font-face|url\(/i);
    });

    test('leaves no tag of a template behind', () => {
      expect(html + text).not.toMatch(/<%|%>|\{\{|\}\}|undefined|\[object/);
    });

    test('has a text part in lines that read well, but for what must not be broken', () => {
      const long = text.split('\n').filter((line) => line.length > 78 && !/https:/.test(line));
      expect(long).toEqual([]);
      expect(text).not.toMatch(/\n{4}/);
    });
  },
);
