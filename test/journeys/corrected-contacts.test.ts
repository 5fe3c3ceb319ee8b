import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Contact, Controller } from '../../src/db/controllers.ts';
import { expectDerived } from '../support/derived.ts';
import { aController, aProduct } from '../support/examples.ts';
import { aBounce, mailIn, returnAddressesOf } from '../support/inbound.ts';
import { tokenIn } from '../support/mailbox.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import {
  activate,
  announceAnother,
  changeNow,
  eventsOf,
  haveControllers,
  haveProduct,
  mailsTo,
  messagesTo,
  notifyByLetter,
  objectThrough,
  partOf,
  SUBJECTS,
  theMailTo,
  withdraw,
  wordsOf,
} from '../support/story.ts';

const LATE = /fristen for indsigelse var|deadline for objecting was/;

let varsel: TestVarsel;
let product: string;
let round = 0;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', {});
});
afterAll(async () => {
  await expectDerived(varsel.database);
  await varsel.close();
});
// Each story has its own product, so that it is the only one that its controllers hear of.
beforeEach(async () => {
  round += 1;
  product = `story-${round}`;
  varsel.clock.set(
    Temporal.Instant.from('2026-03-02T09:00:00Z')
      .add({ hours: round * 1_000 })
      .toString(),
  );
  await haveProduct(varsel, aProduct({ id: product, name: 'TrueTalk' }));
});

const contact = (email: string, more: Partial<Contact> = {}): Contact => ({
  email,
  name: 'Dorthe Persson',
  language: 'da',
  ...more,
});
const inDays = (days: number) =>
  varsel.clock.set(
    varsel.clock
      .now()
      .add({ hours: 24 * days })
      .toString(),
  );

/** The only controller of the story's product, with these contacts. */
async function save(contacts: readonly Contact[], more: Partial<Controller> = {}): Promise<string> {
  const controller = aController(round, { products: [product], contacts, ...more });
  await haveControllers(varsel, [controller]);
  return controller.externalId;
}

async function announceTo(contacts: readonly Contact[]): Promise<{ id: string; externalId: string }> {
  const externalId = await save(contacts);
  const plannedActivationOn = varsel.clock
    .now()
    .add({ hours: 24 * 20 })
    .toString()
    .slice(0, 10);
  return { id: await announceAnother(varsel, { product, plannedActivationOn }), externalId };
}

const emailsUntold = async (id: string, externalId: string): Promise<string[]> =>
  (await partOf(varsel, id, externalId)).contacts.untold.map(({ email }: { email: string }) => email);
const blockersOf = async (id: string): Promise<{ code: string }[]> => (await changeNow(varsel, id)).activation.blockers;
const untoldBlocker = (externalId: string) => ({ code: 'contacts-untold', count: 1, controllers: [externalId] });

test('an address that is corrected after its notice was accepted gets the notice, and the window does not move (D8, D35)', async () => {
  const [wrong, right] = [`dpo@gmial-${round}.example`, `dpo@gmail-${round}.example`];
  const { id, externalId } = await announceTo([contact(wrong)]);
  expect(await emailsUntold(id, externalId)).toEqual([wrong]);
  await varsel.deliver();
  const before = await partOf(varsel, id, externalId);
  expect(before).toMatchObject({ state: 'open', contacts: { total: 1, untold: [] } });

  inDays(2);
  await save([contact(right)]);
  expect(await emailsUntold(id, externalId)).toEqual([right]);
  expect(await blockersOf(id)).toContainEqual(untoldBlocker(externalId));
  expect((await changeNow(varsel, id)).activation.earliestAt).toBeNull();
  expect((await eventsOf(varsel, id)).filter((type) => type === 'contact.untold')).toHaveLength(1);
  await varsel.deliver();
  const notice = theMailTo(varsel, right, SUBJECTS.notice);
  const after = await partOf(varsel, id, externalId);
  expect(after).toMatchObject({ notifiedAt: before.notifiedAt, deadline: before.deadline, contacts: { untold: [] } });
  expect(notice.subject).toBe(theMailTo(varsel, wrong, SUBJECTS.notice).subject);
  expect(tokenIn(notice)).not.toBe(tokenIn(theMailTo(varsel, wrong)));
  expect((await blockersOf(id)).map(({ code }) => code)).not.toContain('contacts-untold');

  // Nobody is new by another name, language, place or case of letters, nor who is given again.
  await save([contact(right.toUpperCase(), { name: 'D. Persson', language: 'en' })]);
  await save([contact(`it-${round}@gmail.example`), contact(right)]);
  await varsel.deliver();
  expect(mailsTo(varsel, right)).toHaveLength(1);
  expect(mailsTo(varsel, right.toUpperCase())).toHaveLength(0);
  expect(mailsTo(varsel, `it-${round}@gmail.example`)).toHaveLength(1);
  inDays(19);
  expect(await activate(varsel, id)).toEqual([]);
  // Nothing more is told of a change that has ended.
  await save([contact(`ny-${round}@gmail.example`)]);
  await varsel.deliver();
  expect(mailsTo(varsel, `ny-${round}@gmail.example`, SUBJECTS.notice)).toEqual([]);
  expect(mailsTo(varsel, `ny-${round}@gmail.example`, LATE)).toEqual([]);
});

test.each([
  ['da', 'Fristen for indsigelse er udløbet. Den var:', 'I får ikke en ny frist.'],
  ['en', 'The deadline for objections has passed. It was:', 'You do not get a new deadline.'],
] as const)(
  'who becomes a contact after the window has closed is told so, in %s (D16, D35)',
  async (language, past, none) => {
    const { id, externalId } = await announceTo([contact(`dpo@kommune-${round}.example`)]);
    await varsel.deliver();
    const { deadline, notifiedAt } = await partOf(varsel, id, externalId);

    varsel.clock.set(deadline);
    const late = `ny@kommune-${round}.example`;
    await save([contact(late, { language })]);
    expect(await activate(varsel, id)).toContainEqual(untoldBlocker(externalId));
    await varsel.deliver();
    const mail = theMailTo(varsel, late);
    expect(mail.subject).toMatch(LATE);
    expect(wordsOf(mail)).toContain(past);
    expect(wordsOf(mail)).toContain(none);
    expect(mail.attachments).toEqual([]);
    expect(await messagesTo(varsel, id, late)).toMatchObject([{ kind: 'late-notice', status: 'accepted' }]);
    expect(await partOf(varsel, id, externalId)).toMatchObject({
      state: 'closed',
      deadline,
      notifiedAt,
      contacts: { untold: [] },
    });
    // Its link is its own, and an objection through it is late.
    expect((await objectThrough(varsel, tokenIn(mail), 'Vi er uenige i overførslen.')).status).toBe(409);
    inDays(19);
    expect(await activate(varsel, id)).toEqual([]);
  },
);

test('who is no contact any more gets no first notice, and another contact’s notice opens the window (D35)', async () => {
  const [wrong, right, other] = ['fejl', 'rigtig', 'anden'].map((name) => `${name}@forening-${round}.example`) as [
    string,
    string,
    string,
  ];
  const { id, externalId } = await announceTo([contact(wrong), contact(other)]);
  await save([contact(right)]);
  await varsel.deliver();
  expect([wrong, other].flatMap((address) => mailsTo(varsel, address))).toEqual([]);
  expect(await messagesTo(varsel, id, wrong)).toMatchObject([{ status: 'cancelled' }]);
  theMailTo(varsel, right, SUBJECTS.notice);
  expect(await partOf(varsel, id, externalId)).toMatchObject({ state: 'open', contacts: { total: 1, untold: [] } });
});

test('a notice that was on its way to who is no contact any more opens the window, and is not tried again', async () => {
  const [wrong, right] = [`fejl@a-${round}.example`, `rigtig@a-${round}.example`];
  const { id, externalId } = await announceTo([contact(wrong)]);
  const corrected = Promise.withResolvers<void>();
  varsel.mailbox.beforeTaking = () => corrected.resolve(save([contact(right)]).then(() => undefined));
  varsel.mailbox.refuse(right, { code: 451, message: 'later' });
  await varsel.deliver();
  await corrected.promise;
  varsel.mailbox.beforeTaking = () => undefined;
  await varsel.deliver();
  expect(await partOf(varsel, id, externalId)).toMatchObject({
    state: 'open',
    contacts: { untold: [{ email: right }] },
  });
  expect(await blockersOf(id)).toContainEqual(untoldBlocker(externalId));
  varsel.mailbox.refuse(right, null);
  inDays(1);
  await varsel.deliver();
  theMailTo(varsel, right, SUBJECTS.notice);
  expect((await blockersOf(id)).map(({ code }) => code)).not.toContain('contacts-untold');
});

describe('a controller none of whose contacts has been told blocks the change', () => {
  test('until a letter tells it, where all 100 are swapped and every new address is refused', async () => {
    const addresses = (name: string) =>
      Array.from({ length: 100 }, (_, index) => contact(`${name}-${index}@koncern-${round}.example`));
    const { id, externalId } = await announceTo(addresses('gammel'));
    await varsel.deliver();
    for (const { email } of addresses('ny')) varsel.mailbox.refuse(email, { code: 550, message: '5.1.1 User unknown' });
    await save(addresses('ny'));
    await save(addresses('ny').toReversed());
    await varsel.deliver();
    const part = await partOf(varsel, id, externalId);
    expect(part.contacts).toMatchObject({ total: 100 });
    expect(part.contacts.untold).toHaveLength(100);
    expect(part.notices.filter(({ status }: { status: string }) => status === 'failed')).toHaveLength(100);
    inDays(21);
    expect(await activate(varsel, id)).toEqual([untoldBlocker(externalId)]);
    await notifyByLetter(varsel, id, [externalId], varsel.clock.now().toString().slice(0, 10));
    expect(await emailsUntold(id, externalId)).toEqual([]);
    expect(await activate(varsel, id)).toEqual([]);
  });

  test('until one of those of before is a contact again, who gets no second notice', async () => {
    const [known, unknown] = [`dpo@b-${round}.example`, `ukendt@b-${round}.example`];
    const { id, externalId } = await announceTo([contact(known)]);
    await varsel.deliver();
    varsel.mailbox.refuse(unknown, { code: 550, message: '5.1.1 User unknown' });
    await save([contact(unknown)]);
    await varsel.deliver();
    inDays(21);
    expect(await activate(varsel, id)).toEqual([untoldBlocker(externalId)]);
    await save([contact(unknown), contact(known)]);
    await varsel.deliver();
    expect(mailsTo(varsel, known)).toHaveLength(1);
    expect(await emailsUntold(id, externalId)).toEqual([unknown]);
    expect(await activate(varsel, id)).toEqual([]);
  });

  test('also where its notice has bounced while the former contact’s stands, until an officer states that it arrived', async () => {
    const [former, now] = [`dpo@c-${round}.example`, `ny@c-${round}.example`];
    const { id, externalId } = await announceTo([contact(former)]);
    await varsel.deliver();
    await save([contact(now)]);
    await varsel.deliver();
    const notice = theMailTo(varsel, now, SUBJECTS.notice);
    await mailIn(varsel, aBounce(now), { from: '', to: returnAddressesOf(notice).bounce });
    expect(await partOf(varsel, id, externalId)).toMatchObject({
      state: 'open',
      contacts: { untold: [{ email: now }] },
    });
    inDays(21);
    expect(await activate(varsel, id)).toEqual([untoldBlocker(externalId)]);
    const [noticeToNow] = await messagesTo(varsel, id, now);
    const stated = await varsel
      .api('officer')
      .post(`/v1/notices/${noticeToNow?.id}/reached`)
      .send({ evidence: 'Bekræftet i telefonen' });
    expect(stated.status, JSON.stringify(stated.body)).toBe(200);
    expect(await activate(varsel, id)).toEqual([]);
  });
});

test('an import that corrects addresses tells of every announced change, and of none that was withdrawn', async () => {
  const { id, externalId } = await announceTo([contact(`dpo@d-${round}.example`)]);
  const plannedActivationOn = (await changeNow(varsel, id)).plannedActivationOn;
  const withdrawn = await announceAnother(varsel, { product, plannedActivationOn });
  const second = await announceAnother(varsel, { product, plannedActivationOn });
  await varsel.deliver();
  await withdraw(varsel, withdrawn);
  await varsel.deliver();
  const corrected = `databeskyttelse@d-${round}.example`;
  const line = aController(round, { products: [product], contacts: [contact(corrected)] });
  const imported = await varsel
    .api()
    .post('/v1/controllers/import')
    .set('content-type', 'application/x-ndjson')
    .send(`${JSON.stringify(line)}\n${JSON.stringify(line)}\n`);
  expect(imported.body).toMatchObject({ updated: 1, unchanged: 0 });
  await varsel.deliver();
  expect(mailsTo(varsel, corrected)).toHaveLength(2);
  for (const change of [id, second]) {
    expect(await partOf(varsel, change, externalId)).toMatchObject({ contacts: { untold: [] } });
  }
  expect(await messagesTo(varsel, withdrawn, corrected)).toEqual([]);
});
