import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { activateChange } from '../../src/commands/activate-change.ts';
import { announceChange } from '../../src/commands/announce-change.ts';
import { endAgreement } from '../../src/commands/end-agreement.ts';
import { loadRegister } from '../../src/commands/load-register.ts';
import { recordApproval } from '../../src/commands/record-approval.ts';
import { recordLetter } from '../../src/commands/notify-controller.ts';
import { saveProduct } from '../../src/commands/save-product.ts';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';
import { registerAsOf, registerOfController } from '../../src/db/register.ts';
import type { Announcement } from '../../src/domain/change.ts';
import type { RegisterEntry, SubProcessor } from '../../src/domain/register.ts';
import { aController, anAnnouncement, aProduct, aSubProcessor } from '../support/examples.ts';
import { approve } from '../support/approving.ts';
import { parseCsv } from '../support/csv.ts';
import { at, controllerId, notifyAll } from '../support/seed.ts';
import { eventsOf, partOf } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/*
 * What an activation makes of the register, by kind of change and for whom. Each story has a product of its own, with Fjord, which
 * has Bæk and Å below it.
 */

const ANNOUNCED = '2026-03-02T09:00:00Z';
const PLANNED = '2026-03-13';
const FIRST = '2026-03-13T09:00:00Z';
const SECOND = '2026-03-20T09:00:00Z';
const US = { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Fjord' } } as const;
const GB = { country: 'GB', transferBasis: { article: '45', decision: '2021/1772' } } as const;
const DK = { country: 'DK', transferBasis: null } as const;

let varsel: TestVarsel;
let product: string;
let products = 0;
let fjord: string;
let bæk: string;
beforeAll(async () => {
  varsel = await startVarsel(ANNOUNCED);
});
afterAll(() => varsel.close());

beforeEach(async () => {
  varsel.clock.set(ANNOUNCED);
  product = `product-${(products += 1)}`;
  await inTransaction(varsel.database.pool, async (tx) => {
    const { terms, ...saved } = aProduct({ id: product });
    await saveProduct(tx, { ...saved, terms: { ...terms, approvalEffectiveAfterHours: 0 } }, at(ANNOUNCED));
    const id = crypto.randomUUID();
    const first = (company: SubProcessor, rest: object) => ({ ...company, id: null, activeFrom: null, ...rest });
    const loaded = await loadRegister(
      tx,
      product,
      [
        first(aSubProcessor(1), { id, name: 'Fjord', locations: [US, GB, DK] }),
        first(aSubProcessor(2), { name: 'Bæk', parentId: id, locations: [US, GB] }),
        first(aSubProcessor(3), { name: 'Å', parentId: id }),
      ],
      at(ANNOUNCED),
    );
    fjord = id;
    bæk = loaded.find(({ name }) => name === 'Bæk')?.id ?? '';
    const controllers = [1, 2, 3].map((number) => aController(number, { products: [product] }));
    await saveControllers(tx, controllers, at(ANNOUNCED));
  });
});

const day = (text: string) => Temporal.PlainDate.from(text);

/** The register on a day, or a controller's. */
async function register(on: string, of?: string): Promise<RegisterEntry[]> {
  const { pool } = varsel.database;
  return of === undefined
    ? registerAsOf(pool, product, day(on))
    : registerOfController(pool, product, await controllerId(pool, of), day(on));
}
const idOf = async (name: string) => (await register('2026-03-02')).find((each) => each.name === name)?.id ?? '';
const names = async (on: string, of?: string) => (await register(on, of)).map(({ name }) => name);
async function entry(id: string, on: string, of?: string): Promise<RegisterEntry> {
  const found = (await register(on, of)).filter((each) => each.id === id);
  if (found[0] === undefined || found.length > 1) throw new Error(`${id} is ${found.length} times in the register`);
  return found[0];
}

/** What is announced of an entry as it is today, with some facts as they shall be. */
async function amending(id: string, facts: Partial<SubProcessor>): Promise<Partial<Announcement>> {
  const { name, registrationNumber, address, country, contactPerson, parentId, processing, personalData, locations } =
    await entry(id, '2026-03-02');
  const now = {
    name,
    registrationNumber,
    address,
    country,
    contactPerson,
    parentId,
    processing,
    personalData,
    locations,
  };
  return { kind: 'amendment', amends: id, subProcessor: { ...now, ...facts } };
}

/** Announces a change, and tells everybody of it by letter. */
async function announced(overrides: Partial<Announcement>): Promise<string> {
  const { pool } = varsel.database;
  const announcement = { ...anAnnouncement(overrides), product, plannedActivationOn: day(PLANNED) };
  const { id } = await inTransaction(pool, (tx) => announceChange(tx, announcement, at(ANNOUNCED)));
  await notifyAll(pool, id, 3, ANNOUNCED);
  return id;
}

const activateAt = (id: string, when: string) =>
  inTransaction(varsel.database.pool, (tx) => activateChange(tx, id, at(when)));

const ACTIVITY = { da: 'Fejlretning og drift', en: 'Fault correction and operations' };
const EACH = {
  scope: 'each',
  separation: { da: 'Egen database, drift står inde for det', en: 'A database of their own' },
} as const;

describe('An activation for everybody', () => {
  test('amends an entry, which keeps its id, its place and its day; past days still answer', async () => {
    const id = await announced(await amending(fjord, { address: 'Ny Vej 2, 5000 Odense C', name: 'Fjord Group' }));
    await activateAt(id, FIRST);
    expect(await entry(fjord, '2026-03-13')).toMatchObject({
      name: 'Fjord Group',
      address: 'Ny Vej 2, 5000 Odense C',
      activeFrom: day('2026-03-02'),
      activeUntil: null,
      factsFrom: day('2026-03-13'),
      changeId: id,
      forSome: false,
      locations: [US, GB, DK],
    });
    expect(await entry(fjord, '2026-03-12')).toMatchObject({ name: 'Fjord', changeId: null, activeUntil: null });
    expect(await names('2026-03-13')).toEqual(['Fjord Group', 'Bæk', 'Å']);
    expect((await entry(bæk, '2026-03-13')).parentId).toBe(fjord);
  });

  test.each(['in order', 'in reverse', 'at once'] as const)(
    'of two changes to one entry holds %s: each applies its own elements',
    async (order) => {
      const address = await announced(await amending(fjord, { address: 'Ny Vej 2, 5000 Odense C' }));
      const places = await announced(await amending(fjord, { locations: [DK] }));
      const both = order === 'in reverse' ? [places, address] : [address, places];
      if (order === 'at once') await Promise.all(both.map((id) => activateAt(id, FIRST)));
      else for (const id of both) await activateAt(id, FIRST);
      expect(await entry(fjord, '2026-03-13')).toMatchObject({ address: 'Ny Vej 2, 5000 Odense C', locations: [DK] });
      expect(await entry(fjord, '2026-03-12')).toMatchObject({
        address: 'Havnegade 1, 8000 Aarhus C',
        locations: [US, GB, DK],
      });
    },
  );

  test('removes an entry, and its sub-processors as was decided of each', async () => {
    const å = await idOf('Å');
    const id = await announced({
      kind: 'removal',
      removes: fjord,
      subProcessor: null,
      children: [
        { entry: bæk, then: 'stays', parentId: null },
        { entry: å, then: 'leaves' },
      ],
    });
    await activateAt(id, FIRST);
    expect(await names('2026-03-13')).toEqual(['Bæk']);
    expect(await entry(bæk, '2026-03-13')).toMatchObject({
      parentId: null,
      activeFrom: day('2026-03-02'),
      changeId: id,
    });
    expect(await entry(fjord, '2026-03-12')).toMatchObject({ activeUntil: day('2026-03-13') });
    expect(await names('2026-03-12')).toEqual(['Fjord', 'Bæk', 'Å']);
  });

  test('replaces an entry: the new company is an entry of its own, and a child that stays is under whom was said', async () => {
    const å = await idOf('Å');
    const id = await announced({
      kind: 'replacement',
      replaces: fjord,
      subProcessor: aSubProcessor(9),
      children: [
        { entry: bæk, then: 'leaves' },
        { entry: å, then: 'stays', parentId: null },
      ],
    });
    await activateAt(id, FIRST);
    const found = await register('2026-03-13');
    expect(found.map(({ name }) => name)).toEqual(['Å', 'Nordlys Hosting 9 ApS']);
    expect(found[1]).toMatchObject({ activeFrom: day('2026-03-13'), changeId: id, forSome: false });
    expect(found[1]?.id).not.toBe(fjord);
  });

  test('has a child stay under the company that takes the place of its parent', async () => {
    const id = await announced({
      kind: 'replacement',
      replaces: fjord,
      subProcessor: aSubProcessor(9),
      children: [
        { entry: bæk, then: 'stays', parentId: fjord },
        { entry: await idOf('Å'), then: 'leaves' },
      ],
    });
    await activateAt(id, FIRST);
    const [nordlys] = await register('2026-03-13');
    expect(await names('2026-03-13')).toEqual(['Nordlys Hosting 9 ApS', 'Bæk']);
    expect(nordlys?.id).not.toBe(fjord);
    expect(await entry(bæk, '2026-03-13')).toMatchObject({ parentId: nordlys?.id, changeId: id, locations: [US, GB] });
    expect((await entry(bæk, '2026-03-12')).parentId).toBe(fjord);
    // It is a child like any other: it is settled when that company leaves.
    const removal = { kind: 'removal', removes: nordlys?.id ?? '', subProcessor: null } as const;
    varsel.clock.set(FIRST);
    const leaving = inTransaction(varsel.database.pool, (tx) =>
      announceChange(tx, { ...anAnnouncement(removal), product, plannedActivationOn: day(PLANNED) }, at(FIRST)),
    );
    await expect(leaving).rejects.toMatchObject({ code: 'children-unsettled' });
  });

  test.each([
    ['the entry that leaves', () => fjord],
    ['nobody', () => null],
  ])('and of the database under no other: not under %s', async (_what, parent) => {
    const { pool } = varsel.database;
    const id = await announced({
      kind: 'replacement',
      replaces: fjord,
      subProcessor: aSubProcessor(9),
      children: [
        { entry: bæk, then: 'stays', parentId: fjord },
        { entry: await idOf('Å'), then: 'leaves' },
      ],
    });
    await rows(
      pool,
      `update changes set status = 'activated', activated_at = '${FIRST}', activated_on = '2026-03-13', activated_by = 'sql'
       where id = $1`,
      [id],
    );
    await rows(
      pool,
      `update register_entries set active = daterange(lower(active), '2026-03-13') where entry_id = $1`,
      [bæk],
    );
    const written = rows(
      pool,
      `insert into register_entries (entry_id, product_id, name, name_key, registration_number, registration_key, address, country,
         contact_person, parent_id, processing, personal_data, locations, active, change_id, valid_for, ended_for)
       select entry_id, product_id, name, name_key, registration_number, registration_key, address, country,
         contact_person, $2, processing, personal_data, locations, daterange('2026-03-13', null), $3, valid_for, ended_for
       from register_entries where entry_id = $1`,
      [bæk, parent(), id],
    );
    await expect(written).rejects.toThrow(/D21, D43/);
  });

  test('rests the places of several entries on another basis, and two such changes at once hold both', async () => {
    const scc = { article: '46', instrument: 'SCC' } as const;
    const resting = async (country: string, ids: readonly string[]) =>
      announced({
        kind: 'transfer-basis',
        subProcessor: null,
        entries: ids.map((id) => ({ entry: id, country, transferBasis: scc })),
      });
    const both = [await resting('US', [fjord, bæk]), await resting('GB', [bæk, fjord])];
    await Promise.all(both.map((id) => activateAt(id, FIRST)));
    const [us, gb] = [US, GB].map(({ country }) => ({ country, transferBasis: scc }));
    expect((await entry(fjord, '2026-03-13')).locations).toEqual([us, gb, DK]);
    expect((await entry(bæk, '2026-03-13')).locations).toEqual([us, gb]);
    expect((await entry(bæk, '2026-03-12')).locations).toEqual([US, GB]);
  });

  test('is refused where an entry is not as it was when the change was announced, and changes nothing', async () => {
    const id = await announced(await amending(fjord, { address: 'Ny Vej 2, 5000 Odense C' }));
    // No announcement leads there: what is about one element of an entry is refused while another change is.
    await varsel.database.owner.query(`set session_replication_role = replica;
      update register_entries set address = 'Et tredje sted' where id = '${fjord}'; reset session_replication_role`);
    await expect(activateAt(id, FIRST)).rejects.toMatchObject({
      code: 'activation-blocked',
      details: {
        blockers: [
          { code: 'register-changed', differences: [{ entry: fjord, element: 'address', found: 'Et tredje sted' }] },
        ],
      },
    });
    expect((await entry(fjord, '2026-03-13')).changeId).toBeNull();
  });
});

describe('An activation in waves', () => {
  const everyEvent = async (id: string) =>
    rows<{ type: string; wave: unknown }>(
      varsel.database.pool,
      `select type, data -> 'wave' as wave from events where change_id = $1 and type in ('change.activated', 'change.closed')
       order by position`,
      [id],
    );
  const told = async (id: string) => {
    const sql = `select email, status from messages where change_id = $1 and kind = 'change-activated' order by email`;
    const found = await rows<{ email: string; status: string }>(varsel.database.pool, sql, [id]);
    return found.map(({ email, status }) => [email, status]);
  };
  const wavesOf = async (id: string) =>
    (await varsel.api('reader').get(`/v1/changes/${id}/activations`)).body.activations;
  const post = (id: string, act: string, body: object = {}) =>
    varsel.api('officer').post(`/v1/changes/${id}/${act}`).send(body);

  test('is for those who have approved, one wave after another, until the change is closed', async () => {
    const id = await announced({ ...(await amending(fjord, { processing: ACTIVITY })), ...EACH });
    varsel.clock.set(FIRST);
    expect((await post(id, 'activate')).body.blockers).toContainEqual({ code: 'nobody-to-activate' });
    expect((await post(id, 'close')).body.code).toBe('change-not-activated');
    await approve(varsel, id, ['kunde-1'], FIRST);
    const first = await post(id, 'activate');
    expect(first.body).toMatchObject({ status: 'announced', activations: { count: 1, controllers: 1 } });
    expect((await post(id, 'activate')).body).toMatchObject({ code: 'activation-blocked' });
    await varsel.deliver();
    expect(await told(id)).toEqual([['dpo@kunde-1.example', 'accepted']]);

    varsel.clock.set(SECOND);
    await approve(varsel, id, ['kunde-2'], SECOND);
    expect((await post(id, 'activate')).body.activations).toEqual({ count: 2, controllers: 2 });
    const { text } = await varsel.api('reader').get(`/v1/changes?product=${product}`).accept('text/csv');
    const [head, line] = parseCsv(text.slice(1), ';');
    expect(line?.[head?.indexOf('activations.controllers') ?? -1]).toBe('2');
    expect((await post(id, 'withdraw', { reason: { da: 'Fejl' } })).body.code).toBe('change-partly-activated');
    const closed = await post(id, 'close');
    expect(closed.body).toMatchObject({ status: 'activated', activatedAt: '2026-03-20T09:00:00.000Z' });
    expect((await post(id, 'close')).body.code).toBe('change-ended');

    const activity = async (on: string, of?: string) => (await entry(fjord, on, of)).processing;
    const before = aSubProcessor(1).processing;
    expect(await activity('2026-03-12', 'kunde-1')).toEqual(before);
    expect(await activity('2026-03-13', 'kunde-1')).toEqual(ACTIVITY);
    expect(await activity('2026-03-19', 'kunde-2')).toEqual(before);
    expect(await activity('2026-03-20', 'kunde-2')).toEqual(ACTIVITY);
    expect(await activity('2026-04-20', 'kunde-3')).toEqual(before);
    expect(await entry(fjord, '2026-03-13')).toMatchObject({ processing: before, forSome: true });
    expect(await wavesOf(id)).toMatchObject([
      { number: 1, activatedOn: '2026-03-13', controllers: { count: 1, externalIds: ['kunde-1'] } },
      { number: 2, activatedOn: '2026-03-20', controllers: { count: 1, externalIds: ['kunde-2'] } },
    ]);
    expect(await everyEvent(id)).toEqual([
      { type: 'change.activated', wave: { number: 1, controllers: { count: 1, externalIds: ['kunde-1'] } } },
      { type: 'change.activated', wave: { number: 2, controllers: { count: 1, externalIds: ['kunde-2'] } } },
      { type: 'change.closed', wave: null },
    ]);
    expect(await eventsOf(varsel, id)).toContain('change.closed');

    // What differs between them from then on is amended for nobody.
    const again = {
      ...(await amending(fjord, { processing: { da: 'Noget tredje' } })),
      plannedActivationOn: day('2026-05-01'),
    };
    const refused = inTransaction(varsel.database.pool, (tx) =>
      announceChange(tx, { ...anAnnouncement(again), product }, at(SECOND)),
    );
    await expect(refused).rejects.toMatchObject({ code: 'entry-differs', details: { errors: [{ path: 'amends' }] } });
  });

  test('and what is activated for everybody between two waves holds for all, each as it has become', async () => {
    const each = await announced({ ...(await amending(fjord, { processing: ACTIVITY })), ...EACH });
    const all = await announced(await amending(fjord, { address: 'Ny Vej 2, 5000 Odense C' }));
    await approve(varsel, each, ['kunde-1'], ANNOUNCED);
    await activateAt(each, FIRST);
    await activateAt(all, FIRST);
    await approve(varsel, each, ['kunde-2'], SECOND);
    await activateAt(each, SECOND);
    for (const [of, processing] of [
      ['kunde-1', ACTIVITY],
      ['kunde-2', ACTIVITY],
      ['kunde-3', aSubProcessor(1).processing],
    ] as const) {
      expect(await entry(fjord, '2026-03-20', of)).toMatchObject({ processing, address: 'Ny Vej 2, 5000 Odense C' });
    }
    expect((await entry(fjord, '2026-03-13', 'kunde-2')).processing).toEqual(aSubProcessor(1).processing);
  });

  test('of a replacement keeps the replaced company for the rest', async () => {
    const id = await announced({
      ...EACH,
      kind: 'replacement',
      replaces: bæk,
      subProcessor: aSubProcessor(9, {
        locations: [{ country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } }],
      }),
    });
    await approve(varsel, id, ['kunde-1'], ANNOUNCED);
    await activateAt(id, FIRST);
    expect(await names('2026-03-13', 'kunde-1')).toEqual(['Fjord', 'Nordlys Hosting 9 ApS', 'Å']);
    expect(await names('2026-03-13', 'kunde-2')).toEqual(['Fjord', 'Bæk', 'Å']);
    expect((await register('2026-03-13')).map(({ name, forSome }) => [name, forSome])).toEqual([
      ['Fjord', false],
      ['Nordlys Hosting 9 ApS', true],
      ['Bæk', true],
      ['Å', false],
    ]);
  });

  test('of a replacement has a child stay under the new company for those, and under the old one for the rest', async () => {
    const india = { country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } } as const;
    const id = await announced({
      ...EACH,
      kind: 'replacement',
      replaces: fjord,
      subProcessor: aSubProcessor(9, { locations: [india] }),
      children: [
        { entry: bæk, then: 'stays', parentId: fjord },
        { entry: await idOf('Å'), then: 'leaves' },
      ],
    });
    await approve(varsel, id, ['kunde-1'], ANNOUNCED);
    await activateAt(id, FIRST);
    // A change for everybody in between is of Bæk on both sides.
    const address = 'Ny Vej 2, 5000 Odense C';
    varsel.clock.set(FIRST);
    await activateAt(await announced(await amending(bæk, { address })), FIRST);
    await approve(varsel, id, ['kunde-2'], SECOND);
    await activateAt(id, SECOND);
    const nordlys = (await register('2026-03-20', 'kunde-1')).find(({ name }) => name.startsWith('Nordlys'))?.id;
    for (const [of, all, parentId] of [
      ['kunde-1', ['Nordlys Hosting 9 ApS', 'Bæk'], nordlys],
      ['kunde-2', ['Nordlys Hosting 9 ApS', 'Bæk'], nordlys],
      ['kunde-3', ['Fjord', 'Bæk', 'Å'], fjord],
    ] as const) {
      expect(await names('2026-03-20', of)).toEqual(all);
      expect(await entry(bæk, '2026-03-20', of)).toMatchObject({ parentId, address });
    }
    expect((await entry(bæk, '2026-03-19', 'kunde-2')).parentId).toBe(fjord);
  });

  test('of two at once is one: who approved is in one wave', async () => {
    const id = await announced({ ...(await amending(fjord, { processing: ACTIVITY })), ...EACH });
    await approve(varsel, id, ['kunde-1', 'kunde-2'], ANNOUNCED);
    const both = await Promise.allSettled([activateAt(id, FIRST), activateAt(id, FIRST)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await wavesOf(id)).toMatchObject([{ number: 1, controllers: { count: 2 } }]);
    await approve(varsel, id, ['kunde-3'], FIRST);
    await activateAt(id, FIRST);
    await expect(activateAt(id, FIRST)).rejects.toMatchObject({
      details: { blockers: [{ code: 'nobody-to-activate' }] },
    });
  });

  test('leaves out who has left before it, and who has refused since it approved', async () => {
    const { pool } = varsel.database;
    const id = await announced({ ...(await amending(fjord, { processing: ACTIVITY })), ...EACH });
    await approve(varsel, id, ['kunde-1', 'kunde-2', 'kunde-3'], ANNOUNCED);
    const refusal = {
      changeId: id,
      controllerId: await controllerId(pool, 'kunde-3'),
      decision: 'refusal',
      channel: 'letter',
      from: { name: 'En anden', role: null, email: null },
      statement: 'Vi vil ikke alligevel',
      authority: null,
      receivedAt: Temporal.Instant.from('2026-03-03T09:00:00Z'),
    } as const;
    await inTransaction(pool, (tx) => recordApproval(tx, refusal, at('2026-03-03T09:00:00Z')));
    varsel.clock.set('2026-03-03T09:00:00Z');
    await varsel.api().delete(`/v1/controllers/kunde-1/products/${product}`).expect(204);
    await activateAt(id, FIRST);
    expect(await wavesOf(id)).toMatchObject([{ controllers: { count: 1, externalIds: ['kunde-2'] } }]);
    const into = (who: string) =>
      rows(
        pool,
        `with wave as (insert into activations (change_id, number, activated_at, activated_on, activated_by, controllers)
           values ($1, 2, '${FIRST}', '2026-03-13', 'sql', 1) returning id)
         insert into activation_controllers (change_id, controller_id, agreement_id, activation_id, activated_on)
         select $1, c.id, a.id, wave.id, '2026-03-13' from wave, controllers c join agreements a on a.controller_id = c.id
         where external_id = $2 and product_id = $3`,
        [id, who, product],
      );
    await expect(into('kunde-3')).rejects.toThrow(/D43/);
    await expect(into('kunde-1')).rejects.toThrow(/D43/);
  });

  test('is no more undone by a bounce than another activation: that is an incident, and keeps nobody from the next wave', async () => {
    const { pool } = varsel.database;
    const announcement = {
      ...anAnnouncement({
        ...EACH,
        subProcessor: aSubProcessor(9, {
          locations: [{ country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } }],
        }),
      }),
      product,
      plannedActivationOn: day(PLANNED),
    };
    const { id } = await inTransaction(pool, (tx) => announceChange(tx, announcement, at(ANNOUNCED)));
    await varsel.deliver();
    await approve(varsel, id, ['kunde-1'], ANNOUNCED);
    varsel.clock.set(FIRST);
    await varsel.deliver();
    expect((await post(id, 'activate')).body).toMatchObject({ activations: { count: 1 } });

    const noticeTo = async (externalId: string) => (await partOf(varsel, id, externalId)).notices[0].id;
    const report = { action: 'failed', status: '5.1.1', diagnostic: 'no such user', evidence: { provider: 'x' } };
    const bounce = async (externalId: string) =>
      (
        await varsel
          .api('officer')
          .post(`/v1/notices/${await noticeTo(externalId)}/bounce`)
          .send(report)
      ).body;
    const notice = await noticeTo('kunde-1');
    const reopenedBySql = inTransaction(pool, async (tx) => {
      await rows(
        tx,
        `insert into bounces (message_id, change_id, controller_id, action, evidence, effect, accepted_at, window_id,
           notified_at, deadline, recorded_at, recorded_by)
         select m.id, m.change_id, m.controller_id, 'failed', '{}', 'reopened', m.accepted_at, w.id, w.notified_at, w.deadline,
           '${FIRST}', 'sql' from messages m join objection_windows w using (change_id, controller_id) where m.id = $1`,
        [notice],
      );
      await rows(tx, `update messages set status = 'failed', accepted_at = null, last_error = 'x' where id = $1`, [
        notice,
      ]);
      const closing = `update objection_windows set notified_at = null, deadline = null, reminded_at = null
        where change_id = $1 and external_id = $2`;
      await rows(tx, closing, [id, 'kunde-1']);
    });
    await expect(reopenedBySql).rejects.toThrow('closes again only when no notice stands');
    expect(await bounce('kunde-1')).toMatchObject({ effect: 'incident' });
    expect(await rows(pool, `select kind from operator_mails where kind = 'bounce-after-activation'`, [])).toHaveLength(
      1,
    );
    await approve(varsel, id, ['kunde-2'], FIRST);
    expect((await post(id, 'activate')).body).toMatchObject({ activations: { count: 2, controllers: 2 } });

    // Of who is in no wave, the window closes again.
    expect(await bounce('kunde-3')).toMatchObject({ effect: 'reopened' });
    expect((await post(id, 'activate')).body.blockers).toContainEqual(
      expect.objectContaining({ code: 'controllers-not-notified', controllers: ['kunde-3'] }),
    );
  });

  test('of which nothing is left in the register has no other one', async () => {
    const id = await announced({ ...(await amending(bæk, { processing: ACTIVITY })), ...EACH });
    await approve(varsel, id, ['kunde-1'], ANNOUNCED);
    await activateAt(id, FIRST);
    // No announcement leads there while the change is open.
    await varsel.database.owner.query(`set session_replication_role = replica;
      update register_entries set active = daterange(lower(active), '2026-03-14') where entry_id = '${bæk}';
      reset session_replication_role`);
    await approve(varsel, id, ['kunde-2'], FIRST);
    await expect(activateAt(id, SECOND)).rejects.toMatchObject({ code: 'activation-blocked' });
    expect(await wavesOf(id)).toHaveLength(1);
  });

  test('counts for the agreement that it was made under: who leaves and comes back is asked anew, and is in a later one', async () => {
    const { pool } = varsel.database;
    const india = { country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } } as const;
    const company = aSubProcessor(9, { locations: [india] });
    const id = await announced({ ...EACH, subProcessor: company });
    // A controller of this story alone: its agreements are of later days than those on which the next story begins.
    const joins = async (when: string, arrivedOn: string) => {
      await inTransaction(pool, (tx) => saveControllers(tx, [aController(4, { products: [product] })], at(when)));
      const letter = { changeId: id, externalId: 'kunde-4', arrivedOn: day(arrivedOn), reference: 'test' };
      await inTransaction(pool, (tx) => recordLetter(tx, letter, at(when)));
    };
    await joins(ANNOUNCED, '2026-03-02');
    await approve(varsel, id, ['kunde-2', 'kunde-4'], ANNOUNCED);
    await activateAt(id, FIRST);
    varsel.clock.set(FIRST);
    const allowed = async (controller: string) =>
      (
        await varsel
          .api('reader')
          .get(`/v1/products/${product}/entitlement`)
          .query({ controller, company: company.name, country: 'IN' })
          .expect(200)
      ).body;
    const mayUse = { allowed: true, because: 'in-register', change: id };
    const mayNot = { allowed: false, because: 'not-approved-by-this-controller', change: id };
    expect(await allowed('kunde-4')).toMatchObject(mayUse);
    const { id: first } = await oneRow<{ id: string }>(
      pool,
      'select id from approvals where change_id = $1 and controller_id = $2',
      [id, await controllerId(pool, 'kunde-4')],
    );
    const [left, back, later] = ['2026-03-16T09:00:00Z', '2026-03-17T09:00:00Z', '2026-04-01T09:00:00Z'];
    await inTransaction(pool, (tx) => endAgreement(tx, 'kunde-4', product, at(left)));
    await joins(back, '2026-03-17');
    varsel.clock.set(back);
    expect(await allowed('kunde-4')).toMatchObject(mayNot);
    expect(await allowed('kunde-2')).toMatchObject(mayUse);
    // What it said of its former agreement stays as it was: that it takes it back is put on record alone.
    await varsel
      .api('officer')
      .post(`/v1/approvals/${first}/withdraw`)
      .send({ explanation: 'Brev' })
      .expect(200)
      .expect(({ body }) => expect(body.status).toBe('effective'));

    // The first wave is told as what it was, although it counts for kunde-4 no more.
    await varsel.deliver();
    expect(await told(id)).toEqual([
      ['dpo@kunde-2.example', 'accepted'],
      ['dpo@kunde-4.example', 'accepted'],
    ]);
    varsel.clock.set(later);
    await approve(varsel, id, ['kunde-4'], later);
    expect(await allowed('kunde-4')).toMatchObject(mayNot);
    // By an agreement that is not its own it gets into none, by plain SQL either.
    const forged = rows(
      pool,
      `with wave as (insert into activations (change_id, number, activated_at, activated_on, activated_by, controllers)
         values ($1, 2, $3, '2026-04-01', 'sql', 1) returning id)
       insert into activation_controllers (change_id, controller_id, agreement_id, activation_id, activated_on)
       select $1, $4, a.id, wave.id, '2026-04-01' from wave, agreements a join controllers c on c.id = a.controller_id
       where a.product_id = $2 and c.external_id = 'kunde-3'`,
      [id, product, later, await controllerId(pool, 'kunde-4')],
    );
    await expect(forged).rejects.toThrow('only by its running agreement');
    await activateAt(id, later);
    await varsel.deliver();
    expect(await allowed('kunde-4')).toMatchObject(mayUse);
    expect((await told(id)).filter(([email]) => email === 'dpo@kunde-4.example')).toHaveLength(2);
    expect(await wavesOf(id)).toMatchObject([
      { number: 1, controllers: { externalIds: ['kunde-2', 'kunde-4'] } },
      { number: 2, controllers: { externalIds: ['kunde-4'] } },
    ]);
    for (const [on, isIn] of [
      ['2026-03-12', false],
      ['2026-03-13', true],
      ['2026-03-16', true],
      ['2026-03-17', false],
      ['2026-03-31', false],
      ['2026-04-01', true],
    ] as const) {
      expect([on, (await names(on, 'kunde-4')).includes(company.name)]).toEqual([on, isIn]);
      expect((await names(on, 'kunde-2')).includes(company.name)).toBe(on >= '2026-03-13');
    }
  });

  test('is not of who has approved, left and come back, by plain SQL either', async () => {
    const id = await announced({ ...(await amending(fjord, { processing: ACTIVITY })), ...EACH });
    await approve(varsel, id, ['kunde-1'], ANNOUNCED);
    const { pool } = varsel.database;
    await inTransaction(pool, (tx) => endAgreement(tx, 'kunde-1', product, at(FIRST)));
    await inTransaction(pool, (tx) => saveControllers(tx, [aController(1, { products: [product] })], at(SECOND)));
    await expect(activateAt(id, SECOND)).rejects.toThrow('nobody-to-activate');
    const forged = inTransaction(pool, async (tx) => {
      const { id: wave } = await oneRow<{ id: string }>(
        tx,
        `insert into activations (change_id, number, activated_at, activated_on, activated_by, controllers)
         values ($1, 1, $2, '2026-03-20', 'sql', 1) returning id`,
        [id, SECOND],
      );
      await rows(
        tx,
        `insert into activation_controllers (change_id, controller_id, agreement_id, activation_id, activated_on)
         select $1, controller_id, id, $3, '2026-03-20' from agreements
         where controller_id = $2 and product_id = $4 and ended_at is null`,
        [id, await controllerId(pool, 'kunde-1'), wave, product],
      );
    });
    await expect(forged).rejects.toThrow('with an effective approval of the change as it is (D43)');
  });
});
