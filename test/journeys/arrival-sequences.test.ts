import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { inboundTags } from '../../src/security/inbound-tags.ts';
import { expectDerived } from '../support/derived.ts';
import { aController } from '../support/examples.ts';
import { aBounce, anAnswer, mailIn } from '../support/inbound.ts';
import {
  activate,
  announce,
  changeNow,
  haveControllers,
  leave,
  objectionsOf,
  objectThrough,
  withdraw,
} from '../support/story.ts';
import { startVarsel, INBOUND_DOMAIN, type TestVarsel } from '../support/varsel.ts';
import { APP_SECRET } from '../support/webhooks.ts';
import { aRandom, ModelOfChange, type Random } from './arrival-model.ts';

/*
 * Random stories of what arrives and what does not, each told to the product and to a model that knows D8, D11, D12, D14–D16,
 * D20 and D30 and nothing of the code. After every step both have to say the same.
 */

/** Stories in which windows stand again, also after their deadline (15). */
const SEEDS = [4, 6, 7, 8, 15, 29];
const FIRST = Temporal.Instant.from('2026-01-05T09:00:00Z');
const STEPS = 30;
const tags = inboundTags(APP_SECRET);

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(FIRST.toString(), {});
});
afterAll(async () => {
  await expectDerived(varsel.database);
  await varsel.close();
});

/** One story: a change, two controllers of its own, and the model of them. */
interface Story {
  readonly id: string;
  readonly controllers: readonly string[];
  readonly random: Random;
  readonly model: ModelOfChange;
  /** What has happened, for whoever reads a failure. */
  readonly told: string[];
}

const plannedOn = () => varsel.clock.now().toZonedDateTimeISO('Europe/Copenhagen').toPlainDate().add({ days: 12 });
const officer = () => varsel.api('officer');

const controllerOf = (externalId: string, contacts: number) =>
  aController(1, {
    externalId,
    contacts: Array.from({ length: contacts }, (_, number) => ({
      email: `${externalId}-${number}@kunde.example`,
      name: 'Dorthe Persson',
      language: 'da' as const,
    })),
  });

/** The notices on record. The model is told of each. */
async function noticesOf({ id, random, model }: Story) {
  const { rows } = await varsel.database.pool.query<{
    id: string;
    email: string;
    controller: string;
    status: string;
    createdAt: Temporal.Instant;
    acceptedAt: Temporal.Instant | null;
  }>(
    `select m.id, email, external_id as controller, status, m.created_at as "createdAt", accepted_at as "acceptedAt"
     from messages m join controllers c on c.id = m.controller_id
     where change_id = $1 and kind = 'notice' order by accepted_at nulls last, m.id`,
    [id],
  );
  for (const notice of rows) model.write(notice);
  return { all: rows, one: random.of(rows) };
}

/** Sends what is due, and tells the model what was accepted and which deadlines mails have printed. */
async function deliver(story: Story): Promise<void> {
  const { model, id } = story;
  await varsel.deliver();
  const { rows } = await varsel.database.pool.query<{ controller: string; printed: Temporal.Instant }>(
    `select external_id as controller, a.printed_deadline as printed
     from message_attempts a join messages m on m.id = a.message_id join controllers c on c.id = m.controller_id
     where m.change_id = $1 and a.outcome = 'accepted' and a.printed_deadline is not null`,
    [id],
  );
  for (const { controller, printed } of rows) model.print(controller, printed);
  for (const notice of (await noticesOf(story)).all) {
    if (notice.acceptedAt !== null) model.accept(notice, notice.acceptedAt);
  }
}

/** A report comes back by mail, on the contact's own address or on a member behind it. */
async function report(story: Story, action: 'failed' | 'delivered' | 'delayed'): Promise<void> {
  const { one } = await noticesOf(story);
  if (one === undefined || ['pending', 'in-flight'].includes(one.status)) return;
  const recipient = story.random.of([one.email, 'hans@kunde.example', 'inge@kunde.example']) ?? one.email;
  story.told.push(`  ${action} for ${recipient} on ${one.email} ${one.id}`);
  const raw = aBounce(one.email, { action, status: action === 'failed' ? '5.1.1' : '2.0.0' })
    .replace(`Final-Recipient: rfc822; ${one.email}`, `Final-Recipient: rfc822; ${recipient}`)
    .replace('Message-Id:', `X-Number: ${story.told.length}\nMessage-Id:`);
  const to = `bounce+${tags.tagOf(one.id)}@${INBOUND_DOMAIN}`;
  expect(await mailIn(varsel, raw, { from: '', to })).toMatchObject({ code: 250 });
  story.model.report(one, action, recipient, varsel.clock.now());
}

/** A mail provider reports a failure without saying of whom. */
async function reportOfNobody(story: Story): Promise<void> {
  const { one } = await noticesOf(story);
  if (one === undefined || ['pending', 'in-flight'].includes(one.status)) return;
  const { status } = await officer()
    .post(`/v1/notices/${one.id}/bounce`)
    .send({ action: 'failed', evidence: { number: story.told.length } });
  expect(status).toBe(200);
  story.model.report(one, 'failed', null, varsel.clock.now());
}

async function object(story: Story, reasons: string): Promise<void> {
  const { one } = await noticesOf(story);
  if (one === undefined) return;
  story.told.push(`  through ${one.id} of ${one.controller}`);
  const { body } = await objectThrough(varsel, varsel.links.tokenOf(one.id), reasons);
  const rejectedFor = story.model.attempt(one.controller, varsel.clock.now(), reasons !== '-');
  expect(body.code ?? body.rejectedFor, JSON.stringify(body)).toBe(rejectedFor);
}

async function answer(story: Story): Promise<void> {
  const { one } = await noticesOf(story);
  if (one === undefined) return;
  const to = `reply+${tags.tagOf(one.id)}@${INBOUND_DOMAIN}`;
  const text = `Vi har et spørgsmål nummer ${story.told.length} til jer.`;
  expect(await mailIn(varsel, anAnswer(text), { from: one.email, to })).toMatchObject({ code: 250 });
  const { rows } = await varsel.database.pool.query('select id from answers order by id desc limit 1');
  story.model.answer(rows[0].id, one.controller, varsel.clock.now());
}

async function classify(story: Story): Promise<void> {
  const unread = story.random.of(story.model.unread());
  if (unread === undefined) return;
  const body = story.random.of([
    { decision: 'objection' },
    { decision: 'not-an-objection', writtenByPerson: true, explanation: 'Et spørgsmål' },
    { decision: 'not-an-objection', writtenByPerson: false, explanation: 'En robot' },
  ]);
  story.told.push(`  ${JSON.stringify(body)} of ${unread.controller}`);
  const { status } = await officer().post(`/v1/answers/${unread.id}/classify`).send(body);
  expect(status).toBe(200);
  story.model.classify(unread, body, varsel.clock.now());
}

async function reached(story: Story): Promise<void> {
  const { one } = await noticesOf(story);
  if (one === undefined) return;
  story.told.push(`  ${JSON.stringify(one)}`);
  const { status } = await officer().post(`/v1/notices/${one.id}/reached`).send({ evidence: 'De har ringet' });
  expect(status === 200).toBe(story.model.state(one, varsel.clock.now()));
}

const ACTS: readonly (readonly [number, string, (story: Story) => Promise<void>])[] = [
  [5, 'time passes', async ({ random }) => varsel.clock.advance({ hours: 1 + random.below(100) })],
  [3, 'what is due is sent', deliver],
  [8, 'failed', (story) => report(story, 'failed')],
  [1, 'failed for nobody', reportOfNobody],
  [2, 'delivered', (story) => report(story, 'delivered')],
  [1, 'delayed', (story) => report(story, 'delayed')],
  [2, 'objection', (story) => object(story, `Vi er imod, for det ${story.told.length}. gang.`)],
  [1, 'attempt without reasons', (story) => object(story, '-')],
  [2, 'answer', answer],
  [3, 'classify', classify],
  [2, 'reached', reached],
  [
    2,
    'notify again',
    async ({ random, controllers, id, model }) => {
      const controller = random.of(controllers) ?? '';
      const { status } = await officer().post(`/v1/changes/${id}/controllers/${controller}/resend`);
      expect(status < 300).toBe(model.isRunning(controller));
    },
  ],
  [
    1,
    'letter',
    async ({ random, controllers, id, model }) => {
      const controller = random.of(controllers) ?? '';
      const now = varsel.clock.now();
      const arrivedOn = now.toZonedDateTimeISO('Europe/Copenhagen').toPlainDate();
      const body = { arrivedOn: arrivedOn.toString(), reference: 'RR 1' };
      const { status } = await officer()
        .post(`/v1/changes/${id}/controllers/${controller}/notice-by-letter`)
        .send(body);
      expect(status < 300).toBe(model.letter(controller, now));
    },
  ],
  [
    1,
    'other contacts',
    async ({ random, controllers, model }) => {
      const controller = random.of(controllers.filter((each) => model.counts(each)));
      if (controller !== undefined) await haveControllers(varsel, [controllerOf(controller, 1 + random.below(3))]);
    },
  ],
  [
    1,
    'leave or join',
    async ({ random, controllers, model }) => {
      const controller = random.of(controllers) ?? '';
      if (model.counts(controller)) {
        await leave(varsel, controller);
        model.leave(controller, varsel.clock.now());
      } else {
        await haveControllers(varsel, [controllerOf(controller, 1)]);
        model.join(controller, varsel.clock.now());
      }
    },
  ],
  [
    2,
    'resolve',
    async ({ id, model }) => {
      const pending = (await objectionsOf(varsel, id)).find(({ status }) => status === 'pending');
      if (pending === undefined) return;
      const decision = { outcome: 'withdrawn', explanation: 'Trukket tilbage i telefonen' };
      await officer().post(`/v1/objections/${pending.id}/resolve`).send(decision).expect(200);
      model.resolve();
    },
  ],
  [
    3,
    'activate',
    async ({ id, model }) => {
      const expected = model.activate(varsel.clock.now());
      const blockers = await activate(varsel, id);
      expect(blockers.map(({ code }) => code)).toEqual(expected);
    },
  ],
];

/** What the product says now, as far as the model knows it. */
async function asRecorded({ id, controllers }: Story): Promise<object> {
  const { body } = await officer().get(`/v1/changes/${id}/controllers?limit=200`);
  const items = body.items as { externalId: string; notifiedAt: string | null; deadline: string | null }[];
  const parts = items
    .filter(({ externalId }) => controllers.includes(externalId))
    .map(({ externalId, notifiedAt, deadline }) => [externalId, { notifiedAt, deadline }]);
  const objections = (await objectionsOf(varsel, id)).map(({ controller, status, rejectedFor }) =>
    [controller, status, rejectedFor].join(' '),
  );
  const { status } = await changeNow(varsel, id);
  return { status, parts: Object.fromEntries(parts), objections: objections.sort() };
}

test.each(SEEDS)('whatever comes in whatever order, the record says what the rules say (seed %i)', async (seed) => {
  const random = aRandom(seed);
  // Apart, so that a story does not depend on those before it.
  varsel.clock.set(FIRST.add({ hours: 24 * 56 * seed }).toString());
  const names = [`seed-${seed}-a`, `seed-${seed}-b`];
  await haveControllers(varsel, [controllerOf(names[0] ?? '', 1), controllerOf(names[1] ?? '', 1)]);
  const id = await announce(varsel, { subProcessor: varsel.newCompany(), plannedActivationOn: plannedOn().toString() });
  const story: Story = { id, controllers: names, random, model: new ModelOfChange(plannedOn()), told: [] };
  for (const name of names) story.model.join(name, varsel.clock.now());
  await deliver(story);
  const weighted = ACTS.flatMap((act) => Array.from({ length: act[0] }, () => act));
  onTestFinished(async () => {
    if ((await changeNow(varsel, id)).status === 'announced') await withdraw(varsel, id);
    for (const name of names) if (story.model.counts(name)) await leave(varsel, name);
  });
  for (let step = 0; step < STEPS; step += 1) {
    const [, name, act] = random.of(weighted) ?? [0, '', deliver];
    varsel.clock.advance({ minutes: 1 });
    story.told.push(`${varsel.clock.now().toString()} ${name}`);
    try {
      await act(story);
      expect(await asRecorded(story)).toEqual(story.model.said());
    } catch (error) {
      throw new Error(`After this story:\n${story.told.join('\n')}`, { cause: error });
    }
  }
});
