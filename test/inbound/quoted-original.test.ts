import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutQuotedOriginal, type OriginalMail } from '../../src/inbound/quoted-original.ts';
import { textOfHtml } from '../../src/inbound/html-text.ts';
import { composeMessage } from '../../src/mail/compose.ts';
import type { Language } from '../../src/domain/text.ts';
import { factsFor } from '../mail/example-facts.ts';

function originalIn(language: Language): OriginalMail {
  const { subject, text, html } = composeMessage(factsFor('notice', { language }));
  return { from: 'Telenor A/S <varsel@telenor.example>', subject, text, html, theirs: '' };
}
const danish = originalIn('da');
const english = originalIn('en');

/** Sentences of people, among them some that look like what programs write, or begin with our words. */
const OWN_LINES = [
  'Vi gør indsigelse.',
  'Nej.',
  'Det gør vi indsigelse imod.',
  'MH: Det kan vi ikke acceptere.',
  'Indsigelsen angår Nordlys Kundeservice ApS og TrueTalk.',
  'Den 2. marts 2026 skrev I til os om Nordlys. Hertil har vi følgende bemærkninger:',
  'On 2 March 2026 you wrote to us about Nordlys. Our position:',
  'Den 2. marts 2026 skrev Telenor A/S til os, og vi svarer her:',
  'Fra: Havneby Kommune',
  'Til: Telenor A/S',
  'Emne: Indsigelse',
  'Dato: 3. marts 2026',
  '________________________________',
  '----- Vores svar -----',
  'Som dataansvarlig kan I gøre indsigelse mod ændringen, skriver I. Det gør vi.',
  'Opbevarer supportsager – det må Nordlys ikke.',
  'We object to this sub-processor.',
  'Land: Danmark er i orden, Indien er ikke.',
  'Se bilag 1 > afsnit 2.',
];
const ownLine = fc.oneof(
  fc.constantFrom(...OWN_LINES),
  fc
    .array(
      fc.constantFrom('vi', 'nej', 'Nordlys', 'indsigelse', 'ikke', 'data', 'EU', 'Telenor', 'svar:', 'skrev', 'wrote'),
      { minLength: 1, maxLength: 12 },
    )
    .map((words) => `Jamen ${words.join(' ')}`),
);

/** How mail programs quote: each puts its head before the original, and changes each line of it. */
const wrapped = (text: string, width: number) =>
  text
    .split('\n')
    .flatMap((line) => line.match(new RegExp(`[^]{1,${width}}(?:\\s|$)|[^]+`, 'g')) ?? [''])
    .join('\n');
const STYLES: readonly {
  name: string;
  head: string;
  line: (line: string) => string;
  text: (original: OriginalMail) => string;
}[] = [
  {
    name: 'Gmail',
    head: 'Den man. 2. mar. 2026 kl. 10.00 skrev Telenor A/S <varsel@telenor.example>:\n',
    line: (line) => `> ${line}`,
    text: ({ text }) => text,
  },
  {
    name: 'a Norwegian Gmail',
    head: 'man. 2. mars 2026 kl. 09:00 skrev Telenor A/S <varsel@telenor.example\n>:\n',
    line: (line) => `> ${line}`,
    text: ({ text }) => wrapped(text, 40),
  },
  {
    name: 'Thunderbird of HTML',
    head: 'On 02/03/2026 10:00, Telenor A/S wrote:',
    line: (line) => `> ${line}`,
    text: ({ html }) => textOfHtml(html).text,
  },
  {
    name: 'Outlook',
    head: '________________________________\nFra: Telenor A/S <varsel@telenor.example>\nSendt: 2. marts 2026 10:00\nTil: Dorthe Persson\nEmne: TrueTalk\n',
    line: (line) => line,
    text: ({ html }) => textOfHtml(html).text,
  },
  {
    name: 'a Swedish Outlook',
    head: 'Från: Telenor A/S <varsel@telenor.example>\n\nSkickat: den 2 mars 2026 10:00\n\nTill: Dorthe Persson; Mette Holm\n\nÄmne: TrueTalk\n',
    line: (line) => line,
    text: ({ text }) => wrapped(text, 200),
  },
  {
    name: 'a German Outlook',
    head: '-----Ursprüngliche Nachricht-----\nVon: Telenor A/S\nGesendet: Montag, 2. März 2026 10:00\nAn: Dorthe Persson\nBetreff: TrueTalk\n',
    line: (line) => line,
    text: ({ text }) => text.replaceAll('\n\n', '\n'),
  },
  {
    name: 'initials',
    head: 'On 2 Mar 2026, at 10.00, Telenor A/S <varsel@telenor.example> wrote:\n',
    line: (line) => `TA> ${line}`,
    text: ({ text }) => text,
  },
  {
    name: 's-nail',
    head: 'Telenor A/S <varsel@telenor.example> wrote:\n',
    line: (line) => `\t${line}`,
    text: ({ text }) => text,
  },
  {
    name: 'Apple Mail in German',
    head: 'Am 02.03.2026 um 10:00 schrieb Telenor A/S <varsel@telenor.example>:\n',
    line: (line) => `> ${line}`,
    text: ({ html }) => wrapped(textOfHtml(html).text, 60),
  },
  {
    name: 'Roundcube',
    head: 'Telenor A/S skrev den 2026-03-02 10:00:',
    line: (line) => `> ${line}`,
    text: ({ text }) => text,
  },
  {
    name: 'Yahoo',
    head: 'Den mandag den 2. marts 2026 10.00.00 CET skrev Telenor A/S <varsel@telenor.example>:\n',
    line: (line) => line,
    text: ({ html }) => textOfHtml(html).text,
  },
  {
    name: 'Notes',
    head: '-----"Telenor A/S" <varsel@telenor.example> skrev: -----\nTil: dpo@kunde.example\nFra: "Telenor A/S" <varsel@telenor.example>\nDato: 02-03-2026 10:00\nEmne: TrueTalk\n',
    line: (line) => line,
    text: ({ text }) => text.replaceAll(/([^\n])\n(?=[^\n-])/g, '$1 '),
  },
  {
    name: 'Outlook with a banner of the company',
    head: '*Fra:* Telenor A/S <varsel@telenor.example>\n*Sendt:* 2. marts 2026 10:00\n*Til:* Dorthe Persson\n*Emne:* TrueTalk\n\n[EKSTERN MAIL] Klik ikke på links.\n',
    line: (line) => line,
    text: ({ html }) => textOfHtml(html).text,
  },
  { name: 'no head', head: '', line: (line) => line, text: ({ text }) => text },
  { name: 'marks without a head', head: '', line: (line) => `>> ${line}`, text: ({ text }) => text },
];

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

describe.each(STYLES)('quoted as by $name', ({ head, line, text }) => {
  const quote = (original: OriginalMail) => text(original).split('\n').map(line);

  test.each([
    ['Danish', danish, 'Vi gør indsigelse, fordi data forlader EU.'],
    ['English', english, 'We object, because data leave the EU.'],
  ])('the %s notice is hidden but for single lines, above and below the answer', (_language, original, answer) => {
    const quotation = [head, ...quote(original)].join('\n');
    for (const whole of [`${answer}\n\n${quotation}`, `${quotation}\n\n${answer}`]) {
      const { text: own, quoted } = withoutQuotedOriginal(whole, original, 'dpo@kunde.example');
      expect(own).toContain(answer);
      expect(quoted).not.toContain(answer);
      expect(wordsOf(own).length).toBeLessThan(wordsOf(answer).length + 30);
      expect(wordsOf(quoted).length).toBeGreaterThan(200);
    }
  });

  test('whatever a person writes above it, between its lines and below it is shown', () => {
    const lines = [...head.split('\n'), ...quote(danish)];
    const places = fc.array(fc.tuple(fc.nat({ max: lines.length }), ownLine), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(places, fc.boolean(), (inserted, withEmptyLines) => {
        const whole = lines.map((each) => [each]);
        whole.push([]);
        for (const [place, words] of inserted) {
          // Not into the head: nobody writes there.
          const at = place > 0 && place < head.split('\n').length ? 0 : place;
          whole[at]?.unshift(...(withEmptyLines ? ['', words, ''] : [words]));
        }
        const { text: shown } = withoutQuotedOriginal(whole.flat().join('\n'), danish, 'dpo@kunde.example');
        // A line without words is no loss.
        for (const [, words] of inserted) if (/\p{L}/u.test(words)) expect(shown).toContain(words);
      }),
      { numRuns: 200 },
    );
  });

  test('what others than we wrote is shown, where our head is theirs', () => {
    const theirs = head
      .replaceAll('Telenor A/S', 'Jens Dam')
      .replaceAll('varsel@telenor.example', 'jens@kunde.example');
    const objection = ['Vi gør indsigelse mod Nordlys.', '', 'Jens'].map(line).join('\n');
    const { text: shown } = withoutQuotedOriginal(
      `Til orientering.\n\n${theirs}\n${objection}`,
      danish,
      'dpo@kunde.example',
    );
    expect(shown).toContain('Vi gør indsigelse mod Nordlys.');
  });
});

describe('a quotation that is not as we sent it', () => {
  const OTHER = 'Vi planlægger at tage Nordlys i brug. I kan gøre indsigelse.';
  const OUTLOOK = `Fra: Telenor A/S <varsel@telenor.example>\nSendt: 2. marts 2026\nTil: dpo@kunde.example\nEmne: TrueTalk\n\n`;
  const split = (whole: string) => withoutQuotedOriginal(whole, danish, 'dpo@kunde.example');

  test('is hidden below an answer that is complete', () => {
    expect(split(`Vi har ingen indvendinger.\n\n${OUTLOOK}${OTHER}`).text).toBe('Vi har ingen indvendinger.');
  });

  test.each([
    ['a signature alone', 'Med venlig hilsen\nMette Holm'],
    ['nothing', ''],
    ['a greeting', 'Hej Telenor'],
    ['a word about what is below', 'Se vores svar nedenfor.'],
    ['the same in English', 'Please see our comments inline.'],
    ['a line of a telephone', 'Sendt fra min iPhone'],
  ])('is shown where %s stands above it', (_what, above) => {
    expect(split(`${above}\n\n${OUTLOOK}${OTHER}\nDet gør vi indsigelse imod.`).text).toContain('indsigelse imod.');
  });

  test.each([
    'MH: Det gør vi imod.',
    '[MH] Det gør vi imod.',
    'Svar: Det gør vi imod.',
    '--> Det gør vi imod.',
    '** Det gør vi imod.',
  ])('is shown where somebody has written into it: %s', (line) => {
    expect(split(`Vi har læst det.\n\n${OUTLOOK}${OTHER}\n${line}`).text).toContain(line);
    expect(split(`Den 2. marts 2026 skrev Telenor A/S:\n> ${OTHER}\n> ${line}`).text).toContain(line);
  });

  test.each(['Det gør vi indsigelse imod.', 'Vi siger nej til Nordlys.', 'That we cannot accept.', 'We object.'])(
    'is shown where somebody objects in it: %s',
    (line) => {
      expect(split(`Vi har læst det.\n\n${OUTLOOK}${OTHER}\n${line}`).text).toContain(line);
    },
  );

  test('is shown where one line of it is ours: the rest is not', () => {
    const line = 'Som dataansvarlig kan I gøre indsigelse mod ændringen.';
    expect(danish.text.replaceAll(/\s+/g, ' ')).toContain(line);
    const { text } = split(`Vi har læst det.\n\n${OUTLOOK}${line}\nDet gør vi.`);
    expect(text).toContain('Det gør vi.');
  });
});

test('no line of dashes and no link is left of what is hidden', () => {
  const withoutLink = { ...danish, text: danish.text.replaceAll(/https:\S+/g, '[link removed]') };
  const quotation = withoutLink.text.split('\n').map((line) => `\t${line}`);
  expect(withoutLink.text).toMatch(/^\[link removed\]$[^]*^-{10,}$/m);
  for (const answer of ['Vi siger nej.', '👍', '-- \nMette Holm', 'https://kunde.example/svar']) {
    const whole = `Telenor A/S <varsel@telenor.example> wrote:\n\n${quotation.join('\n')}\n${answer}`;
    const { text } = withoutQuotedOriginal(`Nej tak.\n\n${whole}`, withoutLink, 'dpo@kunde.example');
    expect(text.split('\n').filter((line) => /^\s*\[link removed\]|-{10,}/.test(line))).toEqual([]);
    expect(text).toContain('Nej tak.');
    expect(text).toContain(answer.trim().split('\n').at(-1));
  }
});

test('without the original, only what is clearly marked is hidden', () => {
  const split = (whole: string) => withoutQuotedOriginal(whole, null, 'dpo@kunde.example');
  const internal =
    'Til orientering.\n\nFra: Jens Dam <jens@kunde.example>\nSendt: i dag\nTil: DPO\nEmne: Indsigelse\n\nVi gør indsigelse.';
  expect(split(internal).text).toContain('Vi gør indsigelse.');
  expect(split('Nej.\n\nDen 2. marts 2026 skrev Telenor A/S:\n> Hej')).toEqual({
    text: 'Nej.',
    quoted: 'Den 2. marts 2026 skrev Telenor A/S:\n> Hej',
  });
});

test('an answer that is nothing but quotation is shown as it is', () => {
  const { text, quoted } = withoutQuotedOriginal(danish.text, danish, 'dpo@kunde.example');
  expect(wordsOf(text)).toEqual(wordsOf(danish.text));
  expect(quoted).toBe('');
});
