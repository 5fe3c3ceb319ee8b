import { describe, expect, test } from 'vitest';
import { COMPARED_FIELDS, differencesBetween } from '../../src/domain/comparison.ts';
import type { SubProcessor } from '../../src/domain/register.ts';
import { aSubProcessor } from '../support/examples.ts';

const CHAIN = ['Telenor A/S', 'Gintel AS'];
const company: SubProcessor = {
  ...aSubProcessor(1),
  name: 'Nordlys Hosting ApS',
  registrationNumber: '40000001',
  contactPerson: { name: 'Signe Lund', email: 'privacy@nordlys.example' },
  processing: { da: 'Drift af servere', en: 'Hosting of servers' },
  locations: [{ country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Nordlys Inc.' } }],
};
const differences = (other: Partial<SubProcessor>, chain = CHAIN) =>
  differencesBetween({ company, chain: CHAIN }, { company: { ...company, ...other }, chain });

describe('Two companies', () => {
  test('that say the same differ in nothing', () => {
    expect(differences({})).toEqual([]);
  });

  test('that have nothing in common differ in every field, in the order in which it is shown', () => {
    const other = {
      name: 'Solvind A/S',
      registrationNumber: '40000002',
      address: 'Solvej 2, 2100 København Ø',
      country: 'SE',
      contactPerson: null,
      processing: { da: 'Backup' },
      personalData: { da: 'Alt' },
      locations: [],
    };
    expect(differences(other, ['Telenor A/S'])).toEqual(COMPARED_FIELDS);
  });

  test.each<[string, Partial<SubProcessor>]>([
    ['white space and what is invisible in a name', { name: 'Nordlys\u00A0 Hosting\u200B ApS' }],
    ['a missing translation', { processing: { da: 'Drift af servere' } }],
    ['the entry that their parent is, under the same names', { parentId: 'another-entry' }],
    [
      'the order of what a transfer basis is stored as',
      {
        locations: [{ country: 'US', transferBasis: { certifiedAs: 'Nordlys Inc.', decision: 'DPF', article: '45' } }],
      },
    ],
  ])('do not differ by %s', (_, other) => {
    expect(differences(other)).toEqual([]);
  });

  test.each<[string, Partial<SubProcessor>]>([
    ['registrationNumber', { registrationNumber: null }],
    ['contactPerson', { contactPerson: { name: 'Signe Lund', email: 'dpo@nordlys.example' } }],
    ['processing', { processing: { da: 'Drift', en: 'Hosting of servers' } }],
    ['places', { locations: [{ country: 'US', transferBasis: { article: '46', instrument: 'SCC' } }] }],
    ['places', { locations: [{ country: 'US', transferBasis: { article: '45', decision: 'DPF' } }] }],
  ])('differ in %s alone where only that was changed', (field, other) => {
    expect(differences(other)).toEqual([field]);
  });

  test('differ in their chain by the names above them, not by their own', () => {
    expect(differences({}, ['Telenor A/S', 'Userflow Inc.'])).toEqual(['chain']);
    expect(differences({ name: 'Solvind A/S' })).toEqual(['name']);
  });
});
