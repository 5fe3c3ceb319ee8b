import type { FirstEntry } from '../domain/first-register.ts';
import type { Controller } from '../db/controllers.ts';
import type { Product } from '../db/products.ts';
import { RETENTION } from '../domain/retention.ts';
import { APPROVAL_TERMS } from '../domain/terms.ts';

/** TrueTalk and the terms of its annex (B.2). */
export function trueTalk(objectionEmail: string): Omit<Product, 'registerLoadedAt'> {
  return {
    id: 'truetalk',
    name: 'TrueTalk',
    processor: {
      name: 'Telenor A/S',
      registrationNumber: '19433692',
      address: 'Frederikskaj 8, 2450 København SV',
    },
    terms: {
      objectionWindowDays: 10,
      timeZone: 'Europe/Copenhagen',
      rollForward: false,
      ...APPROVAL_TERMS,
      // The table of C.5, with the names of the register.
      places: [
        { company: 'Telenor A/S', country: 'DK' },
        { company: 'Gintel AS', country: 'NO' },
        { company: 'Userflow Inc.', country: 'US' },
        { company: 'Atlassian', country: 'DE' },
        { company: 'Atlassian', country: 'IE' },
        { company: 'Google', country: 'US' },
      ],
    },
    retention: RETENTION,
    withdrawalDelayHours: 24,
    holdMinutes: 0,
    officersAddress: null,
    secondPerson: [],
    contractMinimum: { objectionWindowDays: 10, timeZone: 'Europe/Copenhagen' },
    objectionAddress: { email: objectionEmail, postal: 'Telenor A/S\nFrederikskaj 8\n2450 København SV' },
  };
}

const GINTEL = '01980000-0000-7000-8000-000000000001';
const USERFLOW = '01980000-0000-7000-8000-000000000002';

const A3 = {
  da: 'navn, e-mailadresse, telefonnummer, titel og afdeling, »Om mig«-information og billede, sprog, virksomhed, bruger-ID, loginoplysninger, status, tidsstempler, opkaldshistorik, kalenderposter, brugernavn og password til credential management samt appstatistik',
  en: 'name, e-mail address, telephone number, title and department, “about me” text and picture, language, company, user ID, log-in details, presence status, time stamps, call history, calendar entries, user name and password for credential management, and app statistics',
};

const UNSTATED = { registrationNumber: null, contactPerson: null, activeFrom: null } as const;

/**
 * The sub-processors that TrueTalk's terms approve (B.1), with the places of processing and transfer bases of C.5. Details
 * that the terms do not state, such as most registration numbers and all contact persons, are left out.
 */
export const TRUETALK_REGISTER: readonly FirstEntry[] = [
  {
    ...UNSTATED,
    id: GINTEL,
    name: 'Gintel AS',
    registrationNumber: '983 953 271',
    address: 'Otto Nielsens Veg 12, 7052 Trondheim, Norge',
    country: 'NO',
    parentId: null,
    processing: { da: 'Bistår med support og fejlretning', en: 'Assists with support and fault correction' },
    personalData: {
      da: `Behandler ikke personoplysninger på fast basis, men kan i tilfælde af support og fejlretning behandle oplysningerne i punkt A.3: ${A3.da}`,
      en: `None on a fixed basis; for support and fault correction it may process what point A.3 lists: ${A3.en}`,
    },
    locations: [{ country: 'NO', transferBasis: null }],
  },
  {
    ...UNSTATED,
    id: USERFLOW,
    name: 'Userflow Inc.',
    address: '548 Market St PMB 69598, San Francisco, CA 94104',
    country: 'US',
    parentId: null,
    processing: {
      da: 'Anvendes til at tilpasse Kundens onboardingflow',
      en: 'Used to adapt the customer’s onboarding flow',
    },
    personalData: {
      da: 'Navn, e-mailadresse, sprog, virksomhed og bruger-ID',
      en: 'Name, e-mail address, language, company and user ID',
    },
    locations: [{ country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Userflow Inc.' } }],
  },
  {
    ...UNSTATED,
    id: null,
    name: 'Atlassian',
    address: 'Level 6, 341 George Street, Sydney, NSW 2000, Australien',
    country: 'AU',
    parentId: GINTEL,
    processing: {
      da: 'Fejlrapporteringssystem, hvori supporttickets opbevares',
      en: 'Fault-reporting system in which support tickets are kept',
    },
    personalData: {
      da: `Har ikke adgang til oplysningerne, men stiller et fejlrapporteringssystem til rådighed, hvori supporttickets opbevares. De kan indeholde oplysningerne i punkt A.3: ${A3.da}`,
      en: `No access to the data, but provides a fault-reporting system in which support tickets are kept. They may contain what point A.3 lists: ${A3.en}`,
    },
    // The company is in Sydney; it processes in Germany and Ireland (C.5, D3).
    locations: [
      { country: 'DE', transferBasis: null },
      { country: 'IE', transferBasis: null },
    ],
  },
  {
    ...UNSTATED,
    id: null,
    name: 'Google',
    address: 'Mountain View, CA, USA',
    country: 'US',
    parentId: USERFLOW,
    processing: { da: 'Google Cloud Platform', en: 'Google Cloud Platform' },
    personalData: {
      da: 'Hoster alene de oplysninger, der bruges i onboardingflowet: navn, e-mailadresse, sprog, virksomhed og bruger-ID',
      en: 'Hosts the data of the onboarding flow only: name, e-mail address, language, company and user ID',
    },
    locations: [{ country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Google' } }],
  },
];

/** Controllers to try the product with. Their addresses exist in the embedded mailbox only. */
export const EXAMPLE_CONTROLLERS: readonly Controller[] = [
  {
    externalId: 'kunde-1001',
    name: 'Havneby Kommune',
    registrationNumber: '10001001',
    products: ['truetalk'],
    contacts: [
      { email: 'dpo@havneby.example', name: 'Dorthe Persson', language: 'da', mayApprove: true },
      { email: 'it@havneby.example', name: 'Ib Thomsen', language: 'da' },
    ],
  },
  {
    externalId: 'kunde-1002',
    name: 'Nordvind Logistik A/S',
    registrationNumber: '10001002',
    products: ['truetalk'],
    contacts: [{ email: 'privacy@nordvind.example', name: 'Alice Brown', language: 'en', mayApprove: true }],
  },
  {
    externalId: 'kunde-1003',
    name: 'Klinik Lindegården ApS',
    registrationNumber: '10001003',
    products: ['truetalk'],
    contacts: [{ email: 'kontakt@lindegaarden.example', name: 'Søren Ågård', language: 'da' }],
  },
];
