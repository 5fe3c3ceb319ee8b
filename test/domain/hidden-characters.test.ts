import { describe, expect, test } from 'vitest';
import { hiddenCharacterIn } from '../../src/domain/hidden-characters.ts';

describe('A text hides nothing where it is', () => {
  test.each([
    ['a plain name', 'Nordlys Hosting ApS'],
    ['letters of the Nordic countries', 'Ærø Þjónusta Å/S, Österåker'],
    ['combining marks, one on the other', 'e\u0301clair a\u0323\u0302n Nguyê\u0303n'],
    ['apostrophes and dashes of every kind', 'O’Brien d\'Arc "Ltd." – Müller—Meier ‐ ·'],
    ['Hebrew and Arabic, which run the other way by themselves', 'שלום عربي'],
    ['Persian with a joiner that keeps letters apart', 'می\u200Cخواهم'],
    ['Sinhala with a joiner that joins letters', 'ශ්\u200Dරී ලංකා'],
    ['Hindi with either joiner', 'क्\u200Dष क्\u200Cष'],
    ['Malayalam and Kannada', 'ന്\u200D ರ್\u200Cಕ'],
    ['a family of emoji, and one with a colour of skin', '👨\u200D👩\u200D👧 👩🏽\u200D⚖\uFE0F'],
    ['an emoji and a sign drawn in colours', '❤\uFE0F ™\uFE0F'],
    ['a name of Japan with the form of its ideograph', '葛\u{E0100}城'],
    ['lines, tabs and a space that does not break', 'one\r\n\ttwo\u00A0three\u202Ffour\u2003five'],
    ['Arabic signs of numbers, which are seen', '\u0600\u0661 \u06DD'],
    ['letters of Mongolian and Korean', 'ᠮᠣᠩᠭᠣᠯ 한국'],
  ])('%s', (_what, text) => {
    expect(hiddenCharacterIn(text)).toBeNull();
  });
});

describe('A text hides something where it has', () => {
  test.each([
    ['the override that turns a name around', 'Nord\u202Esplil', 'U+202E', 5, true],
    ['every other mark of direction', '\u200Fa', 'U+200F', 1, true],
    ['an isolate', 'a\u2066b\u2069', 'U+2066', 2, true],
    ['the mark of Arabic letters', 'a\u061Cb', 'U+061C', 2, true],
    ['a space of no width', 'Nord\u200Blys', 'U+200B', 5, false],
    ['a soft hyphen', 'Nord\u00ADlys', 'U+00AD', 5, false],
    ['a mark of byte order inside', 'a\uFEFFb', 'U+FEFF', 2, false],
    ['a joiner between Latin letters', 'Nord\u200Dlys', 'U+200D', 5, false],
    ['a joiner behind a space', 'می \u200Cخ', 'U+200C', 4, false],
    ['a joiner that joins an emoji to a letter', '👨\u200Da', 'U+200D', 2, false],
    ['a variation of nothing', ' \uFE0F', 'U+FE0F', 2, false],
    ['a second variation', 'a\uFE0F\uFE0F', 'U+FE0F', 3, false],
    ['a filler of Korean, which looks like a space', 'a\u3164b', 'U+3164', 2, false],
    ['a tag, which carries text that nobody sees', 'a\u{E0041}', 'U+E0041', 2, false],
    ['a word joiner', 'a\u2060b', 'U+2060', 2, false],
    ['an invisible sign of multiplication', '2\u20623', 'U+2062', 2, false],
    ['an annotation', 'a\uFFF9b', 'U+FFF9', 2, false],
    ['NUL', 'a\u0000', 'U+0000', 2, false],
    ['a control that stands for a letter in another charset', 'Kr\u0091', 'U+0091', 3, false],
    ['a place counted in characters, not in halves of them', '😀😀\u202D', 'U+202D', 3, true],
  ] as const)('%s', (_what, text, code, place, turnsDirection) => {
    expect(hiddenCharacterIn(text)).toEqual({ code, place, turnsDirection });
  });
});
