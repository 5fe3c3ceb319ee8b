import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { aController } from '../support/examples.ts';
import { mailIn } from '../support/inbound.ts';
import { activate, announce, haveControllers, leave, linkOf, partOf, withdraw, wordsOf } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const FROM = 'varsel@telenor.example';
const STRANGER = 'advokat@firma.example';

let varsel: TestVarsel;
let changeId: string;
/** Of the first controller. It has a 0 and a 1 in it. */
let reference: string;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', { addresses: [FROM] });
  await haveControllers(varsel, [aController(1), aController(2)]);
  changeId = await announce(varsel);
  await varsel.deliver();
  ({ reference } = await partOf(varsel, changeId, 'kunde-1'));
  await varsel.remember();
});
afterEach(() => varsel.restore());
afterAll(() => varsel.close());

/** A new mail to the company, which replies to nothing and quotes nothing. */
async function write(subject: string, text: string): Promise<void> {
  const raw = `From: ${STRANGER}\nSubject: ${subject}\nContent-Type: text/plain; charset=utf-8\n\n${text}\n`;
  expect(await mailIn(varsel, raw, { from: STRANGER, to: FROM })).toMatchObject({ code: 250 });
}
const answers = async () => (await varsel.api('officer').get(`/v1/changes/${changeId}/answers`)).body.items;

test('each controller has a reference of its own, which the API and its page show', async () => {
  expect(reference).toMatch(/^VS-0001-[0-9A-Z]{4}$/);
  const other = await partOf(varsel, changeId, 'kunde-2');
  expect(other.reference).not.toBe(reference);
  for (const language of ['da', 'en']) {
    const { text } = await varsel.customer().get(`${await linkOf(varsel, changeId, 'kunde-1')}?lang=${language}`);
    expect(text).toContain(reference);
    expect(text).not.toContain(other.reference);
  }
});

test('every message to its contacts prints it in the subject and in the text, also after the controller has left', async () => {
  await leave(varsel, 'kunde-1');
  await withdraw(varsel, changeId);
  await varsel.deliver();
  const mails = varsel.mailbox.to('dpo@kunde-1.example');
  expect(mails).toHaveLength(2);
  for (const mail of mails) {
    expect(mail.subject).toMatch(new RegExp(` \\[${reference}\\]$`));
    expect(wordsOf(mail)).toContain(`Reference: ${reference}`);
  }
});

describe('a new mail that names a reference is an answer of its controller, whoever writes it', () => {
  const typed: readonly [string, (reference: string) => string][] = [
    ['as it is printed', (it) => it],
    ['in brackets', (it) => `[${it}]`],
    ['in lower case', (it) => it.toLowerCase()],
    ['with the letter o for each zero', (it) => `VS-${it.slice(3).replaceAll('0', 'o')}`],
    ['with the letter O for each zero', (it) => `VS-${it.slice(3).replaceAll('0', 'O')}`],
    ['with the letter i for each one', (it) => `vs-${it.slice(3).toLowerCase().replaceAll('1', 'i')}`],
    ['with the letter l for each one', (it) => `vs-${it.slice(3).toLowerCase().replaceAll('1', 'l')}`],
    ['with spaces', (it) => it.replaceAll('-', ' ')],
    ['in one word', (it) => it.replaceAll('-', '')],
  ];

  test.each(typed)('%s, in the subject', async (_name, as) => {
    await write(`Indsigelse ${as(reference)}`, 'Vi vil ikke have data i USA.');
    expect(await answers()).toMatchObject([{ controller: 'kunde-1', messageId: null, status: 'unread' }]);
  });

  test.each(typed)('%s, in the text', async (_name, as) => {
    await write('Indsigelse', `Vedr. jeres ref. ${as(reference)}: vi vil ikke have data i USA.`);
    expect(await answers()).toMatchObject([{ controller: 'kunde-1', messageId: null, status: 'unread' }]);
    varsel.clock.set('2026-03-13T09:00:00Z');
    await varsel.deliver();
    expect(await activate(varsel, changeId)).toMatchObject([{ code: 'answers-unread', count: 1 }]);
  });
});

test('a reference with a typing error names nobody', async () => {
  const last = reference.at(-1) === '7' ? '8' : '7';
  await write(`Indsigelse ${reference.slice(0, -1)}${last}`, 'Vi vil ikke have data i USA.');
  expect(await answers()).toEqual([]);
  const { body } = await varsel.api('officer').get('/v1/mails?attributed=false');
  expect(body.items).toHaveLength(1);
});

test('the reference of a controller that has left and come again still names it', async () => {
  await leave(varsel, 'kunde-1');
  await haveControllers(varsel, [aController(1)]);
  await varsel.deliver();
  const { reference: newer } = await partOf(varsel, changeId, 'kunde-1');
  expect(newer).not.toBe(reference);
  await write(`Indsigelse ${reference}`, 'Vi vil ikke have data i USA.');
  await write(`Indsigelse ${newer}`, 'Vi vil heller ikke have data i Indien.');
  expect(await answers()).toMatchObject([{ controller: 'kunde-1' }, { controller: 'kunde-1' }]);
});

test('a letter that names it is recorded by an officer, and the reference is in the response', async () => {
  const { body } = await varsel
    .api('officer')
    .post(`/v1/changes/${changeId}/controllers/kunde-1/notice-by-letter`)
    .send({ arrivedOn: '2026-03-02', reference: 'PostNord RR123456785DK' });
  expect(body.reference).toBe(reference);
});
