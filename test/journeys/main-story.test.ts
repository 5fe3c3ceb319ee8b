import { afterAll, beforeAll, expect, test } from 'vitest';
import { aController } from '../support/examples.ts';
import { tokenIn } from '../support/mailbox.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import {
  aControllerOfTwo,
  activate,
  changeBody,
  changeNow,
  DEADLINE,
  eventsOf,
  mailsTo,
  objectThrough,
  partOf,
  PLANNED_ON,
  REASONS,
  SUBJECTS,
  theMailTo,
  tokenOf,
  wordsOf,
} from '../support/story.ts';

const CONTROLLERS = 25;
/** The controller whose mail system is slow to take its notice. */
const SLOW = 'dpo@kunde-3.example';
const NAMES_BEFORE = ['Gintel AS', 'Userflow Inc.', 'Atlassian', 'Google'];

/** The state that one step of the story passes to the next. */
interface Telling {
  readonly varsel: TestVarsel;
  changeId: string;
  objectionId: string;
}

type Step = readonly [sentence: string, tell: (telling: Telling) => Promise<void>];

const namesIn = async ({ varsel }: Telling, query = '') => {
  const { body } = await varsel.api('reader').get(`/v1/products/truetalk/register${query}`);
  return (body.entries as { name: string }[]).map(({ name }) => name).sort();
};

/**
 * The product's main promise, step by step. Each step is a guarantee that holds after the steps before it. The story begins
 * on 2 March 2026 at 10 in Copenhagen. A restart comes before every step: nothing may live in the memory of a process alone.
 */
const MAIN_STORY: readonly Step[] = [
  [
    '25 customers are imported, and none is dropped',
    async ({ varsel }) => {
      const customers = Array.from({ length: CONTROLLERS }, (_, index) => {
        if (index === 0) return aControllerOfTwo(1);
        const [contact] = aController(index + 1).contacts;
        const language = index % 5 === 4 ? 'en' : 'da';
        return contact === undefined
          ? aController(index + 1)
          : aController(index + 1, { contacts: [{ ...contact, language }] });
      });
      const lines = customers.map((customer) => JSON.stringify(customer)).join('\n');
      const { status, body } = await varsel
        .api()
        .post('/v1/controllers/import')
        .set('Content-Type', 'application/x-ndjson')
        .send(`${lines}\n`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ created: CONTROLLERS, updated: 0, unchanged: 0, rejected: [] });
    },
  ],
  [
    'the register holds what the terms approve',
    async (telling) => {
      expect(await namesIn(telling)).toEqual([...NAMES_BEFORE].sort());
    },
  ],
  [
    'a change planned one day too early is refused, and the refusal names the day that would do',
    async ({ varsel }) => {
      const early = changeBody({ plannedActivationOn: '2026-03-12' });
      const { status, body } = await varsel.api('officer').post('/v1/changes').send(early);
      expect({ status, code: body.code, earliest: body.earliest }).toEqual({
        status: 422,
        code: 'planned-date-too-early',
        earliest: PLANNED_ON,
      });
    },
  ],
  [
    'an addition is announced to every customer, and says what blocks it',
    async (telling) => {
      const { status, headers, body } = await telling.varsel.api('officer').post('/v1/changes').send(changeBody());
      expect(status).toBe(201);
      expect(headers['location']).toBe(`/v1/changes/${body.id}`);
      expect(body).toMatchObject({
        status: 'announced',
        version: 1,
        announcedAt: '2026-03-02T09:00:00.000Z',
        plannedActivationOn: PLANNED_ON,
        controllers: { total: CONTROLLERS, notified: 0, windowsOpen: 0 },
        notices: { total: CONTROLLERS + 1, accepted: 0, pending: CONTROLLERS + 1, failed: 0, cancelled: 0 },
        objections: { total: 0, pending: 0 },
        lastDeadline: null,
        activation: { allowed: false, earliestAt: null },
      });
      expect(body.activation.blockers.map(({ code }: { code: string }) => code)).toEqual([
        'controllers-not-notified',
        'planned-date-not-reached',
      ]);
      telling.changeId = body.id;
    },
  ],
  [
    'notices arrive in the language of each contact, tell the deadline, and open the windows',
    async ({ varsel, changeId }) => {
      varsel.mailbox.refuse(SLOW, { code: 450, message: '4.2.0 Busy, come back later' });
      await varsel.deliver();
      expect(varsel.mailbox.mails).toHaveLength(CONTROLLERS);
      const danish = wordsOf(theMailTo(varsel, 'dpo@kunde-1.example'));
      expect(danish).toContain('torsdag den 12. marts 2026 kl. 23.59 dansk tid');
      const english = wordsOf(theMailTo(varsel, 'ciso@kunde-1.example'));
      expect(english).toContain('Thursday 12 March 2026 at 23:59 Danish time');
      const tokens = varsel.mailbox.mails.map(tokenIn);
      expect(new Set(tokens).size).toBe(CONTROLLERS);

      expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({
        state: 'open',
        notifiedAt: '2026-03-02T09:00:00.000Z',
        deadline: DEADLINE,
        notices: [
          { status: 'accepted', attempts: 1, lastError: null },
          { status: 'accepted', attempts: 1, lastError: null },
        ],
      });
      const waiting = await partOf(varsel, changeId, 'kunde-3');
      expect(waiting).toMatchObject({ state: 'awaiting-notice', notifiedAt: null, deadline: null });
      expect(waiting.notices[0]).toMatchObject({ status: 'pending', attempts: 1 });
      expect(waiting.notices[0].lastError).toContain('Busy, come back later');
      // The latest deadline is not known before the last controller has been notified.
      expect(await changeNow(varsel, changeId)).toMatchObject({
        controllers: { total: CONTROLLERS, notified: CONTROLLERS - 1, windowsOpen: CONTROLLERS - 1 },
        lastDeadline: null,
      });
    },
  ],
  [
    'an objection without reasons is rejected with the deadline, and kept on record',
    async ({ varsel, changeId }) => {
      const token = tokenOf(varsel, 'dpo@kunde-1.example');
      const { status, body } = await objectThrough(varsel, token, 'Ingen.');
      expect({ status, code: body.code, deadline: body.deadline }).toEqual({
        status: 422,
        code: 'reasons-required',
        deadline: DEADLINE,
      });
      const { body: kept } = await varsel.api('reader').get(`/v1/changes/${changeId}/objections`);
      expect(kept.items).toHaveLength(1);
      expect(kept.items[0]).toMatchObject({
        controller: 'kunde-1',
        channel: 'link',
        reasons: 'Ingen.',
        status: 'rejected',
        rejectedFor: 'reasons-required',
      });
      expect((await changeNow(varsel, changeId)).objections).toEqual({ total: 0, pending: 0 });
    },
  ],
  [
    'an objection with reasons is pending, and every contact of its controller gets a receipt in its language',
    async (telling) => {
      const { varsel } = telling;
      const token = tokenOf(varsel, 'dpo@kunde-1.example');
      const { status, body } = await objectThrough(varsel, token, REASONS);
      expect(status).toBe(201);
      expect(body).toMatchObject({ controller: 'kunde-1', status: 'pending', reasons: REASONS, rejectedFor: null });
      telling.objectionId = body.id;

      await varsel.deliver();
      for (const address of ['dpo@kunde-1.example', 'ciso@kunde-1.example']) {
        const receipt = wordsOf(theMailTo(varsel, address, SUBJECTS.received));
        expect(receipt).toContain(REASONS);
        expect(receipt).toContain(String(body.number));
      }
      expect(theMailTo(varsel, 'ciso@kunde-1.example', SUBJECTS.received).subject).toContain('we have received');
      expect(varsel.mailbox.mails.filter((mail) => SUBJECTS.received.test(mail.subject ?? ''))).toHaveLength(2);
    },
  ],
  [
    'activation is refused, and the refusal names every blocker',
    async ({ varsel, changeId, objectionId }) => {
      expect(await activate(varsel, changeId)).toEqual([
        { code: 'controllers-not-notified', count: 1, controllers: ['kunde-3'] },
        { code: 'objection-windows-open', count: CONTROLLERS - 1, lastDeadline: DEADLINE },
        { code: 'objections-pending', count: 1, objections: [objectionId] },
        { code: 'planned-date-not-reached', plannedActivationOn: PLANNED_ON },
      ]);
    },
  ],
  [
    'the notice that could not be delivered at first is sent again and is the last to be accepted',
    async ({ varsel, changeId }) => {
      varsel.mailbox.refuse(SLOW, null);
      varsel.clock.set('2026-03-02T09:02:00Z');
      await varsel.deliver();
      expect(await partOf(varsel, changeId, 'kunde-3')).toMatchObject({
        state: 'open',
        notifiedAt: '2026-03-02T09:02:00.000Z',
        deadline: DEADLINE,
        notices: [{ status: 'accepted', attempts: 2 }],
      });
      expect(await changeNow(varsel, changeId)).toMatchObject({
        controllers: { total: CONTROLLERS, notified: CONTROLLERS, windowsOpen: CONTROLLERS },
        notices: { total: CONTROLLERS + 1, accepted: CONTROLLERS + 1, pending: 0, failed: 0, cancelled: 0 },
        lastDeadline: DEADLINE,
      });
    },
  ],
  [
    'the objection is resolved, and every contact of its controller is told how',
    async ({ varsel, changeId, objectionId }) => {
      const explanation = 'Revisionserklæring sendt; kunden har bekræftet skriftligt.';
      const resolve = () =>
        varsel
          .api('officer')
          .post(`/v1/objections/${objectionId}/resolve`)
          .send({ outcome: 'accommodated', explanation });
      const { status, body } = await resolve();
      expect(status).toBe(200);
      expect(body).toMatchObject({
        status: 'resolved',
        resolution: { outcome: 'accommodated', explanation, resolvedAt: '2026-03-02T09:02:00.000Z' },
      });
      const again = await resolve();
      expect({ status: again.status, code: again.body.code }).toEqual({
        status: 409,
        code: 'objection-already-resolved',
      });

      await varsel.deliver();
      for (const address of ['dpo@kunde-1.example', 'ciso@kunde-1.example']) {
        expect(wordsOf(theMailTo(varsel, address, SUBJECTS.resolved))).toContain(explanation);
      }
      expect((await changeNow(varsel, changeId)).activation.earliestAt).toBe(DEADLINE);
    },
  ],
  [
    'in the last millisecond of the windows they are open and block',
    async ({ varsel, changeId }) => {
      varsel.clock.set('2026-03-12T22:59:59.999Z');
      await varsel.deliver();
      expect(await activate(varsel, changeId)).toEqual([
        { code: 'objection-windows-open', count: CONTROLLERS, lastDeadline: DEADLINE },
        { code: 'planned-date-not-reached', plannedActivationOn: PLANNED_ON },
      ]);
    },
  ],
  [
    'in the next one they have closed, an objection comes too late, and the change is activated',
    async ({ varsel, changeId }) => {
      varsel.clock.set(DEADLINE);
      await varsel.deliver();
      expect((await changeNow(varsel, changeId)).activation).toEqual({
        allowed: true,
        earliestAt: DEADLINE,
        blockers: [],
        shownOnly: [],
      });
      const late = await objectThrough(varsel, tokenOf(varsel, 'dpo@kunde-2.example'), REASONS);
      expect({ status: late.status, code: late.body.code, deadline: late.body.deadline }).toEqual({
        status: 409,
        code: 'window-closed',
        deadline: DEADLINE,
      });
      expect(await activate(varsel, changeId)).toEqual([]);
      expect(await changeNow(varsel, changeId)).toMatchObject({ status: 'activated', activatedAt: DEADLINE });
      expect(await activate(varsel, changeId)).toEqual([{ code: 'not-announced', status: 'activated' }]);
    },
  ],
  [
    'the register has the new entry from that day on, and is what it was on the days before',
    async (telling) => {
      const name = 'Nordlys Hosting 1 ApS';
      expect(await namesIn(telling)).toEqual([...NAMES_BEFORE, name].sort());
      expect(await namesIn(telling, '?asOf=2026-03-12')).toEqual([...NAMES_BEFORE].sort());
      expect(await namesIn(telling, '?asOf=2026-03-13')).toEqual([...NAMES_BEFORE, name].sort());
      const { body } = await telling.varsel.api('reader').get('/v1/products/truetalk/register');
      expect(body.entries.find((entry: { name: string }) => entry.name === name)).toMatchObject({
        activeFrom: '2026-03-13',
        activeUntil: null,
        changeId: telling.changeId,
      });
    },
  ],
  [
    'each milestone is told once, in events whose sequence rises by one',
    async ({ varsel, changeId }) => {
      await varsel.deliver();
      expect(await eventsOf(varsel, changeId)).toEqual([
        'change.announced',
        'objection.rejected',
        'objection.received',
        'change.notified',
        'objection.resolved',
        'deadline.approaching',
        'change.windows-closed',
        'objection.rejected',
        'change.activated',
        'entitlement.changed',
      ]);
      expect((await changeNow(varsel, changeId)).version).toBe(10);
      // No further messages were sent: every contact has the notice and the activation.
      expect(varsel.mailbox.mails).toHaveLength(CONTROLLERS + 1 + 2 + 2 + (CONTROLLERS + 1));
      expect(mailsTo(varsel, 'dpo@kunde-2.example')).toHaveLength(2);
    },
  ],
];

let telling: Telling;
beforeAll(async () => {
  telling = { varsel: await startVarsel('2026-03-02T09:00:00Z'), changeId: '', objectionId: '' };
});
afterAll(() => telling.varsel.close());

for (const [sentence, tell] of MAIN_STORY) {
  test(`after a restart, ${sentence}`, async () => {
    await telling.varsel.restart();
    await tell(telling);
  });
}
