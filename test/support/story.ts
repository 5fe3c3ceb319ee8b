import { expect } from 'vitest';
import type { Response } from 'supertest';
import type { Controller } from '../../src/db/controllers.ts';
import type { SubProcessor } from '../../src/domain/register.ts';
import { aController, anAnnouncement, type aProduct } from './examples.ts';
import { tokenIn, type ReceivedMail } from './mailbox.ts';
import type { TestVarsel } from './varsel.ts';

/** The stories begin on 2 March 2026. This is the day after the last day of a window that opens then. */
export const PLANNED_ON = '2026-03-13';
/** The deadline of that window (D9). */
export const DEADLINE = '2026-03-12T23:00:00.000Z';

export const REASONS = 'Vi er uenige i overførslen til en ny leverandør.';

type Overrides = Partial<Record<keyof ReturnType<typeof anAnnouncement>, unknown>>;

/** The body of `POST /v1/changes`: an addition planned for the earliest day allowed. */
export function changeBody(overrides: Overrides = {}): object {
  return { ...anAnnouncement(), plannedActivationOn: PLANNED_ON, ...overrides };
}

/** Creates or replaces a product. */
export async function haveProduct(varsel: TestVarsel, { id, ...details }: ReturnType<typeof aProduct>): Promise<void> {
  const { status, body } = await varsel.api().put(`/v1/products/${id}`).send(details);
  expect([200, 201], JSON.stringify(body)).toContain(status);
}

/** Creates or replaces these controllers. */
export async function haveControllers(varsel: TestVarsel, controllers: readonly Controller[]): Promise<void> {
  for (const { externalId, ...details } of controllers) {
    const { status, body } = await varsel.api().put(`/v1/controllers/${externalId}`).send(details);
    expect([200, 201], JSON.stringify(body)).toContain(status);
  }
}

/** A controller of that number with two contacts, the second of whom reads English. */
export function aControllerOfTwo(number: number): Controller {
  const { contacts, ...controller } = aController(number);
  const second = { email: `ciso@kunde-${number}.example`, name: `Alice Brown ${number}`, language: 'en' as const };
  return { ...controller, contacts: [...contacts, second] };
}

/** That everything below an entry leaves the register with it: `children` of its replacement or removal (D47). */
export async function allBelowLeave(varsel: TestVarsel, entry: string): Promise<{ entry: string; then: 'leaves' }[]> {
  const { body } = await varsel.api('reader').get('/v1/products/truetalk/register');
  const below = (parent: string): string[] =>
    body.entries
      .filter(({ parentId }: { parentId: string | null }) => parentId === parent)
      .flatMap(({ id }: { id: string }) => [id, ...below(id)]);
  return below(entry).map((id) => ({ entry: id, then: 'leaves' }));
}

/** The facts of a sub-processor, by which an amendment says what shall be so. */
const FACTS = [
  'name',
  'registrationNumber',
  'address',
  'country',
  'contactPerson',
  'parentId',
  'processing',
  'personalData',
  'locations',
];

/** The entry of TrueTalk's register whose name begins like this, today. */
export async function entryNamed(varsel: TestVarsel, name: string): Promise<Response['body']> {
  const { body } = await varsel.api('reader').get('/v1/products/truetalk/register');
  const found = body.entries.find((entry: { name: string }) => entry.name.startsWith(name));
  expect(found, `${name} is in the register`).toBeDefined();
  return found;
}

/** An amendment of the entry of this name: these facts, and else as it is. */
export async function amending(varsel: TestVarsel, name: string, facts: Partial<SubProcessor>): Promise<Overrides> {
  const { id, ...entry } = await entryNamed(varsel, name);
  const now = Object.fromEntries(Object.entries(entry).filter(([field]) => FACTS.includes(field)));
  return { kind: 'amendment', amends: id, subProcessor: { ...now, ...facts } };
}

/** Announces a change and returns its id. */
export async function announce(varsel: TestVarsel, overrides: Overrides = {}): Promise<string> {
  const { status, body } = await varsel.api('officer').post('/v1/changes').send(changeBody(overrides));
  expect(status, JSON.stringify(body)).toBe(201);
  return body.id;
}

/** Announces an addition of a company that no other change is about, planned for 15 April, and returns its id. */
export async function announceAnother(varsel: TestVarsel, overrides: Overrides = {}): Promise<string> {
  return announce(varsel, { subProcessor: varsel.newCompany(), plannedActivationOn: '2026-04-15', ...overrides });
}

/** The change as the API shows it now. */
export async function changeNow(varsel: TestVarsel, id: string): Promise<Response['body']> {
  const { status, body } = await varsel.api('reader').get(`/v1/changes/${id}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

/** One controller's part in the change; `undefined` when it does not count. */
export async function partOf(varsel: TestVarsel, id: string, externalId: string): Promise<Response['body']> {
  const { body } = await varsel.api('reader').get(`/v1/changes/${id}/controllers?limit=200`);
  return body.items.find((item: { externalId: string }) => item.externalId === externalId);
}

/**
 * Records that letters arrived which tell these controllers of the change: their windows open on that day, and no mail is
 * sent.
 */
export async function notifyByLetter(
  varsel: TestVarsel,
  id: string,
  externalIds: readonly string[],
  arrivedOn: string,
): Promise<void> {
  for (const externalId of externalIds) {
    const { status, body } = await varsel
      .api('officer')
      .post(`/v1/changes/${id}/controllers/${externalId}/notice-by-letter`)
      .send({ arrivedOn, reference: 'RR 1' });
    expect(status, JSON.stringify(body)).toBe(201);
  }
}

/** Withdraws the change. */
export async function withdraw(varsel: TestVarsel, id: string, reason: object = { da: 'Fejl' }): Promise<void> {
  const { status, body } = await varsel.api('officer').post(`/v1/changes/${id}/withdraw`).send({ reason });
  expect(status, JSON.stringify(body)).toBe(200);
}

/** Ends the agreement of a controller about TrueTalk: it leaves. */
export async function leave(varsel: TestVarsel, externalId: string): Promise<void> {
  const { status, body } = await varsel.api().delete(`/v1/controllers/${externalId}/products/truetalk`);
  expect(status, JSON.stringify(body)).toBe(204);
}

/** Tries to activate, and returns the blockers in the response; none means that the change is activated. */
export async function activate(varsel: TestVarsel, id: string): Promise<{ code: string }[]> {
  const { status, body } = await varsel.api('officer').post(`/v1/changes/${id}/activate`);
  if (status === 200) {
    expect(body.status).toBe('activated');
    return [];
  }
  expect({ status, code: body.code }).toEqual({ status: 409, code: 'activation-blocked' });
  expect(body.blockers.length).toBeGreaterThan(0);
  return body.blockers;
}

/** An objection or attempt as it stands on the record. */
export interface Recorded {
  readonly id: string;
  readonly number: number;
  readonly controller: string;
  readonly channel: string;
  readonly messageId: string | null;
  readonly receivedAt: string;
  readonly status: string;
  readonly rejectedFor: string | null;
  readonly reasons: string | null;
  readonly from: { readonly name: string | null; readonly email: string | null };
  readonly resolution: { readonly outcome: string; readonly explanation: string | null } | null;
  readonly withdrawal: { readonly status: string } | null;
}

/** The objections and attempts about a change, in the order received. */
export async function objectionsOf(varsel: TestVarsel, id: string): Promise<Recorded[]> {
  const { status, body } = await varsel.api('reader').get(`/v1/changes/${id}/objections?limit=200`);
  expect(status, JSON.stringify(body)).toBe(200);
  return (body.items as Recorded[]).sort((a, b) => a.number - b.number);
}

/** Sends an objection through a link as a program does. */
export async function objectThrough(varsel: TestVarsel, token: string, reasons: string): Promise<Response> {
  return varsel.customer().post(`/objections/${token}`).send({ reasons, name: 'Dorthe Persson' });
}

/** The only mail to an address, or the only one whose subject matches. */
export function theMailTo(varsel: TestVarsel, address: string, subject = /./): ReceivedMail {
  const [mail, ...more] = mailsTo(varsel, address, subject);
  if (mail === undefined || more.length > 0) {
    const found = varsel.mailbox.to(address).map((each) => each.subject);
    throw new Error(`expected one mail to ${address} with ${subject.source}, found: ${found.join(' | ')}`);
  }
  return mail;
}

export function mailsTo(varsel: TestVarsel, address: string, subject = /./): ReceivedMail[] {
  return varsel.mailbox.to(address).filter((mail) => subject.test(mail.subject ?? ''));
}

/** The subjects of the mails to an address, in the order they arrived. */
export function subjectsTo(varsel: TestVarsel, address: string): string[] {
  return varsel.mailbox.to(address).map(({ subject = '' }) => subject);
}

/** The token of the link in the only notice that this address has got. */
export function tokenOf(varsel: TestVarsel, address: string): string {
  return tokenIn(theMailTo(varsel, address, SUBJECTS.notice));
}

/** The link in a controller's first notice about a change, sent or not. */
export async function linkOf(varsel: TestVarsel, id: string, externalId: string): Promise<string> {
  const { notices } = await partOf(varsel, id, externalId);
  return `/objections/${varsel.links.tokenOf(notices[0].id)}`;
}

/** How the subjects of the messages can be told apart, in both languages. */
export const SUBJECTS = {
  notice: /indsigelse senest|object by/,
  received: /vi har modtaget|we have received/,
  rejected: /er afvist|has been rejected/,
  resolved: /er afsluttet|has been resolved/,
  withdrawn: /er trukket tilbage|has been withdrawn/,
} as const;

/** The text part of a mail, without line breaks. */
export function wordsOf(mail: ReceivedMail): string {
  return (mail.text ?? '').replaceAll(/\s+/g, ' ');
}

/** The types of a change's events in the order they were written; their sequence is checked to rise by one each. */
export async function eventsOf(varsel: TestVarsel, id: string): Promise<string[]> {
  const { rows } = await varsel.database.pool.query<{ type: string; sequence: number }>(
    'select type, sequence from events where change_id = $1 order by position',
    [id],
  );
  expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_row, index) => index + 1));
  return rows.map(({ type }) => type);
}

/** The messages of a change to one address, in the order they were queued, with what became of them. */
export async function messagesTo(
  varsel: TestVarsel,
  id: string,
  address: string,
): Promise<{ id: string; kind: string; status: string; attempts: number }[]> {
  const { rows } = await varsel.database.pool.query(
    'select id, kind, status, attempts from messages where change_id = $1 and email = $2 order by id',
    [id, address],
  );
  return rows;
}
