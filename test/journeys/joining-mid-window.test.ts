import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import {
  activate,
  aControllerOfTwo,
  announce,
  changeNow,
  DEADLINE,
  eventsOf,
  haveControllers,
  mailsTo,
  subjectsTo,
  objectThrough,
  partOf,
  REASONS,
  theMailTo,
  tokenOf,
  wordsOf,
} from '../support/story.ts';

/** The deadline of a window that opens on 9 March, whose last day is the 19th. */
const DEADLINE_OF_JOINER = '2026-03-19T23:00:00.000Z';

let varsel: TestVarsel;
let changeId: string;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  await haveControllers(varsel, [aController(1), aController(2, { products: [] })]);
  changeId = await announce(varsel);
  await varsel.deliver();
});
afterAll(async () => {
  await expectDerived(varsel.database);
  await varsel.close();
});

test('a customer without an agreement for the product is not notified', async () => {
  expect(subjectsTo(varsel, 'dpo@kunde-2.example')).toEqual([]);
  expect(await changeNow(varsel, changeId)).toMatchObject({
    controllers: { total: 1, notified: 1, windowsOpen: 1 },
    lastDeadline: DEADLINE,
  });
});

test('a controller that joins mid-window counts at once and is not notified yet', async () => {
  varsel.clock.set('2026-03-09T15:00:00Z');
  await haveControllers(varsel, [aControllerOfTwo(2)]);
  const now = await changeNow(varsel, changeId);
  expect(now).toMatchObject({ controllers: { total: 2, notified: 1 }, lastDeadline: null });
  expect(now.activation.blockers).toContainEqual({
    code: 'controllers-not-notified',
    count: 1,
    controllers: ['kunde-2'],
  });
});

test('it gets its own notices and its own full window, and moves nobody else’s', async () => {
  await varsel.deliver();
  expect(wordsOf(theMailTo(varsel, 'dpo@kunde-2.example'))).toContain('torsdag den 19. marts 2026 kl. 23.59 dansk tid');
  expect(wordsOf(theMailTo(varsel, 'ciso@kunde-2.example'))).toContain('Thursday 19 March 2026 at 23:59 Danish time');
  expect(await partOf(varsel, changeId, 'kunde-2')).toMatchObject({
    state: 'open',
    notifiedAt: '2026-03-09T15:00:00.000Z',
    deadline: DEADLINE_OF_JOINER,
  });
  expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ deadline: DEADLINE });
  expect(mailsTo(varsel, 'dpo@kunde-1.example')).toHaveLength(1);
});

test('saving the same customer again starts nothing anew', async () => {
  await haveControllers(varsel, [aControllerOfTwo(2)]);
  await varsel.deliver();
  expect(mailsTo(varsel, 'dpo@kunde-2.example')).toHaveLength(1);
});

test('its window blocks activation after all others have closed, and it can still object', async () => {
  varsel.clock.set('2026-03-13T09:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([
    { code: 'objection-windows-open', count: 1, lastDeadline: DEADLINE_OF_JOINER },
  ]);
  const early = await objectThrough(varsel, tokenOf(varsel, 'dpo@kunde-1.example'), REASONS);
  expect(early.body.code).toBe('window-closed');
  const inTime = await objectThrough(varsel, tokenOf(varsel, 'ciso@kunde-2.example'), REASONS);
  expect(inTime.status).toBe(201);
  await varsel
    .api()
    .post(`/v1/objections/${inTime.body.id}/resolve`)
    .send({ outcome: 'withdrawn', explanation: 'I jeres brev' });
});

test('once it has closed the change is activated, and its milestones have been told once', async () => {
  varsel.clock.set('2026-03-19T22:59:59.999Z');
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toMatchObject([{ code: 'objection-windows-open' }]);
  varsel.clock.set(DEADLINE_OF_JOINER);
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([]);
  expect(await eventsOf(varsel, changeId)).toEqual([
    'change.announced',
    'change.notified',
    'controller.joined',
    'controller.notified',
    'objection.rejected',
    'objection.received',
    'objection.resolved',
    'deadline.approaching',
    'change.windows-closed',
    'change.activated',
    'entitlement.changed',
  ]);
});

test('a controller that joins after the change has ended is not told of it', async () => {
  await haveControllers(varsel, [aController(3)]);
  await varsel.deliver();
  expect(subjectsTo(varsel, 'dpo@kunde-3.example')).toEqual([]);
  expect((await changeNow(varsel, changeId)).controllers.total).toBe(2);
});
