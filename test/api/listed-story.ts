import { expect } from 'vitest';
import { aController, aProduct } from '../support/examples.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import {
  activate,
  announceAnother,
  haveControllers,
  haveProduct,
  leave,
  notifyByLetter,
  objectThrough,
  PLANNED_ON,
  SUBJECTS,
  theMailTo,
  tokenOf,
  withdraw,
} from '../support/story.ts';
import type { TestVarsel } from '../support/varsel.ts';

export const START = '2026-03-02T09:00:00Z';
const NO_SUCH_USER = { code: 550, message: '5.1.1 No such user here' };

/** Names and numbers as customers have them, and addresses of their own. */
export const CONTROLLERS = [
  aController(1, { name: 'Ørsted Å/S', registrationNumber: 'DK 10 00 00 01' }),
  aController(2, { name: 'Bådeværftet 100%', registrationNumber: '10.00.00.02' }),
  aController(3, { name: "O'Brien_Søn", products: ['truetalk', 'mobile'] }),
  aController(4, { name: '=SUM(A1) Café, "Ægir"; Ltd' }),
  aController(5, { name: 'Kun mobil ApS', products: ['mobile'] }),
];

/**
 * Two products, five controllers, five changes: one with a notice that failed, objections and answers of every status; one
 * withdrawn; one activated; one that can be activated; one whose windows are open. It is 14 March in the end.
 */
export async function tellAStory(varsel: TestVarsel): Promise<{ busy: string; open: string; changes: string[] }> {
  const officer = varsel.api('officer');
  await haveProduct(varsel, aProduct({ id: 'mobile', name: 'Mobile' }));
  await haveControllers(varsel, CONTROLLERS);
  varsel.mailbox.refuse('dpo@kunde-2.example', NO_SUCH_USER);
  const busy = await announceAnother(varsel, {
    subProcessor: varsel.newCompany({ name: 'Sœur Ångström & Sønner', registrationNumber: 'SE 556000-0001' }),
  });
  const mobile = { product: 'mobile', plannedActivationOn: PLANNED_ON };
  const first = await announceAnother(varsel, mobile);
  const second = await announceAnother(varsel, mobile);
  await notifyByLetter(varsel, first, ['kunde-3', 'kunde-5'], '2026-03-02');
  await varsel.deliver();
  const record = async (controller: string, reasons: string | null) =>
    officer
      .post(`/v1/changes/${busy}/objections`)
      .send({ controller, reasons, channel: 'email', receivedAt: START, from: {} });
  await objectThrough(varsel, tokenOf(varsel, 'dpo@kunde-1.example'), 'Vi er uenige i overførslen.');
  varsel.clock.set('2026-03-03T09:00:00Z');
  await record('kunde-3', 'USA, og mere til.');
  const { body: invalid } = await record('kunde-3', 'Dette er en kopi.');
  await officer
    .post(`/v1/objections/${invalid.id}/resolve`)
    .send({ outcome: 'invalid', explanation: 'Dublet' })
    .expect(200);
  await record('kunde-4', 'ingen');
  for (const [controller, text] of [
    ['1', 'Tak for beskeden.'],
    ['4', 'Vi ser på det.'],
  ]) {
    const { reply } = returnAddressesOf(theMailTo(varsel, `dpo@kunde-${controller}.example`, SUBJECTS.notice));
    const from = `dpo@kunde-${controller}.example`;
    expect((await mailIn(varsel, anAnswer(text ?? '', from), { from, to: reply })).code).toBe(250);
  }
  const { body: answers } = await officer.get(`/v1/changes/${busy}/answers`).expect(200);
  await officer
    .post(`/v1/answers/${answers.items[0].id}/classify`)
    .send({ decision: 'not-an-objection', explanation: 'Tak', writtenByPerson: true })
    .expect(200);
  const wrong = await announceAnother(varsel);
  await withdraw(varsel, wrong);
  varsel.clock.set('2026-03-14T09:00:00Z');
  expect(await activate(varsel, first)).toEqual([]);
  const open = await announceAnother(varsel);
  varsel.mailbox.refuse('dpo@kunde-2.example', null);
  await varsel.deliver();
  await leave(varsel, 'kunde-4');
  return { busy, open, changes: [busy, wrong, first, second, open] };
}
