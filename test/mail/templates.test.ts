import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COMPILED, compileTemplates, readCompiled } from '../../emails/compile.ts';
import { EXAMPLES } from '../../emails/examples.ts';
import { MESSAGE_KINDS } from '../../src/domain/message.ts';
import { LANGUAGES } from '../../src/domain/text.ts';
import { composeMessage } from '../../src/mail/compose.ts';

test('The compiled templates are what the sources give: after a change, run "npm run emails"', async () => {
  const compiled = await compileTemplates();
  expect(readdirSync(COMPILED).sort()).toEqual([...compiled.keys()].sort());
  for (const [file, html] of compiled) expect(readCompiled(file), file).toBe(html);
});

test('There is an example of every kind', () => {
  expect(new Set(EXAMPLES.map(({ facts }) => facts.kind))).toEqual(new Set(MESSAGE_KINDS));
});

test('A mail is below the size at which Gmail cuts it off also where every field is as long as the API takes it', () => {
  const prose = (length: number) =>
    'Vi behandler "oplysninger" på vegne af kunden, når én ringer. '.repeat(400).slice(0, length);
  const base = EXAMPLES.find(({ name }) => name === 'notice-replacement')?.facts;
  if (!base?.replaced) throw new Error('no example of a replacement');
  const transferBasis = { article: '45', decision: 'DPF', certifiedAs: 'Nordlys Cloud Operations Inc.' } as const;
  const full = (first: string) => ({
    name: first + prose(199),
    registrationNumber: first + prose(49),
    address: first + prose(499),
    contactPerson: { name: first + prose(199), email: 'privacy@nordlys.example' },
    processing: { da: first + prose(4_999) },
    personalData: { da: first + prose(4_999) },
    locations: Array.from({ length: first === 'A' ? 100 : 99 }, () => ({ country: 'US', transferBasis })),
  });
  const change = {
    ...base.change,
    subProcessor: { ...base.change.subProcessor, ...full('A') },
    reason: { da: prose(5_000) },
  };
  const replaced = { ...base.replaced, ...full('B') };
  const rejected = EXAMPLES.find(({ facts }) => facts.kind === 'objection-rejected')?.facts.objection;
  const objection = rejected ? { ...rejected, reasons: prose(20_000) } : null;
  for (const facts of [
    { ...base, change, replaced },
    { ...base, change, replaced, kind: 'objection-rejected' as const, objection },
  ]) {
    for (const language of LANGUAGES) {
      const { html } = composeMessage({ ...facts, language, controllerName: prose(200), contactName: prose(200) });
      expect(Buffer.byteLength(html)).toBeGreaterThan(30_000);
      expect(Buffer.byteLength(html)).toBeLessThan(102_000);
    }
  }
});

describe.each(EXAMPLES.flatMap((example) => LANGUAGES.map((language) => ({ ...example, language }))))(
  '$title in $language',
  ({ facts, language }) => {
    const { html, text } = composeMessage({ ...facts, language });

    test('is far from the 102 kB at which Gmail cuts a mail off', () => {
      expect(Buffer.byteLength(html)).toBeLessThan(30_000);
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
      expect(links.filter((href) => href !== 'mailto:indsigelse@telenor.example')).toEqual([facts.link]);
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
      const long = text.split('\n').filter((line) => line.length > 78 && !/^> |https:/.test(line));
      expect(long).toEqual([]);
      expect(text).not.toMatch(/\n{4}/);
    });
  },
);
