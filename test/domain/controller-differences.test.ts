import { expect, test } from 'vitest';
import { controllerDifferences, type ComparedController } from '../../src/domain/controller-differences.ts';

const dpo = { email: 'dpo@a.example', name: 'Åse', language: 'da', mayApprove: true } as const;
const it = { email: 'it@a.example', name: 'Bo', language: 'en', mayApprove: false } as const;
const controller: ComparedController = {
  name: 'Kunde A/S',
  registrationNumber: '10000003',
  reference: 'PO 1',
  products: ['andet', 'truetalk'],
  metadata: { EAN: '5790' },
  termsVersions: { truetalk: '2026-03' },
  contacts: [dpo, it],
};

test('A controller differs from itself in nothing, in whatever order its contacts and products stand', () => {
  expect(controllerDifferences(controller, controller)).toEqual([]);
  const turned = { ...controller, products: ['truetalk', 'andet'], contacts: [it, dpo] };
  expect(controllerDifferences(controller, turned)).toEqual([]);
});

test('Each thing that is added, gone or another is told with what it was and what it is', () => {
  const after: ComparedController = {
    name: 'Kunden A/S',
    registrationNumber: '10000003',
    reference: null,
    products: ['nyt', 'truetalk'],
    metadata: { EAN: '5791', toString: 'x' },
    termsVersions: {},
    contacts: [
      { ...dpo, mayApprove: false },
      { ...it, email: 'ny@a.example' },
    ],
  };
  expect(controllerDifferences(controller, after)).toEqual([
    { field: 'name', from: 'Kunde A/S', to: 'Kunden A/S' },
    { field: 'reference', from: 'PO 1', to: null },
    { field: 'product', from: 'andet', to: null },
    { field: 'product', from: null, to: 'nyt' },
    { field: 'termsVersion', from: 'truetalk: 2026-03', to: null },
    { field: 'metadata', from: 'EAN: 5790', to: 'EAN: 5791' },
    { field: 'metadata', from: null, to: 'toString: x' },
    { field: 'contact', from: dpo, to: { ...dpo, mayApprove: false } },
    { field: 'contact', from: null, to: { ...it, email: 'ny@a.example' } },
    { field: 'contact', from: it, to: null },
  ]);
});

test('One that is new differs in all that it has', () => {
  expect(controllerDifferences(null, { ...controller, reference: null, metadata: {}, contacts: [it] })).toEqual([
    { field: 'name', from: null, to: 'Kunde A/S' },
    { field: 'registrationNumber', from: null, to: '10000003' },
    { field: 'product', from: null, to: 'andet' },
    { field: 'product', from: null, to: 'truetalk' },
    { field: 'termsVersion', from: null, to: 'truetalk: 2026-03' },
    { field: 'contact', from: null, to: it },
  ]);
});
