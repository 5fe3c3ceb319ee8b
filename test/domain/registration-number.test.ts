import { describe, expect, test } from 'vitest';
import { readRegistrationNumber } from '../../src/domain/registration-number.ts';

describe('A registration number is compared by its digits, however it is typed (D36):', () => {
  test.each([
    [
      'DK:99000007',
      ['99000007', '99 00 00 07', 'DK99000007', 'DK-99 00 00 07', 'CVR-nr. 99000007', 'cvr: dk 99.00.00.07'],
    ],
    ['NO:983953271', ['983953271', '983 953 271', 'NO 983 953 271 MVA', 'Org.nr. 983953271']],
    ['SE:5599990008', ['559999-0008', '5599990008', 'SE559999000801', '16 559999-0008']],
    ['DE:DE136695976', ['DE136695976', 'DE 136 695 976', 'USt-IdNr. DE136695976']],
    [
      'DE:HRB12345B:CHARLOTTENBURG',
      ['HRB 12345 B, Amtsgericht Charlottenburg', 'Amtsgericht Charlottenburg HRB 12345 B'],
    ],
    ['DE:HRB12345:HAMBURG', ['HRB 12345 Hamburg', 'AG Hamburg, HRB-12345', 'hrb 12345 hamburg']],
    [':FI15723445X', ['FI-1572344-5X']],
  ])('%s', (key, forms) => {
    for (const form of forms) expect([form, readRegistrationNumber(form)]).toEqual([form, { key, doubt: null }]);
  });

  test.each(['', '-', 'N/A', 'ingen'])('%j is none', (text) => {
    expect(readRegistrationNumber(text)).toEqual({ key: null, doubt: null });
  });

  test('a number of one country is not taken for one of another where the country is known', () => {
    expect(readRegistrationNumber('12345678', 'NO').key).toBe('NO:12345678');
    expect(readRegistrationNumber('DK99000007', 'DK').key).toBe('DK:99000007');
    expect(readRegistrationNumber('HRB 7 Hamburg', 'DK').key).toBe('DK:HRB7HAMBURG');
  });
});

describe('A number is doubted, and still compared,', () => {
  test.each([
    ['99000008', 'Danish CVR number'],
    ['983953272', 'Norwegian organisation number'],
    ['559999-0009', 'Swedish organisation number'],
    ['DE136695977', 'German VAT number'],
  ])('where the check digit of %s is wrong', (text, kind) => {
    const { key, doubt } = readRegistrationNumber(text);
    expect(key).not.toBeNull();
    expect(doubt).toMatch(`${text} is no ${kind}`);
  });

  test.each(['99000007', '983953271', '5599990008', 'DE136695976'])('whichever digit of %s is mistyped', (right) => {
    for (let at = right.search(/\d/); at < right.length; at += 1) {
      const wrong = `${right.slice(0, at)}${(Number(right[at]) + 1) % 10}${right.slice(at + 1)}`;
      expect([wrong, readRegistrationNumber(wrong).doubt]).toEqual([wrong, expect.stringContaining('check digit')]);
    }
  });

  test('where a German register has no court, or a spreadsheet has cut a digit', () => {
    expect(readRegistrationNumber('HRB 12345').doubt).toContain('expected its court');
    expect(readRegistrationNumber('1234567').doubt).toContain('a spreadsheet cuts a leading zero');
  });
});
