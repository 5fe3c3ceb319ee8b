import { afterAll, beforeAll, expect, test } from 'vitest';
import { anAnswer, returnAddressesOf, sendRaw } from '../support/inbound.ts';
import { tokenIn } from '../support/mailbox.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import {
  aControllerOfTwo,
  activate,
  announceAnother,
  haveControllers,
  objectionsOf,
  SUBJECTS,
  theMailTo,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/*
 * A database that was restored to an earlier point (D32). Two installations have the same secret: the first has sent what the
 * second, which stands for the restored one, does not know of.
 */
let before: TestVarsel;
let restored: TestVarsel;
let pages: Pages;
let link: string;
let reply: string;
/** The change as it is announced after the restore. */
let changeId: string;

beforeAll(async () => {
  [before, restored] = await Promise.all([startVarsel(undefined, {}), startVarsel(undefined, {})]);
  for (const varsel of [before, restored]) await haveControllers(varsel, [aControllerOfTwo(1)]);
  await announceAnother(before);
  await before.deliver();
  const notice = theMailTo(before, 'dpo@kunde-1.example', SUBJECTS.notice);
  link = `/objections/${tokenIn(notice)}`;
  ({ reply } = returnAddressesOf(notice));
  changeId = await announceAnother(restored);
  await restored.deliver();
  restored.clock.set('2026-03-04T09:00:00Z');
  pages = pagesOf(restored);
});
afterAll(async () => {
  await before.close();
  await restored.close();
});

const waiting = async () => {
  await restored.deliver();
  return (await restored.api('officer').get('/v1/mails?attributed=false').expect(200)).body.items;
};
const toCompany = () => restored.mailbox.mails.filter(({ text = '' }) => text.includes('which is not on record'));

test('a genuine link opens a kind page in both languages, also below it, and changes nothing', async () => {
  for (const address of [link, `${link}/01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b`]) {
    const page = await pages.get(address);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Linket er ægte, og fejlen er vores');
    expect(page.headers['cache-control']).toBe('no-store');
  }
  expect((await pages.get(`${link}?lang=en`)).body).toContain('The link is genuine, and the fault is ours');
  expect((await pages.get(link, { 'accept-language': 'en' })).body).toContain('You have not lost any right');
  expect(await waiting()).toEqual([]);
});

test('what is sent through it is kept, blocks until it is read, is told to officers, and counts from when it came', async () => {
  const page = await pages.form(link, { reasons: 'Vi gør indsigelse:\r\nUSA', name: 'Dorthe Åberg' });
  expect(page.statusCode).toBe(202);
  expect(page.body).toContain('Vi har modtaget det, du skrev');
  expect((await activate(restored, changeId)).map(({ code }) => code)).toContain('mails-being-read');
  const [mail, ...more] = await waiting();
  expect(more).toEqual([]);
  expect(mail).toMatchObject({
    takenAs: 'unattributed',
    from: { name: 'Dorthe Åberg' },
    text: 'Vi gør indsigelse:\nUSA',
    receivedAt: '2026-03-04T09:00:00.000Z',
  });
  expect(toCompany()).toHaveLength(1);

  restored.clock.set('2026-03-20T09:00:00Z');
  const officer = restored.api('officer');
  await officer.post(`/v1/mails/${mail.id}/attribute`).send({ changeId, controller: 'kunde-1' }).expect(200);
  await restored.deliver();
  const { answerId } = (await officer.get(`/v1/mails/${mail.id}`).expect(200)).body;
  await officer.post(`/v1/answers/${answerId}/classify`).send({ decision: 'objection' }).expect(200);
  expect(await objectionsOf(restored, changeId)).toMatchObject([
    { status: 'pending', reasons: expect.stringContaining('USA') as string, receivedAt: '2026-03-04T09:00:00.000Z' },
  ]);
});

test('the same text is kept once, nothing is kept of none, and no link fills the record', async () => {
  const had = (await waiting()).length;
  for (let times = 0; times < 3; times += 1) await pages.form(link, { reasons: 'Igen og igen' });
  expect((await pages.form(link, { reasons: ' ' })).statusCode).toBe(422);
  expect(await waiting()).toHaveLength(had + 1);
  const statuses = [];
  for (let index = 0; index < 22; index += 1)
    statuses.push((await pages.json(link, { reasons: `Nummer ${index}` })).statusCode);
  expect(statuses.filter((status) => status === 202).length).toBeLessThanOrEqual(20);
  expect(statuses.at(-1)).toBe(422);
  expect((await waiting()).length).toBeLessThanOrEqual(had + 20);
});

test('the same words through two links are those of two customers, and both are kept', async () => {
  const had = (await waiting()).length;
  const ids = ['01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a01', '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a02'];
  for (const id of ids) {
    await pages.form(`/objections/${restored.links.tokenOf(id)}`, { reasons: 'Vi gør indsigelse', name: 'Indkøb' });
  }
  const sentTo = (await waiting()).slice(had).map((mail: { sentTo: string }) => mail.sentTo);
  expect(sentTo.toSorted()).toEqual(ids.map((id) => `link of message ${id}`));
});

test('a program is told whether what it sent is on record', async () => {
  const other = `/objections/${restored.links.tokenOf('01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b')}`;
  expect((await pages.json(other, { reasons: 'USA' })).json()).toEqual({ onRecord: true });
  expect((await pages.json(other, { reasons: '' })).json()).toEqual({ onRecord: false });
  expect((await pages.json(`${other}/01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b/withdraw`, {})).statusCode).toBe(404);
});

test('a mail to a genuine address gets its 250, is kept, and told without the tag', async () => {
  await waiting();
  const told = toCompany().length;
  const { code } = await sendRaw(restored.inboundPort, anAnswer('Vi er uenige i overførslen'), {
    from: 'dpo@kunde-1.example',
    to: reply,
  });
  expect(code).toBe(250);
  const mail = (await waiting()).at(-1);
  expect(mail).toMatchObject({ takenAs: 'unattributed', envelopeFrom: 'dpo@kunde-1.example' });
  expect(mail.candidates.map(({ controller }: { controller: string }) => controller)).toEqual(['kunde-1']);
  const mails = toCompany();
  expect(mails).toHaveLength(told + 1);
  const [, tag = 'no tag'] = /\+([a-z2-7]{42})@/.exec(reply) ?? [];
  expect(JSON.stringify([mail, mails])).not.toContain(tag);
});
