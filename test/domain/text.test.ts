import { describe, expect, test } from 'vitest';
import { charactersIn, passage, storable } from '../../src/domain/text.ts';

describe('a passage', () => {
  const both = { da: 'Drift', en: 'Hosting' };

  test('is the translation, where there is one', () => {
    expect(passage(both, 'en')).toEqual({ text: 'Hosting', lang: 'en' });
    expect(passage(both, 'da')).toEqual({ text: 'Drift', lang: 'da' });
  });

  test('is Danish, and says so, where there is none', () => {
    expect(passage({ da: 'Drift' }, 'en')).toEqual({ text: 'Drift', lang: 'da' });
  });
});

test('A text is storable with a replacement character for each U+0000 and lone surrogate, and is otherwise the same', () => {
  expect(storable('a\u0000b\ud83dc\ude00d')).toBe('a\ufffdb\ufffdc\ufffdd');
  const sound = 'Æblegrød \u{1f600}\r\n\t\u0001';
  expect(storable(sound)).toBe(sound);
});

test('Characters are counted in code points', () => {
  expect([charactersIn(''), charactersIn('æø'), charactersIn('a\u{1f600}')]).toEqual([0, 2, 2]);
});
