import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { columnsWith } from '../support/dump.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { changeNow } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { COLLEAGUE, DPO, MARK, SIGNE, tellOfPersons } from './persons-story.ts';

/* What is not of persons in the record has their mark nowhere, and neither has what went to other systems, or the log (D48). */

/** What tables that are no record hold of persons, until it is replaced or deleted whole (docs/persons.md). */
const NO_RECORD = ['idempotency_keys.body', 'products.officers_address', 'webhooks.description'];

let varsel: TestVarsel;
let receiver: Receiver;
let changeId: string;
const logged: string[] = [];

beforeAll(async () => {
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    logged.push(String(line));
    return true;
  });
  varsel = await startVarsel('2026-03-02T09:00:00Z', { addresses: ['varsel@telenor.example'] }, 'trace');
  receiver = await startReceiver();
  changeId = (await tellOfPersons(varsel, receiver)).amendment;
  write.mockRestore();
});
afterAll(async () => {
  await varsel.close();
  await receiver.close();
});

test('the record has them in columns of persons alone', async () => {
  const { pool } = varsel.database;
  const parts = await rows<{ name: string; part: string }>(
    pool,
    `select table_name || '.' || column_name as name, part from record_columns where until is null`,
  );
  const partOf = new Map(parts.map(({ name, part }) => [name, part]));
  const marked = (await columnsWith(varsel.database, MARK)).map((name) => ({ name, part: partOf.get(name) }));
  const elsewhere = marked.filter(({ part }) => part !== 'person' && part !== 'moving-person').map(({ name }) => name);
  expect(elsewhere.toSorted()).toEqual(NO_RECORD);
  expect(marked.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'answer_decisions.explanation',
      'api_keys.name',
      'approvals.authority',
      'approvals.from_name',
      'approvals.statement',
      'arrival_statements.evidence',
      'audit_log.persons',
      'bounces.diagnostic',
      'bounces.recipient',
      'changes.contact_persons',
      'contacts.email',
      'contacts.name',
      'controllers.metadata',
      'controllers.name',
      'controllers.reference',
      'inbound_contents.raw',
      'inbound_mail_decisions.explanation',
      'inbound_mails.envelope_from',
      'inbound_mails.from_email',
      'inbound_mails.from_name',
      'inbound_mails.text',
      'letters.reference',
      'message_attempts.response',
      'messages.email',
      'messages.last_error',
      'messages.name',
      'nominations.email',
      'nominations.name',
      'nominations.role',
      'objection_decisions.explanation',
      'objections.from_email',
      'objections.from_name',
      'objections.reasons',
      'operator_mails.body',
      'register_entries.contact_person',
      'scans.content',
      'test_notices.content',
      'test_notices.email',
      'test_notices.name',
      'withdrawal_requests.email',
      'withdrawal_requests.explanation',
    ]),
  );
});

test('other systems are sent none, and the log has none', () => {
  const bodies = receiver.received.map(({ body }) => body);
  expect(new Set(bodies.map((body) => JSON.parse(body).type.split('.')[0]))).toEqual(
    new Set(['change', 'objection', 'answer', 'approval', 'notice', 'controller', 'entitlement']),
  );
  expect(bodies.filter((body) => MARK.test(body))).toEqual([]);
  const log = logged.join('');
  for (const told of ['"url":"/v1/controllers"', 'a mail to the company was not taken', '<[address]>: full']) {
    expect(log).toContain(told);
  }
  expect(logged.filter((line) => MARK.test(line))).toEqual([]);
});

test('officers are shown all of it, with the facts that it belongs to', async () => {
  const change = await changeNow(varsel, changeId);
  expect(change.subProcessor.contactPerson).toEqual(SIGNE);
  expect(change.elements).toContainEqual(expect.objectContaining({ element: 'contactPerson', to: SIGNE }));
  const { items } = (await varsel.api().get('/v1/audit?limit=200')).body;
  const actOf = (action: string) => items.find((each: { action: string }) => each.action === action);
  expect(actOf('controller.updated').details.after).toMatchObject({
    name: 'Handel v/ Zq 1',
    metadata: { sælger: 'Zq Salg' },
    contacts: expect.arrayContaining([
      expect.objectContaining({ email: DPO, name: 'Zq Persson' }),
      expect.objectContaining({ email: COLLEAGUE, name: 'Zq Brown' }),
    ]),
  });
  expect(actOf('mail.decided').actor).toMatch(/^Zq-nøgle \(key [0-9a-f-]{36}\)$/);
  const byKey = (await varsel.api().get('/v1/audit').query({ actor: 'zq-NØGLE' })).body.items;
  expect(byKey.length).toBeGreaterThan(5);
  const { items: objections } = (await varsel.api('reader').get('/v1/objections')).body;
  expect(objections.find(({ channel }: { channel: string }) => channel === 'link').recordedBy).toBe(
    `Zq Persson (${DPO}, through the link)`,
  );
});
