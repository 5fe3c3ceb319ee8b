import type { EntryNow } from '../../domain/register.ts';
import { typedIn, type Fields } from './fields.ts';
import { childrenToSettle, type ChildToSettle } from './leaving.ts';
import { basisOf, locationOf, rowsTyped } from './places.ts';
import { kindOf } from './steps.ts';

/** A typed announcement as the API takes it, and which field each of its faults is about. */
export interface TypedAnnouncement {
  /** What `POST /v1/changes` is asked with. What is not typed is missing or empty in it, and is refused there. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The name of the field that a path of the announcement came from; `null` where it came from none. */
  readonly fieldOf: (path: string | null) => string | null;
}

/** What the fields say, as an announcement. `register` is its product's of today. */
export function announcementOf(fields: Fields, register: readonly EntryNow[]): TypedAnnouncement {
  const kind = kindOf(fields);
  const entry = typedIn(fields, 'entry');
  const isNewCompany = kind === 'addition' || kind === 'replacement';
  const rows = rowsTyped(fields);
  const children =
    kind === 'replacement' || kind === 'removal' ? childrenToSettle(fields, entry, register) : ([] as ChildToSettle[]);
  const settled = children.filter(({ choice }) => choice !== '');
  const entries = kind === 'transfer-basis' ? basesTyped(fields) : [];
  const worded = kind === 'amendment' ? WORDED.filter((text) => isTicked(fields, `wordingOnly.${text}`)) : [];
  const named = { replacement: 'replaces', amendment: 'amends', removal: 'removes' } as const;
  const isOfEach = typedIn(fields, 'scope') === 'each';
  const body = {
    product: typedIn(fields, 'product'),
    kind,
    ...(kind in named && { [named[kind as keyof typeof named]]: entry === '' ? null : entry }),
    ...((isNewCompany || kind === 'amendment') && { subProcessor: companyOf(fields, rows) }),
    ...(kind === 'transfer-basis' && { entries: entries.map(({ body: basis }) => basis) }),
    children: settled.map(({ id, choice }) =>
      choice === 'leaves'
        ? { entry: id, then: 'leaves' }
        : { entry: id, then: 'stays', parentId: choice.slice('stays:'.length) || null },
    ),
    wordingOnly: worded,
    regime: {
      objection: isTicked(fields, 'regime.objection'),
      approval: isTicked(fields, 'regime.approval'),
    },
    scope: isOfEach ? 'each' : 'all',
    separation: isOfEach ? textOf(fields, 'separation') : null,
    upstream: upstreamOf(fields),
    listedInTerms: linesOf(typedIn(fields, 'listedInTerms')),
    reason: textOf(fields, 'reason'),
    plannedActivationOn: typedIn(fields, 'plannedActivationOn'),
    supersedes: typedIn(fields, 'supersedes') || null,
    farDate: isTicked(fields, 'farDate'),
    ...holdOf(typedIn(fields, 'holdMinutes')),
  };
  const fieldOf = (path: string | null): string | null => {
    const [first = '', second = '', third = '', ...rest] = (path ?? '').split('.');
    switch (first) {
      case 'replaces':
      case 'amends':
      case 'removes':
        return 'entry';
      case 'subProcessor':
        if (second === '') return isNewCompany ? 'subProcessor.name' : 'entry';
        if (second === 'contactPerson') return `subProcessor.contactPerson.${third || 'name'}`;
        if (second === 'processing' || second === 'personalData') return `subProcessor.${second}.${third || 'da'}`;
        if (second !== 'locations') return `subProcessor.${second}`;
        return fieldOfPlace(`places.${rows[Number(third)] ?? 0}`, rest);
      case 'entries': {
        const field = entries[Number(second)]?.field ?? '';
        if (field === '') return 'entries';
        return rest.includes('certifiedAs') ? `${field}.certifiedAs` : field;
      }
      case 'children': {
        const child = second === '' ? children.find(({ choice }) => choice === '') : settled[Number(second)];
        return child === undefined ? 'entry' : `children.${child.id}`;
      }
      case 'wordingOnly':
        return `wordingOnly.${worded[Number(second)] ?? WORDED[0]}`;
      case 'regime':
        return 'regime.objection';
      case 'reason':
      case 'separation':
        return `${first}.${second || 'da'}`;
      case 'upstream':
        return `upstream.${second || 'noticeReceivedOn'}`;
      case 'product':
      case 'kind':
      case 'scope':
      case 'listedInTerms':
      case 'plannedActivationOn':
      case 'supersedes':
      case 'farDate':
      case 'holdMinutes':
        return first;
      default:
        return null;
    }
  };
  return { body, fieldOf };
}

const WORDED = ['processing', 'personalData'] as const;

const isTicked = (fields: Fields, name: string) => typedIn(fields, name) !== '';

function textOf(fields: Fields, name: string): { da: string; en?: string } {
  const en = typedIn(fields, `${name}.en`);
  return { da: typedIn(fields, `${name}.da`), ...(en !== '' && { en }) };
}

function companyOf(fields: Fields, rows: readonly number[]) {
  const of = (name: string) => typedIn(fields, `subProcessor.${name}`);
  const contact = { name: of('contactPerson.name'), email: of('contactPerson.email') };
  return {
    name: of('name'),
    registrationNumber: of('registrationNumber') || null,
    address: of('address'),
    country: of('country'),
    contactPerson: contact.name === '' && contact.email === '' ? null : contact,
    parentId: of('parentId') || null,
    processing: textOf(fields, 'subProcessor.processing'),
    personalData: textOf(fields, 'subProcessor.personalData'),
    locations: rows.map((row) => locationOf(fields, row)),
  };
}

/** The places of entries for which another basis is chosen. */
function basesTyped(fields: Fields) {
  return Object.keys(fields).flatMap((field) => {
    const [, entry, country] = /^entries\.([0-9a-f-]{36})\.([A-Z]{2})$/.exec(field) ?? [];
    const basis = typedIn(fields, field);
    if (entry === undefined || country === undefined || basis === '') return [];
    const transferBasis = basisOf(country, { basis, certifiedAs: typedIn(fields, `${field}.certifiedAs`) });
    return [{ field, body: { entry, country, transferBasis } }];
  });
}

function fieldOfPlace(row: string, rest: readonly string[]): string {
  if (rest.includes('certifiedAs')) return `${row}.certifiedAs`;
  return rest[0] === 'transferBasis' ? `${row}.basis` : `${row}.country`;
}

function upstreamOf(fields: Fields) {
  const of = (name: string) => typedIn(fields, `upstream.${name}`);
  const [noticeReceivedOn, objectBy, effectiveOn, reference] = [
    of('noticeReceivedOn'),
    of('objectBy'),
    of('effectiveOn'),
    of('reference'),
  ];
  if ([noticeReceivedOn, objectBy, effectiveOn, reference].every((each) => each === '')) return null;
  return { noticeReceivedOn, objectBy: objectBy || null, effectiveOn, reference: reference || null };
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** What is no number is left as it was typed, and refused. */
function holdOf(typed: string): { holdMinutes?: number | string } {
  if (typed === '') return {};
  return { holdMinutes: /^\d{1,6}$/.test(typed) ? Number(typed) : typed };
}
