import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { contentOf } from '../../src/domain/message-content.ts';
import { LANGUAGES } from '../../src/domain/text.ts';
import { composeMessage } from '../../src/mail/compose.ts';
import { sourceOf } from './example-content.ts';
import { TEMPLATES } from '../../src/mail/templates.ts';
import {
  aNordlys,
  aReplacement,
  facedWith,
  factsForTemplate,
  linkIn,
  oneLine,
  shownBy,
  wordsIn,
} from './example-facts.ts';

const EVERY_MESSAGE = TEMPLATES.flatMap((kind) => LANGUAGES.map((language) => [kind, language] as const));

const HOSTILE = [
  '<script>alert(1)</script>',
  `"'; drop table messages; --`,
  '{{constructor}} ${process.env} <%= it.link %> <% throw 1 %>',
  "$& $1 $$ $` $'",
  '&amp; &lt;b&gt; <!-- -->',
];

describe.each(EVERY_MESSAGE)('%s in %s', (kind, language) => {
  test.each(HOSTILE)('shows %j as text wherever somebody wrote it', (hostile) => {
    const facts = facedWith(hostile, factsForTemplate(kind, { language }));
    const { html } = composeMessage(facts);
    const tags = new Set([...html.replaceAll(/<!--.*?-->/gs, '').matchAll(/<([a-z0-9]+)/gi)].map(([, tag]) => tag));
    expect([...tags].filter((tag) => !KNOWN_TAGS.includes(tag ?? ''))).toEqual([]);
    const shown = shownBy(facts);
    for (const part of [shown.html, shown.text]) {
      const times = part.split(oneLine(hostile)).length - 1;
      expect(times).toBeGreaterThan(kind === 'notice' ? 15 : 5);
    }
  });

  test('is complete: subject on one line, both parts, the link in each, and nothing fetched from anywhere', () => {
    const facts = factsForTemplate(kind, { language });
    const { subject, html, text } = composeMessage(facts);
    expect(subject).toContain('TrueTalk');
    expect(subject).toContain('Nordlys Kundeservice ApS');
    expect(html).toContain(`href="${linkIn(facts)}"`);
    expect(text.split('\n')).toContain(linkIn(facts));
    expect(html.replaceAll(facts.link, '').replaceAll(/ xmlns(:\w)?="[^"]*"/g, '')).not.toMatch(
      /https?:|src=|url\(|<img|<link|@import/,
    );
    for (const part of [wordsIn(html), text]) {
      for (const words of ['Ærø Kommune', 'Dorthe Persson', 'Telenor A/S', '19433692', 'Frederikskaj 8']) {
        expect(part).toContain(words);
      }
      expect(part).not.toMatch(/undefined|null|NaN|\[object|[LRCNIT][0-9a-f]{24}/);
    }
  });

  test('prints its reference in the subject and in both parts, and nothing where there is none', async () => {
    const facts = factsForTemplate(kind, { language });
    const printed = composeMessage(facts);
    const without = composeMessage({ ...facts, reference: null });
    expect(printed.subject).toBe(`${without.subject} [VS-K7Q2-9F3M]`);
    for (const part of [wordsIn(printed.html), printed.text]) expect(part).toContain('Reference: VS-K7Q2-9F3M');
    for (const part of [without.html, without.text]) expect(part).not.toMatch(/Reference|VS-/);
    const other = composeMessage({ ...facts, reference: 'VS-AAAA-BBBB' });
    expect(other.text).toBe(printed.text.replaceAll('VS-K7Q2-9F3M', 'VS-AAAA-BBBB'));

    const source = sourceOf(facts);
    expect(source.split('\r\n')).toContain(' [VS-K7Q2-9F3M]');
    const mail = await simpleParser(source);
    expect(mail.subject).toBe(printed.subject);
    expect(mail.text).toBe(printed.text);
    expect(sourceOf({ ...facts, reference: null })).not.toContain('VS-');
  });

  test('keeps the subject to one line of 200 characters, whatever the names in it', () => {
    const name = `Ond\r\nBcc: evil@evil.example\u2028\u0000\u202E${'😀'.repeat(300)}`;
    const { subject } = composeMessage(facedWith(name, factsForTemplate(kind, { language, reference: null })));
    expect(subject).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    expect(subject.length).toBeLessThanOrEqual(200);
    expect(subject).toContain('Ond Bcc: evil@evil.example');
  });

  test('lets no name turn the direction of the sentences that it stands in', () => {
    const turned = 'Nord\u202Elys \u2067ApS';
    const facts = factsForTemplate(kind, { language, controllerName: turned, contactName: turned });
    const { change, objection } = facts;
    const { html, text } = composeMessage({
      ...facts,
      ...contentOf({
        ...facts,
        change: {
          ...change,
          effects: aReplacement({ subProcessor: aNordlys({ name: turned, address: turned }) }).effects,
        },
        objection: objection && { ...objection, from: { name: turned, email: null } },
      }),
    });
    for (const part of [html, text]) {
      expect(part).toContain('Nordlys ApS');
      expect(part).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/u);
    }
  });

  test('puts a name with line breaks on one line', () => {
    const { text } = composeMessage(factsForTemplate(kind, { language, controllerName: 'Kunde\r\n\r\nFrist: aldrig' }));
    expect(text).toContain('Kunde Frist: aldrig');
    expect(text).not.toMatch(/^Frist: aldrig/m);
  });
});

const KNOWN_TAGS = 'html head meta title style body div p h1 h2 a span br strong table tbody tr th td ul li hr'.split(
  ' ',
);
