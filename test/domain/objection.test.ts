import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CHOSEN_OUTCOMES,
  isPossibleReceipt,
  judgeObjection,
  messageAfter,
  needsEvidence,
  refuseLateAcceptance,
  statesReasons,
  recordOfObjection,
  viewOfObjection,
  type Objection,
  type ObjectionChannel,
  type ObjectionFacts,
  type PendingObjection,
  type RejectedObjection,
} from '../../src/domain/objection.ts';

const instant = (text: string) => Temporal.Instant.from(text);

/** Invisible characters, by name. */
const INVISIBLE = {
  'zero width space': '\u200B',
  'zero width non-joiner': '\u200C',
  'zero width joiner': '\u200D',
  'word joiner': '\u2060',
  'function application': '\u2061',
  'invisible separator': '\u2063',
  'byte order mark': '\uFEFF',
  'soft hyphen': '\u00AD',
  'combining grapheme joiner': '\u034F',
  'Arabic letter mark': '\u061C',
  'left-to-right mark': '\u200E',
  'right-to-left mark': '\u200F',
  'right-to-left embedding': '\u202B',
  'right-to-left override': '\u202E',
  'pop directional formatting': '\u202C',
  'left-to-right isolate': '\u2066',
  'pop directional isolate': '\u2069',
  'Mongolian vowel separator': '\u180E',
  'Hangul choseong filler': '\u115F',
  'Hangul jungseong filler': '\u1160',
  'Hangul filler': '\u3164',
  'half-width Hangul filler': '\uFFA0',
  'variation selector 1': '\uFE00',
  'variation selector 16': '\uFE0F',
  'variation selector 17': '\u{E0100}',
  'tag letter a': '\u{E0061}',
  'cancel tag': '\u{E007F}',
  'interlinear annotation anchor': '\uFFF9',
  null: '\u0000',
  backspace: '\u0008',
  escape: '\u001B',
  delete: '\u007F',
};
/** Characters that are shown as a gap. */
const WHITE_SPACE = {
  space: ' ',
  tab: '\t',
  'line feed': '\n',
  'carriage return': '\r',
  'next line': '\u0085',
  'no-break space': '\u00A0',
  'narrow no-break space': '\u202F',
  'figure space': '\u2007',
  'em space': '\u2003',
  'ideographic space': '\u3000',
  'line separator': '\u2028',
  'Braille blank': '\u2800',
};
const PLACEHOLDERS = (
  'ingen|ingen grund|ingen begrundelse|ingen bemærkninger|ingen kommentarer|ingen årsag|intet|nej|næ|ikke relevant|' +
  'ikke angivet|uden begrundelse|ved ikke|i/a|none|no|nope|nil|null|nothing|undefined|n/a|na|not applicable|no reason|' +
  'no reasons|no comment|no objection|without reasons|tbd|todo|unknown|don’t know|x|xxx'
).split('|');
const REASONS = [
  'USA',
  'usa.',
  'Vi er uenige i overførslen',
  'No: the transfer to the US',
  'nej tak, vi ønsker ikke overførsel til USA',
  'Ingen databehandling i Australien, tak',
  'None of our data may leave the EEA',
  'Not applicable law in that country protects us',
  'Pris',
  'Af hensyn til §14, stk. 2',
  '5G',
  '👎 USA',
  'Διαφωνούμε με τη διαβίβαση',
  'Мы против передачи данных',
  '我们反对数据传输',
  'データの移転に反対します',
  '데이터 이전에 반대합니다',
  'نعترض على نقل البيانات',
  'אנו מתנגדים להעברה',
  'हम इस हस्तांतरण से असहमत हैं',
  'ＵＳＡ',
  '𝐔𝐒𝐀',
  'I\u0301 strid med aftalen',
];

const anInvisibleCharacter = fc.constantFrom(...Object.values(INVISIBLE));

describe('What states no reasons (D15)', () => {
  test.each([
    '<br>',
    '<BR/>',
    '&nbsp;',
    '&nbsp',
    '&amp;nbsp;',
    '<p></p>',
    '<p class="MsoNormal"><o:p>&nbsp;</o:p></p>',
    '&lt;br&gt;',
    '&#8203;&#x200B;&zwnj;&ZeroWidthSpace;&shy;&lrm;',
    '<div><br></div>\n<!-- begrundelse -->',
    '<style>p { color: red }</style><p>-</p>',
    '<script>alert(1)</script>',
    '<td nowrap>&nbsp;</td>',
    '<p>nej</p>',
    '<b>Ingen</b> <i>bemærkninger</i>',
    '<a href="https://example.com"></a>',
    '<!DOCTYPE html><html><body></body></html>',
  ])('is only markup: %s', (text) => {
    expect(statesReasons(text)).toBe(false);
  });

  test.each([
    '<p>USA</p>',
    '<USA>',
    '<p USA>',
    '</p vi er uenige>',
    'Pris <',
    '<i USA',
    '<!-- vi er uenige',
    '&USA;',
    'R&D',
    'x < y og y > z',
    '&Oslash;stergaard',
    '<img src="x.png" alt="Vi er uenige">',
    '<input value="Vi er uenige">',
    '<![CDATA[Vi er uenige]]>',
  ])('is not what a person has written beside it: %s', (text) => {
    expect(statesReasons(text)).toBe(true);
  });

  test('is found in a text of any length without reading it over and over', () => {
    for (const part of ['<!--', '<p a="', "<p a='", '<script>', '<p ', '&#', '<', ' ', '<style', '<p a=b ']) {
      expect(statesReasons(`${part.repeat(100_000 / part.length)} Vi er uenige`)).toBe(true);
    }
  });

  test('is never a text that has reasons, whatever markup stands around it', () => {
    const markup = fc.constantFrom('<br>', '<p>', '</p>', '&nbsp;', '<b class="x">', '<!-- a -->', '&', '<', '>');
    const around = fc.array(markup, { maxLength: 6 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(around, fc.constantFrom(...REASONS), around, (before, reasons, after) => {
        expect(statesReasons(`${before} ${reasons} ${after}`)).toBe(true);
      }),
    );
  });

  test('is what is absent, null or empty', () => {
    expect(statesReasons(undefined)).toBe(false);
    expect(statesReasons(null)).toBe(false);
    expect(statesReasons('')).toBe(false);
  });

  test.each(Object.entries({ ...WHITE_SPACE, ...INVISIBLE }))(
    'is nothing but %s, once or many times',
    (_name, character) => {
      expect(statesReasons(character)).toBe(false);
      expect(statesReasons(character.repeat(50))).toBe(false);
      expect(statesReasons(` ${character}\n${character} `)).toBe(false);
    },
  );

  test('is any mixture of white space and invisible characters', () => {
    const characters = Object.values({ ...WHITE_SPACE, ...INVISIBLE });
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...characters)), (mixture) => {
        expect(statesReasons(mixture.join(''))).toBe(false);
      }),
    );
  });

  test.each([
    [
      'punctuation',
      ['-', '--', '—', '.', '...', '…', '?', '!!!', '/', '()', '“”', '»«', '_', '*', '#', '·', '、', '。', '¿'],
    ],
    ['digits', ['0', '1', '42', '10.000', '٣', '४', '１', '²', '①', '½']],
    [
      'symbols',
      ['+', '=', '€', '$', '§', '°', '©', '®', '™', '→', '✓', '✔', '☐', '^', '`', '´', '¨', '~', '|', '∞', '⠿'],
    ],
    ['modifier letters', ['ˆ', 'ˇ', 'ˈ', 'ʼ', 'ー']],
    ['emoji', ['🙂', '👍', '👎🏽', '❤️', 'ℹ️', 'Ⓜ️', '🅰️', '🆗', '㊗️', '㊙️', '🈂️', '🈚', '☎️', '😀😀😀']],
    ['emoji of several characters', ['👨‍👩‍👧‍👦', '🏳️‍🌈', '👩🏽‍💻', '🧑‍🚀']],
    ['flags', ['🇩🇰', '🇺🇸🇩🇰', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🏴‍☠️']],
    ['keycaps', ['1️⃣', '#️⃣', '*️⃣', '1⃣']],
    ['combining marks', ['\u0301', '\u0308\u0300', '\u20E3', '\u064B', ' \u0332']],
    ['private use and broken characters', ['\uE000', '\uF8FF', '\uFFFD', '\uFFFC', '\uD83D', '\uDE00', '\uFFFE']],
  ])('is nothing but %s', (_kind, texts) => {
    for (const text of texts) {
      for (const written of [text, `  ${text} 1. ${text}\u200B\n`]) {
        expect([written, statesReasons(written)]).toEqual([written, false]);
      }
    }
  });

  test.each(PLACEHOLDERS)(
    'is the placeholder “%s”, in any case and with anything around that says nothing',
    (placeholder) => {
      const capital = placeholder.charAt(0).toUpperCase() + placeholder.slice(1);
      for (const spelled of [placeholder, capital, placeholder.toUpperCase()]) {
        for (const [before, after] of [
          ['', ''],
          [' ', ' '],
          ['', '.'],
          ['', '!'],
          ['- ', ' -'],
          ['“', '”'],
          ['"', '"'],
          ['´', '´'],
          ['(', ')'],
          ['\n\n', '\n'],
          ['\u00A0', '\u00A0'],
          ['1. ', ''],
          ['', ' 🙂'],
          ['', '…?!'],
          ['\uFEFF', '\u200B'],
          ['§ ', ' ™'],
        ]) {
          const text = `${before}${spelled}${after}`;
          expect([text, statesReasons(text)]).toEqual([text, false]);
        }
      }
    },
  );

  test.each([
    'N/A',
    'n.a.',
    'N. A.',
    'n / a',
    'n\\a',
    'N–A',
    '- ingen -',
    '“None”',
    'Nej!',
    'i/a',
    'I.A.',
    'i.r.',
    'Ingen.',
    'INGEN GRUND',
    'ingen\ngrund',
    'ingen   grund',
    'ingen-grund',
    'i n g e n',
    'N O N E',
    "don't know",
    'don’t know',
  ])('is a placeholder spelled “%s”', (text) => {
    expect(statesReasons(text)).toBe(false);
  });

  test.each([
    ['full-width', 'ｉｎｇｅｎ'],
    ['mathematical bold', '𝐢𝐧𝐠𝐞𝐧'],
    ['mathematical script', '𝓲𝓷𝓰𝓮𝓷'],
    ['mathematical fraktur', '𝔫𝔬𝔫𝔢'],
    ['mathematical double-struck', '𝕟𝕠𝕟𝕖'],
    ['mathematical monospace', '𝚗𝚎𝚓'],
    ['circled', 'ⓘⓝⓖⓔⓝ'],
    ['superscript', 'ⁿᵒⁿᵉ'],
    ['decomposed', 'ingen a\u030Arsag'],
    ['underlined', 'i\u0332n\u0332g\u0332e\u0332n\u0332'],
    ['Turkish capital', 'İNGEN'],
  ])('is a placeholder in %s letters', (_kind, text) => {
    expect(statesReasons(text)).toBe(false);
  });
});

describe('What states reasons (D15)', () => {
  test.each(REASONS)('is “%s”: the quality of reasons is not graded', (text) => {
    expect(statesReasons(text)).toBe(true);
  });

  test('is 20,000 characters of prose', () => {
    expect(statesReasons('Vi er uenige i overførslen. '.repeat(715).slice(0, 20_000))).toBe(true);
    expect(statesReasons('-'.repeat(20_000))).toBe(false);
    expect(statesReasons('a\u0301\u200D'.repeat(6_666))).toBe(true);
  });

  test('is any text with a word of four letters or more that is part of no placeholder', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyzæøåéüßABCÆØÅαβγλдлжя我们数据あいう가나다بتثאבגदकम'];
    const known = PLACEHOLDERS.map((placeholder) => placeholder.replaceAll(/\P{L}/gu, ''));
    const word = fc
      .array(fc.constantFrom(...letters), { minLength: 4, maxLength: 12 })
      .map((chosen) => chosen.join(''))
      .filter((text) => !known.some((placeholder) => placeholder.includes(text.toLowerCase())));
    const anything = fc.string({ unit: 'binary', maxLength: 20 });
    fc.assert(
      fc.property(anything, word, anything, (before, text, after) => {
        expect(statesReasons(`${before} ${text} ${after}`)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('Invisible characters added anywhere never change the verdict', () => {
  const texts = fc.oneof(
    fc.constantFrom(
      ...PLACEHOLDERS,
      ...REASONS,
      'ingen a\u030Arsag',
      'ingen bem\u00E6rkninger',
      '…',
      '1️⃣',
      'ℹ️',
      '',
      ' ',
    ),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
  );
  const additions = fc.array(fc.tuple(fc.nat(), anInvisibleCharacter), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(texts, additions, (text, added) => {
      const characters = [...text];
      for (const [position, character] of added) characters.splice(position % (characters.length + 1), 0, character);
      expect(statesReasons(characters.join(''))).toBe(statesReasons(text));
    }),
    { numRuns: 5_000 },
  );
});

test('An invisible character between a letter and its accent does not hide a placeholder', () => {
  for (const [name, character] of Object.entries(INVISIBLE)) {
    expect([name, statesReasons(`ingen a${character}\u030Arsag`)]).toEqual([name, false]);
  }
});

test('Case and the form of Unicode normalisation never change the verdict on a placeholder or a reason', () => {
  for (const text of [...PLACEHOLDERS, ...REASONS]) {
    for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) {
      const spellings = [text, text.toLowerCase(), text.toUpperCase()].map((spelling) => spelling.normalize(form));
      expect(spellings.map(statesReasons)).toEqual(spellings.map(() => REASONS.includes(text)));
    }
  }
});

describe('An objection', () => {
  const deadline = instant('2026-03-30T22:00:00Z');
  const facts = (overrides: Partial<ObjectionFacts> = {}): ObjectionFacts => ({
    status: 'announced',
    regime: { objection: true },
    deadline,
    leftAt: null,
    receivedAt: instant('2026-03-25T09:00:00Z'),
    reasons: 'USA',
    ...overrides,
  });
  const late = { receivedAt: deadline };
  const notNotified = { deadline: null };
  const noReasons = { reasons: ' - ' };
  const receivedAt = instant('2026-03-25T09:00:00Z');
  const informing = { regime: { objection: false }, deadline: null };

  test('with reasons, in time, to an announced change, counts (D14)', () => {
    expect(judgeObjection(facts())).toEqual({ allowed: true });
  });

  test('counts in the last millisecond of the window and not at its deadline (D9, D16)', () => {
    expect(judgeObjection(facts({ receivedAt: instant('2026-03-30T21:59:59.999Z') }))).toEqual({ allowed: true });
    expect(judgeObjection(facts(late))).toEqual({ allowed: false, because: 'window-closed' });
    expect(judgeObjection(facts({ receivedAt: instant('2026-03-30T22:00:00.001Z') }))).toEqual({
      allowed: false,
      because: 'window-closed',
    });
  });

  test.each([null, '', ' \n', '\u200B', 'ingen', 'N/A', '🙂'])(
    'without reasons (%j) does not count (D15)',
    (reasons) => {
      expect(judgeObjection(facts({ reasons }))).toEqual({ allowed: false, because: 'reasons-required' });
    },
  );

  test('of a controller that is not notified counts: it has no deadline to miss (D14)', () => {
    expect(judgeObjection(facts(notNotified))).toEqual({ allowed: true });
  });

  test('of a controller that has left unnotified counts if it came before that, and not after (D7)', () => {
    const left = { ...notNotified, leftAt: instant('2026-03-25T09:00:00.001Z') };
    expect(judgeObjection(facts(left))).toEqual({ allowed: true });
    expect(judgeObjection(facts({ ...left, receivedAt: left.leftAt }))).toEqual({
      allowed: false,
      because: 'agreement-ended',
    });
  });

  test.each(['activated', 'withdrawn'] as const)('to a change that is %s does not count', (status) => {
    expect(judgeObjection(facts({ status }))).toEqual({ allowed: false, because: 'change-ended' });
  });

  test.each([
    [
      'that the change has ended, before all else',
      { status: 'withdrawn', ...notNotified, ...noReasons },
      'change-ended',
    ],
    [
      'that the change has ended, though it is late too',
      { status: 'activated', ...late, ...noReasons },
      'change-ended',
    ],
    ['that reasons are missing, though it is not notified', { ...notNotified, ...noReasons }, 'reasons-required'],
    [
      'that its agreement has ended, though reasons are missing too',
      { ...notNotified, ...noReasons, leftAt: instant('2026-03-25T09:00:00Z') },
      'agreement-ended',
    ],
    [
      'that there is no time to object, though reasons are missing too',
      { ...informing, ...noReasons },
      'no-objection-window',
    ],
    [
      'that its agreement has ended, of a change that only informs',
      { ...informing, leftAt: receivedAt },
      'agreement-ended',
    ],
    ['that it is late, though reasons are missing too', { ...late, ...noReasons }, 'window-closed'],
  ] satisfies [string, Partial<ObjectionFacts>, string][])('is told %s', (_name, overrides, because) => {
    expect(judgeObjection(facts(overrides))).toEqual({ allowed: false, because });
  });
});

const anObjection: PendingObjection = {
  id: '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b',
  number: 7,
  changeId: '01999a2e-5f1c-7d3e-8a4b-000000000001',
  controller: 'kunde-1',
  channel: 'link',
  messageId: '019ac0de-0000-7000-8000-00000000000a',
  from: { name: 'Dorthe Persson', email: 'dpo@kunde-1.example' },
  reasons: '  <b>USA</b>\r\n',
  receivedAt: instant('2026-03-25T09:00:00Z'),
  recordedAt: instant('2026-03-25T09:00:01Z'),
  recordedBy: 'Dorthe Persson <dpo@kunde-1.example>',
  acceptedLate: null,
  withdrawal: null,
  status: 'pending',
};
const RESOLUTION = {
  outcome: 'withdrawn',
  explanation: null,
  mailId: null,
  resolvedAt: instant('2026-03-26T10:11:12.345Z'),
  resolvedBy: 'key:officer',
} as const;

describe('A rejected attempt', () => {
  const attempt: RejectedObjection = {
    ...anObjection,
    status: 'rejected',
    rejectedFor: 'window-closed',
    reasons: 'USA',
  };

  test('that was late and has reasons can be accepted while the change is announced (D16)', () => {
    expect(refuseLateAcceptance(attempt, 'announced')).toBeNull();
  });

  test.each(['activated', 'withdrawn'] as const)('cannot be accepted when the change is %s', (status) => {
    expect(refuseLateAcceptance(attempt, status)).toBe('change-ended');
  });

  test.each(['reasons-required', 'agreement-ended', 'change-ended'] as const)(
    'that was not rejected for lateness but for %s cannot be accepted',
    (rejectedFor) => {
      expect(refuseLateAcceptance({ ...attempt, rejectedFor }, 'announced')).toBe('objection-not-late');
    },
  );

  test.each<Objection>([anObjection, { ...anObjection, status: 'resolved', resolution: RESOLUTION }])(
    'that was accepted before, and is $status, cannot be accepted again',
    (objection) => {
      expect(refuseLateAcceptance(objection, 'announced')).toBe('objection-not-late');
    },
  );

  test.each([null, '', 'ingen', '\u2060'])('that was late and has no reasons (%j) cannot be accepted', (reasons) => {
    expect(refuseLateAcceptance({ ...attempt, reasons }, 'announced')).toBe('reasons-required');
  });
});

test('An objection is shown with its instants as text, and with the text as received', () => {
  const { recordedAt: _recordedAt, recordedBy, acceptedLate, ...shown } = anObjection;
  const view = { ...shown, receivedAt: '2026-03-25T09:00:00.000Z', rejectedFor: null, resolution: null };
  expect(viewOfObjection(anObjection)).toEqual(view);
  expect(recordOfObjection(anObjection)).toEqual({
    ...view,
    recordedAt: '2026-03-25T09:00:01.000Z',
    recordedBy,
    acceptedLate,
  });

  expect(viewOfObjection({ ...anObjection, status: 'resolved', resolution: RESOLUTION }).resolution).toEqual({
    ...RESOLUTION,
    resolvedAt: '2026-03-26T10:11:12.345Z',
  });
});

describe('An objection can have been received', () => {
  const announcedAt = instant('2026-03-20T14:00:00Z');
  const now = instant('2026-03-25T09:00:00Z');
  const isPossible = (receivedAt: Temporal.Instant, channel: ObjectionChannel = 'letter') =>
    isPossibleReceipt({ channel, receivedAt }, announcedAt, now);

  test('from the announcement of its change to now', () => {
    expect([announcedAt, now].map((at) => isPossible(at))).toEqual([true, true]);
    expect(isPossible(announcedAt.subtract({ milliseconds: 1 }))).toBe(false);
    expect(isPossible(now.add({ milliseconds: 1 }))).toBe(false);
  });

  test('at any time through a link, where we date it ourselves', () => {
    expect(isPossible(now.add({ milliseconds: 1 }), 'link')).toBe(true);
  });
});

test('A controller is told by e-mail of an objection that counts, and of a rejection that no page told at once', () => {
  for (const channel of ['link', 'email', 'letter'] as const) {
    expect(messageAfter(null, channel)).toBe('objection-received');
    expect(messageAfter('window-closed', channel)).toBe(channel === 'link' ? null : 'objection-rejected');
  }
});

test('Only finding an objection invalid needs an explanation (D19)', () => {
  expect(CHOSEN_OUTCOMES.filter(needsEvidence)).toEqual(['withdrawn', 'accommodated', 'invalid']);
});
