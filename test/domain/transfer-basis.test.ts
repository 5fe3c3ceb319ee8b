import { describe, expect, test } from 'vitest';
import { isInEea, refuseTransferBasis, type TransferBasis } from '../../src/domain/transfer-basis.ts';

const EU = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');
const EEA = [...EU, 'IS', 'LI', 'NO'];
const OUTSIDE = [
  'US',
  'GB',
  'CH',
  'AU',
  'IN',
  'CN',
  'RU',
  'UA',
  'TR',
  'RS',
  'FO',
  'GL',
  'SJ',
  'JP',
  'CA',
  'MC',
  'SM',
  'VA',
];

const SCC: TransferBasis = { article: '46', instrument: 'SCC' };
const BCR: TransferBasis = { article: '46', instrument: 'BCR' };
const DPF: TransferBasis = { article: '45', decision: 'DPF', certifiedAs: 'Userflow Inc.' };
const adequacy = (decision: string): TransferBasis => ({ article: '45', decision });

const refusal = (country: string, transferBasis: TransferBasis | null) =>
  refuseTransferBasis({ country, transferBasis })?.because ?? null;

describe('The EEA (D3)', () => {
  test('is the 27 countries of the EU with Iceland, Liechtenstein and Norway', () => {
    expect(EEA).toHaveLength(30);
    expect(EEA.filter((country) => !isInEea(country))).toEqual([]);
  });

  test('is without the United Kingdom, Switzerland, the Faroes, Greenland and every other country', () => {
    expect(OUTSIDE.filter(isInEea)).toEqual([]);
  });
});

describe('A place of processing inside the EEA', () => {
  test.each(EEA)('takes no transfer basis: %s', (country) => {
    expect(refusal(country, null)).toBeNull();
    for (const basis of [SCC, BCR, DPF, adequacy('2019/419')]) {
      expect(refusal(country, basis)).toBe('transfer-basis-invalid');
    }
  });
});

describe('A place of processing outside the EEA', () => {
  test.each(OUTSIDE)('is refused without a transfer basis: %s', (country) => {
    expect(refusal(country, null)).toBe('transfer-basis-missing');
  });

  test.each(OUTSIDE)('may rest on SCC or BCR under art. 46: %s', (country) => {
    expect(refusal(country, SCC)).toBeNull();
    expect(refusal(country, BCR)).toBeNull();
  });

  test.each(['AU', 'IN', 'CN', 'RU', 'GL', 'SJ', 'MC', 'TR'])(
    'may not rest on art. 45 where the Commission has made no adequacy decision: %s',
    (country) => {
      for (const basis of [adequacy('2019/419'), adequacy('DPF'), adequacy('Commission decision'), DPF]) {
        expect(refusal(country, basis)).toBe('transfer-basis-invalid');
      }
    },
  );

  test.each([
    ['AD', '2010/625'],
    ['AR', '2003/490'],
    ['CA', '2002/2'],
    ['CH', '2000/518'],
    ['FO', '2010/146'],
    ['GB', '2021/1772'],
    ['GG', '2003/821'],
    ['IL', '2011/61'],
    ['IM', '2004/411'],
    ['JE', '2008/393'],
    ['JP', '2019/419'],
    ['KR', '2022/254'],
    ['NZ', '2013/65'],
    ['UY', '2012/484'],
  ])('may rest on the adequacy decision that the Commission has made: %s, %s', (country, number) => {
    for (const decision of [number, `${number}/EC`, `Commission Implementing Decision (EU) ${number}`]) {
      expect([decision, refusal(country, adequacy(decision))]).toEqual([decision, null]);
    }
  });

  test.each([
    ['JP', '2021/1772'],
    ['GB', '2019/419'],
    ['CH', '2000/51'],
    ['CH', '2000/5180'],
    ['CA', '2002/20'],
    ['NZ', '2023/1795'],
    ['GB', 'DPF'],
    ['CH', 'Swiss-US Data Privacy Framework'],
    ['JP', 'Privacy Shield'],
  ])('may not rest on another country’s decision: %s, %s', (country, decision) => {
    expect(refusal(country, adequacy(decision))).toBe('transfer-basis-invalid');
  });

  test('takes the name of a certified company in the US only', () => {
    expect(refusal('GB', { article: '45', decision: '2021/1772', certifiedAs: 'Example Ltd' })).toBe(
      'transfer-basis-invalid',
    );
  });

  test('is told what was found and what is expected', () => {
    expect(refuseTransferBasis({ country: 'IN', transferBasis: null })?.detail).toBe(
      'IN is outside the EEA: expected a transfer basis under GDPR art. 45 or 46, found none.',
    );
    expect(refuseTransferBasis({ country: 'GB', transferBasis: adequacy('2019/419') })?.detail).toContain('2021/1772');
  });
});

describe('A place of processing in the US', () => {
  test('may rest on the Data Privacy Framework for a company that is named as certified', () => {
    expect(refusal('US', DPF)).toBeNull();
  });

  test.each([undefined, '', '  ', '\u00A0\n'])(
    'is refused when the certified company is not named: %j',
    (certifiedAs) => {
      expect(refusal('US', { article: '45', decision: 'DPF', certifiedAs })).toBe('transfer-basis-invalid');
    },
  );

  test.each(['', 'dpf', 'Privacy Shield', '2016/1250', '2000/520', '2019/419'])(
    'is refused under a decision that is not the framework: %j',
    (decision) => {
      expect(refusal('US', { article: '45', decision, certifiedAs: 'Userflow Inc.' })).toBe('transfer-basis-invalid');
    },
  );
});

test('The places of clause C.5 have the bases that the clause gives them', () => {
  for (const country of ['DK', 'NO', 'DE', 'IE']) expect(refusal(country, null)).toBeNull();
  for (const certifiedAs of ['Userflow Inc.', 'Google LLC']) {
    expect(refusal('US', { article: '45', decision: 'DPF', certifiedAs })).toBeNull();
  }
});
