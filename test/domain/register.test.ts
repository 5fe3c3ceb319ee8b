import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSameCompany, nameKey, registrationKey } from '../../src/domain/register.ts';

const company = (name: string, registrationNumber: string | null = null, country = 'DK') => ({
  name,
  registrationNumber,
  country,
});

describe('Two descriptions mean the same company', () => {
  test.each([
    ['Google', 'google'],
    ['Gintel AS', '  GINTEL   as '],
    ['Gintel AS', 'Gintel\u00A0AS'],
    ['Gintel AS', 'Gintel\nAS'],
    ['Google', 'Ｇｏｏｇｌｅ'],
    ['Ærø Hosting', 'ÆRØ HOSTING'],
    ['Ålborg Data', 'A\u030Alborg Data'],
  ])('when their names differ in case, spacing or Unicode form only: %j and %j', (one, other) => {
    expect(isSameCompany(company(one), company(other))).toBe(true);
    expect(isSameCompany(company(one, '983953271', 'NO'), company(other, '12345678', 'DK'))).toBe(true);
  });

  test.each([
    ['983 953 271', '983953271'],
    ['983.953.271', '983-953-271'],
    ['de hrb 1234 b', 'DE HRB 1234 B'],
    ['９８３９５３２７１', '983953271'],
  ])('when their registration numbers in one country differ in form only: %j and %j', (one, other) => {
    expect(isSameCompany(company('Gintel AS', one, 'NO'), company('Gintel Group', other, 'NO'))).toBe(true);
  });
});

describe('Two descriptions mean different companies', () => {
  test('when both name and number differ', () => {
    expect(isSameCompany(company('Google', '1'), company('Goggle', '2'))).toBe(false);
    expect(isSameCompany(company('Gintel AS', '983953271', 'NO'), company('Gintel Group', '983953272', 'NO'))).toBe(
      false,
    );
  });

  test('when their names differ and the same number is of two countries', () => {
    expect(isSameCompany(company('Gintel AS', '12345678', 'NO'), company('Nordlys ApS', '12345678', 'DK'))).toBe(false);
  });

  test.each([
    [null, null],
    [null, '12345678'],
    ['', ''],
    ['-', '–'],
    ['  ', '...'],
  ])('when their names differ and a number says nothing: %j and %j', (one, other) => {
    expect(isSameCompany(company('Atlassian', one), company('Userflow', other))).toBe(false);
  });
});

test('A registration number counts within its country, with letters and digits only', () => {
  expect(registrationKey(company('Gintel AS', '983 953 271', 'NO'))).toBe('NO:983953271');
  expect(registrationKey(company('Gintel AS', ' ', 'NO'))).toBeNull();
  expect(registrationKey(company('Gintel AS', null, 'NO'))).toBeNull();
});

test('A name’s key is in small letters with single spaces', () => {
  expect(nameKey(' \tUserflow \u2003 INC.\n')).toBe('userflow inc.');
});

test('Being the same company holds for a company and itself, and both ways', () => {
  const aCompany = fc.record({
    name: fc.oneof(fc.constantFrom('Google', 'google', 'GOOGLE ', 'Atlassian'), fc.string({ unit: 'grapheme' })),
    registrationNumber: fc.oneof(
      fc.constantFrom(null, '', '1 2', '12', '1-2'),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    country: fc.constantFrom('DK', 'NO'),
  });
  fc.assert(
    fc.property(aCompany, aCompany, (one, other) => {
      expect(isSameCompany(one, one)).toBe(true);
      expect(isSameCompany(one, { ...one })).toBe(true);
      expect(isSameCompany(one, other)).toBe(isSameCompany(other, one));
    }),
    { numRuns: 1_000 },
  );
});
