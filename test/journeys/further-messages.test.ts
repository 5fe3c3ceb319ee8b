import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { aController } from '../support/examples.ts';
import { tokenIn } from '../support/mailbox.ts';
import { announce, haveControllers, partOf } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  await varsel.remember();
});
afterEach(() => varsel.restore());
afterAll(() => varsel.close());

async function announceToThree(): Promise<string> {
  await haveControllers(
    varsel,
    [1, 2, 3].map((number) => aController(number)),
  );
  const id = await announce(varsel);
  await varsel.deliver();
  return id;
}

const subjectsTo = (address: string) => varsel.mailbox.to(address).map(({ subject }) => subject ?? '');
/** Two sweeps: the first queues the messages that are due, the second sends them. */
const sweep = async () => {
  await varsel.deliver();
  await varsel.deliver();
};
const deadlines = (change: string) =>
  Promise.all([1, 2, 3].map(async (number) => (await partOf(varsel, change, `kunde-${number}`)).deadline));

describe('A reminder', () => {
  test('comes once, three days before the deadline, to controllers without an objection, and moves no window', async () => {
    const change = await announceToThree();
    const before = await deadlines(change);
    const [notice] = varsel.mailbox.to('dpo@kunde-2.example');
    if (notice === undefined) throw new Error('no notice');
    await varsel
      .customer()
      .post(`/objections/${tokenIn(notice)}`)
      .send({ reasons: 'USA' })
      .expect(201);
    await varsel.deliver();

    varsel.clock.set('2026-03-09T22:59:59Z');
    await sweep();
    expect(subjectsTo('dpo@kunde-1.example')).toHaveLength(1);

    varsel.clock.set('2026-03-09T23:00:00Z');
    await sweep();
    await sweep();
    expect(subjectsTo('dpo@kunde-1.example')).toHaveLength(2);
    expect(subjectsTo('dpo@kunde-3.example')).toHaveLength(2);
    // The notice and the receipt.
    expect(subjectsTo('dpo@kunde-2.example')).toHaveLength(2);
    expect(varsel.mailbox.to('dpo@kunde-1.example')[1]?.text).toContain('torsdag den 12. marts 2026 kl. 23.59');
    expect(await deadlines(change)).toEqual(before);
  });

  test('does not come of a change that was withdrawn', async () => {
    const change = await announceToThree();
    await varsel
      .api()
      .post(`/v1/changes/${change}/withdraw`)
      .send({ reason: { da: 'Fejl' } })
      .expect(200);
    varsel.clock.set('2026-03-10T09:00:00Z');
    await sweep();
    const subjects = subjectsTo('dpo@kunde-1.example');
    // The notice and the withdrawal.
    expect(subjects).toHaveLength(2);
    expect(subjects.filter((subject) => /påmind/i.test(subject))).toEqual([]);
  });
});

test('a contact whose notice told an earlier deadline than the one in force is told of it, once (D11)', async () => {
  await haveControllers(varsel, [aController(1)]);
  varsel.clock.set('2026-03-02T22:59:58Z');
  const change = await announce(varsel, { plannedActivationOn: '2026-04-15' });
  // The mail server takes the message after midnight: its deadline is a day later than the one that was printed.
  const midnight = Temporal.Instant.from('2026-03-02T23:00:01Z');
  varsel.mailbox.beforeTaking = () => varsel.clock.set(midnight.toString());
  await sweep();
  await sweep();
  const [notice, moved, ...more] = varsel.mailbox.to('dpo@kunde-1.example');
  expect(notice?.text).toContain('12. marts 2026');
  expect(moved?.text).toContain('12. marts 2026');
  expect(moved?.text).toContain('13. marts 2026');
  expect(more).toEqual([]);
  expect(await partOf(varsel, change, 'kunde-1')).toMatchObject({ deadline: '2026-03-13T23:00:00.000Z' });
});

test('every controller is told that a change was activated', async () => {
  const change = await announceToThree();
  varsel.clock.set('2026-03-13T09:00:00Z');
  await varsel.api('officer').post(`/v1/changes/${change}/activate`).expect(200);
  await varsel.deliver();
  for (const number of [1, 2, 3]) {
    const mails = varsel.mailbox.to(`dpo@kunde-${number}.example`);
    expect(mails.at(-1)?.text).toContain('13. marts 2026');
    expect(mails).toHaveLength(2);
  }
});
