import type { Controller } from '../../src/db/controllers.ts';
import type { Product } from '../../src/db/products.ts';
import { contentOf } from '../../src/commands/announcement-content.ts';
import type { Announcement, ChangeContent } from '../../src/domain/change.ts';
import type { RegisterEntry, SubProcessor } from '../../src/domain/register.ts';
import { trueTalk } from '../../src/examples/truetalk.ts';

/** TrueTalk, which hears objections at indsigelse@telenor.example. */
export function aProduct(overrides: Partial<Product> = {}): Omit<Product, 'registerLoadedAt'> {
  return { ...trueTalk('indsigelse@telenor.example'), ...overrides };
}

/** A controller of TrueTalk with one contact, different for each number. */
export function aController(number = 1, overrides: Partial<Controller> = {}): Controller {
  return {
    externalId: `kunde-${number}`,
    name: `Kunde ${number} A/S`,
    registrationNumber: String(10_000_000 + number),
    products: ['truetalk'],
    contacts: [{ email: `dpo@kunde-${number}.example`, name: `Dorthe Persson ${number}`, language: 'da' }],
    ...overrides,
  };
}

/** A sub-processor in Denmark, different for each number. */
export function aSubProcessor(number = 1, overrides: Partial<SubProcessor> = {}): SubProcessor {
  return {
    name: `Nordlys Hosting ${number} ApS`,
    registrationNumber: String(40_000_000 + number),
    address: 'Havnegade 1, 8000 Aarhus C',
    country: 'DK',
    contactPerson: { name: 'Signe Lund', email: 'privacy@nordlys.example' },
    parentId: null,
    processing: { da: 'Drift af servere til opkaldshistorik', en: 'Hosting of servers for call history' },
    personalData: { da: 'Navn, telefonnummer og opkaldshistorik', en: 'Name, telephone number and call history' },
    locations: [{ country: 'DK', transferBasis: null }],
    ...overrides,
  };
}

/** That sub-processor in the register, as entry-1, entry-2 … */
export function anEntry(number = 1, overrides: Partial<RegisterEntry> = {}): RegisterEntry {
  const since = Temporal.PlainDate.from('2020-01-01');
  return {
    ...aSubProcessor(number),
    id: `entry-${number}`,
    activeFrom: since,
    activeUntil: null,
    factsFrom: since,
    changeId: null,
    forSome: false,
    ...overrides,
  };
}

/** An announcement of a company. */
type OfCompany = Announcement & { readonly subProcessor: SubProcessor };

/** An addition of that sub-processor. */
export function anAnnouncement(overrides?: Partial<OfCompany>): OfCompany;
export function anAnnouncement(overrides: Partial<Announcement>): Announcement;
export function anAnnouncement(overrides: Partial<Announcement> = {}): Announcement {
  return {
    product: 'truetalk',
    kind: 'addition',
    replaces: null,
    amends: null,
    removes: null,
    entries: [],
    children: [],
    subProcessor: aSubProcessor(),
    wordingOnly: [],
    regime: { objection: false, approval: false },
    scope: 'all',
    separation: null,
    upstream: null,
    reason: { da: 'Driften samles hos én leverandør', en: 'Operations are gathered at one supplier' },
    plannedActivationOn: Temporal.PlainDate.from('2026-04-15'),
    supersedes: null,
    ...overrides,
  };
}

/** What a change of this announcement tells, beside this register. */
export function aContent(
  announcement: Announcement = anAnnouncement(),
  register: readonly RegisterEntry[] = [],
): ChangeContent {
  return contentOf(announcement, { ...aProduct(), registerLoadedAt: null }, register);
}
