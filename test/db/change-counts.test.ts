import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { saveProduct } from '../../src/commands/save-product.ts';
import { foldCounts, progressOfOne } from '../../src/db/change-counts.ts';
import { inSnapshot, inTransaction, type Queryable } from '../../src/db/postgres.ts';
import { aController, anAnnouncement, aProduct, aSubProcessor } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/** More than the first step of a fan-out writes, so that the fan-out goes on during the storm. */
const CONTROLLERS = 1_060;
/** Of these, so many have an agreement for the other product as well. */
const OF_BOTH = 60;
const STORM = 160;
const CONCURRENCY = 8;
const NUMBERS = fc.integer({ min: 1, max: 60 });
const WHAT = fc.constantFrom(
  'join',
  'leave',
  'change contacts',
  'letter',
  'resend',
  'object',
  'object without reasons',
  'resolve',
  'refuse its mail',
  'bounce',
  'wait',
  'send',
  'fold',
);

const BOTH = ['truetalk', 'anden'] as const;

let varsel: TestVarsel;
let changes: string[];
beforeAll(async () => {
  varsel = await startVarsel();
  const by = { at: varsel.clock.now(), actor: 'test' };
  const given = Array.from({ length: CONTROLLERS }, (_, index) =>
    aController(index + 1, { products: index < OF_BOTH ? BOTH : ['truetalk'] }),
  );
  await inTransaction(varsel.database.pool, async (tx) => {
    await saveProduct(tx, aProduct({ id: 'anden', name: 'Anden' }), by);
    await saveControllers(tx, given, by);
  });
  changes = [];
  for (const product of BOTH) {
    const announcement = anAnnouncement({ product, subProcessor: aSubProcessor(1) });
    const { body } = await varsel
      .api()
      .post('/v1/changes')
      .send({ ...announcement, plannedActivationOn: '2026-04-15' });
    changes.push(body.id);
  }
});
afterAll(() => varsel.close());

/** The same figures, counted from the rows; windows and notices that a fan-out has still to write are included. */
async function counted(db: Queryable, id: string, now: Temporal.Instant) {
  const { rows } = await db.query(
    `with c as (select * from changes where id = $1),
     unwritten as (
       select a.controller_id from c join agreements a on a.product_id = c.product_id and a.ended_at is null
       where c.status = 'announced' and not exists (select from objection_windows w
         where w.change_id = c.id and w.controller_id = a.controller_id and w.left_at is null)
     ),
     w as (select * from objection_windows where change_id = $1 and left_at is null),
     n as (select * from messages where change_id = $1 and kind = 'notice'),
     o as (select * from objections where change_id = $1 and status <> 'rejected')
     select (select count(*) from w)::int + (select count(*) from unwritten)::int as total,
       (select count(*) from w where notified_at is not null)::int as notified,
       (select count(*) from w, c where deadline > $2 and c.status = 'announced')::int as open,
       (select max(deadline) from w) as "latestDeadline",
       (select count(*) from n where status = 'accepted')::int as accepted,
       (select count(*) from n where status = 'failed')::int as failed,
       (select count(*) from n, c where n.status = 'cancelled' or (n.status = 'pending' and c.status = 'withdrawn'))::int
         as cancelled,
       (select count(*) from n, c where n.status = 'in-flight' or (n.status = 'pending' and c.status <> 'withdrawn'))::int
         + (select count(*) from contacts where controller_id in (select controller_id from unwritten))::int as pending,
       (select count(*) from o)::int as objections, (select count(*) from o where status = 'pending')::int as unresolved`,
    [id, now.toString()],
  );
  const { total, notified, open, accepted, failed, pending, cancelled, objections, unresolved, latestDeadline } =
    rows[0];
  return {
    controllers: { total, notified, windowsOpen: open },
    notices: { total: accepted + failed + pending, accepted, pending, failed, cancelled },
    objections: { total: objections, pending: unresolved },
    latestDeadline: latestDeadline?.toString() ?? null,
  };
}

/** Compares the figures of progressOf with the rows, in one snapshot. */
async function compare(): Promise<void> {
  const now = varsel.clock.now();
  await inSnapshot(varsel.database.pool, async (db) => {
    for (const id of changes) {
      const { controllers, notices, objections, latestDeadline } = await progressOfOne(db, id, now);
      const shown = { controllers, notices, objections, latestDeadline: latestDeadline?.toString() ?? null };
      expect(shown).toEqual(await counted(db, id, now));
    }
  });
}

async function objectByMail(
  id: string | undefined,
  controller: string,
  receivedAt: string,
  reasons: string | null = 'USA',
) {
  const objection = { controller, reasons, channel: 'email', receivedAt, from: { name: null, email: null } };
  return (await varsel.api().post(`/v1/changes/${id}/objections`).send(objection)).body;
}

async function happen(what: string, number: number, index: number): Promise<void> {
  const api = varsel.api();
  // Some are written by the first step of the fan-out, some by the last.
  const externalId = `kunde-${number % 2 === 0 ? number : 1_000 - number}`;
  const change = `/v1/changes/${changes[index % 2]}`;
  const { registrationNumber, name, contacts, products } = aController(number, {
    externalId,
    products: number % 2 === 0 ? BOTH : ['truetalk'],
  });
  switch (what) {
    case 'join':
      await api.put(`/v1/controllers/${externalId}`).send({ name, registrationNumber, contacts, products });
      await api.put(`/v1/controllers/ny-${index}`).send({ name, registrationNumber, contacts, products });
      break;
    case 'change contacts': {
      const more = [...contacts, { email: `it-${index}@${externalId}.example`, name: 'It', language: 'en' }];
      await api.put(`/v1/controllers/${externalId}`).send({ name, registrationNumber, contacts: more, products });
      break;
    }
    case 'leave':
      await api.delete(`/v1/controllers/${externalId}/products/${BOTH[index % 2]}`);
      break;
    case 'letter':
      await api
        .post(`${change}/controllers/${externalId}/notice-by-letter`)
        .send({ arrivedOn: '2026-03-02', reference: 'PostNord' });
      break;
    case 'resend':
      await api.post(`${change}/controllers/${externalId}/resend`);
      break;
    case 'object':
      await objectByMail(changes[index % 2], externalId, varsel.clock.now().toString());
      break;
    case 'object without reasons':
      await objectByMail(changes[index % 2], externalId, varsel.clock.now().toString(), null);
      break;
    case 'resolve': {
      const { body } = await api.get(`${change}/objections?status=pending`);
      for (const { id } of body.items.slice(0, 3))
        await api.post(`/v1/objections/${id}/resolve`).send({ outcome: 'accommodated', explanation: 'I brev' });
      break;
    }
    case 'refuse its mail': {
      const code = index % 3 === 0 ? 450 : 550;
      varsel.mailbox.refuse(`dpo@${externalId}.example`, { code, message: 'not now' });
      break;
    }
    case 'bounce': {
      const { body } = await api.get(`${change}/controllers?state=open&limit=20`);
      const notices: { id: string }[] = body.items.flatMap((each: { notices: object[] }) => each.notices);
      for (const { id } of notices) {
        // Reported twice at once: by the mail provider and by the mail system.
        const report = () => api.post(`/v1/notices/${id}/bounce`).send({ action: 'failed', evidence: {} });
        for (const { status } of await Promise.all([report(), report()])) expect([200, 409]).toContain(status);
      }
      break;
    }
    case 'wait':
      varsel.clock.advance({ minutes: 2 });
      break;
    case 'send':
      await varsel.deliver();
      break;
    case 'fold':
      await foldCounts(varsel.database.pool);
      break;
  }
}

test('progressOf agrees with the rows at every moment, whatever happens at the same time', async () => {
  const seed = Number(process.env.STORM_SEED ?? 20_260_302);
  const storm = fc.sample(fc.tuple(WHAT, NUMBERS), { numRuns: STORM, seed });
  const waiting = storm.entries();
  for (const number of [500, 501]) {
    varsel.mailbox.refuse(`dpo@kunde-${number}.example`, { code: 550, message: 'no such user' });
  }
  await Promise.all([
    varsel.deliver(),
    ...Array.from({ length: CONCURRENCY }, async () => {
      for (const [index, [what, number]] of waiting) {
        await happen(what, number, index);
        if (index % 5 === 0) await compare();
      }
    }),
  ]);
  await varsel.deliver();
  await compare();
  // D8, D12: whatever has bounced, a window is open exactly where an accepted notice or a letter is on record.
  const { rows: wrong } = await varsel.database.pool.query(
    `select w.* from objection_windows w where w.left_at is null and (w.notified_at is not null) <> (
       exists (select from messages m where m.change_id = w.change_id and m.controller_id = w.controller_id
         and m.kind = 'notice' and m.status = 'accepted' and m.created_at >= w.created_at)
       or exists (select from letters l where l.change_id = w.change_id and l.controller_id = w.controller_id
         and l.recorded_at >= w.created_at))`,
  );
  expect(wrong).toEqual([]);

  const [first, second] = changes;
  await objectByMail(first, 'kunde-700', varsel.clock.now().toString());
  const { body } = await varsel
    .api()
    .post(`/v1/changes/${second}/withdraw`)
    .send({ reason: { da: 'Fejl' } });
  expect(body.status).toBe('withdrawn');
  await compare();
  await varsel.deliver();
  varsel.clock.set('2026-03-14T09:00:00Z');
  await varsel.deliver();
  await compare();
  const late = await objectByMail(first, 'kunde-701', '2026-03-14T09:00:00Z');
  expect(late.code).toBe('window-closed');
  await varsel.api().post(`/v1/objections/${late.objection.id}/accept-late`).send({}).expect(200);
  await compare();

  const { body: change } = await varsel.api().get(`/v1/changes/${first}`);
  expect(change.objections.pending).toBeGreaterThanOrEqual(2);
  // The storm has changed everything that is counted.
  for (const figure of [change.notices.failed, change.notices.accepted, change.controllers.notified]) {
    expect(figure).toBeGreaterThan(0);
  }
  // Some notices have bounced. Whether a controller has another one left depends on the order of events.
  const { rows: bounced } = await varsel.database.pool.query(`select from bounces where effect <> 'none'`);
  expect(bounced.length).toBeGreaterThan(0);
  const { rows } = await varsel.database.pool.query('select count(*)::int from change_counts');
  expect(rows[0].count).toBeLessThan(500);
}, 120_000);
