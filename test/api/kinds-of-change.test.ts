import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Response } from 'supertest';
import { createApiKey } from '../../src/commands/api-keys.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import type { SubProcessor } from '../../src/domain/register.ts';
import { hashApiKey } from '../../src/security/api-keys.ts';
import { aController, anAnnouncement, aSubProcessor } from '../support/examples.ts';
import { activate, changeNow, eventsOf, haveControllers, withdraw } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const TODAY = '2026-03-02';
const AFTER_A_WINDOW = '2026-03-13';
const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
const SECOND_KEY = 'second-officer-key-of-the-tests';
const ON_CLAUSES = { article: '46', instrument: 'SCC' };
const OTHER_ACTIVITY = { da: 'Optagelse af samtaler', en: 'Recording of calls' };

let varsel: TestVarsel;
let register: (SubProcessor & { id: string })[];
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveControllers(varsel, [aController(1), aController(2)]);
  ({ entries: register } = (await varsel.api('reader').get('/v1/products/truetalk/register').expect(200)).body);
  await inTransaction(varsel.database.pool, async (tx) => {
    const key = { name: 'Second officer', role: 'officer' as const, scopes: null, products: null, expiresAt: null };
    await createApiKey(tx, { ...key, hash: hashApiKey(SECOND_KEY) }, { at: varsel.clock.now(), actor: 'test' });
  });
});
afterAll(() => varsel.close());

function entry(name: string): SubProcessor & { id: string } {
  const found = register.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no ${name} in the register`);
  return found;
}

/** The facts that an entry has in the register, with others in their place. */
function factsOf(name: string, changed: object): object {
  const { registrationNumber, address, country, contactPerson, parentId, processing, personalData, locations } =
    entry(name);
  return {
    name,
    registrationNumber,
    address,
    country,
    contactPerson,
    parentId,
    processing,
    personalData,
    locations,
    ...changed,
  };
}

/** What a body of each kind is made of; planned for today, unless it opens a window. */
const body = (kind: string, fields: object) => ({
  ...anAnnouncement(),
  subProcessor: null,
  plannedActivationOn: TODAY,
  kind,
  ...fields,
});
const amendment = (name: string, changed: object, fields: object = {}) =>
  body('amendment', { amends: entry(name).id, subProcessor: factsOf(name, changed), ...fields });
const removal = (name: string, fields: object = {}) => body('removal', { removes: entry(name).id, ...fields });
const fallen = (...names: string[]) =>
  body('transfer-basis', {
    entries: names.map((name) => ({ entry: entry(name).id, country: 'US', transferBasis: ON_CLAUSES })),
  });
const leaves = (name: string) => ({ entry: entry(name).id, then: 'leaves' });
const stays = (name: string, parentId: string | null) => ({ entry: entry(name).id, then: 'stays', parentId });

const post = (announcement: object): PromiseLike<Response> =>
  varsel.api('officer').post('/v1/changes').send(announcement);

/** Announces it, judges what was announced, and withdraws it, so that the next one finds the register without it. */
async function announced(announcement: object): Promise<Response['body']> {
  const response = await post(announcement);
  expect(response.status, JSON.stringify(response.body)).toBe(201);
  expect((await varsel.api('reader').get(`/v1/changes/${response.body.id}`)).body).toEqual(response.body);
  return response.body;
}
const elements = (change: Response['body']) =>
  change.elements.map(({ company, element, clause }: Record<string, string>) => `${company}: ${element} (${clause})`);

describe('Each kind of change is announced in the regime of its clauses, and told as announced', () => {
  test.each<[string, () => object, { objection: boolean; approval: boolean }, string[]]>([
    [
      'an addition in India: both',
      () =>
        body('addition', {
          subProcessor: aSubProcessor(1, {
            locations: [{ country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } }],
          }),
          plannedActivationOn: AFTER_A_WINDOW,
        }),
      { objection: true, approval: true },
      ['Nordlys Hosting 1 ApS: company (B.2)', 'Nordlys Hosting 1 ApS: place (C.5)'],
    ],
    [
      'Userflow replaced, with Google leaving: a window',
      () =>
        body('replacement', {
          replaces: entry('Userflow Inc.').id,
          subProcessor: aSubProcessor(2),
          children: [leaves('Google')],
          plannedActivationOn: AFTER_A_WINDOW,
        }),
      { objection: true, approval: false },
      ['Nordlys Hosting 2 ApS: company (B.2)', 'Google: company (Op. 22/2024)'],
    ],
    [
      'Userflow replaced, with Google under the new company: a window',
      () =>
        body('replacement', {
          replaces: entry('Userflow Inc.').id,
          subProcessor: aSubProcessor(3),
          children: [stays('Google', entry('Userflow Inc.').id)],
          plannedActivationOn: AFTER_A_WINDOW,
        }),
      { objection: true, approval: false },
      ['Nordlys Hosting 3 ApS: company (B.2)', 'Google: parentId (B.2)'],
    ],
    [
      'another activity: approval',
      () => amendment('Gintel AS', { processing: OTHER_ACTIVITY }),
      { objection: false, approval: true },
      ['Gintel AS: processing (B.1)'],
    ],
    [
      'a typo in an address: to inform, also where the register has no number and no contact',
      () => amendment('Atlassian', { address: 'Level 6, 341 George Street, Sydney NSW 2000, Australien' }),
      { objection: false, approval: false },
      ['Atlassian: address (Op. 22/2024)'],
    ],
    [
      'a place that the terms list for another company: approval',
      () => amendment('Gintel AS', { locations: [{ country: 'NO' }, { country: 'DK' }] }),
      { objection: false, approval: true },
      ['Gintel AS: place (C.5)'],
    ],
    [
      'a removal today: to inform',
      () => removal('Google'),
      { objection: false, approval: false },
      ['Google: company (Op. 22/2024)'],
    ],
    [
      'a removal whose child moves: a window',
      () => removal('Gintel AS', { children: [stays('Atlassian', null)], plannedActivationOn: AFTER_A_WINDOW }),
      { objection: true, approval: false },
      ['Gintel AS: company (Op. 22/2024)', 'Atlassian: parentId (B.2)'],
    ],
    [
      'the Data Privacy Framework falls, for both at once: to inform',
      () => fallen('Userflow Inc.', 'Google'),
      { objection: false, approval: false },
      ['Userflow Inc.: transferBasis (C.6)', 'Google: transferBasis (C.6)'],
    ],
  ])('%s', async (_what, announcement, regime, expected) => {
    const change = await announced(announcement());
    expect(change.regime).toEqual(regime);
    expect(elements(change)).toEqual(expected);
    const { body: previewed } = await varsel.api('officer').post('/v1/changes/preview').send(announcement());
    expect(previewed).toMatchObject({ regime, elements: change.elements });
    await withdraw(varsel, change.id);
  });

  test('stricter than its clause, where its caller says so', async () => {
    const change = await announced(removal('Google', { regime: { approval: true } }));
    expect(change.regime).toEqual({ objection: false, approval: true });
    await withdraw(varsel, change.id);
  });

  test('for each who approves, with how the others are kept apart', async () => {
    const separation = { da: 'Egne servere; CISO indestår', en: 'Servers of their own; the CISO vouches for it' };
    const change = await announced(
      amendment('Gintel AS', { processing: OTHER_ACTIVITY }, { scope: 'each', separation }),
    );
    expect(change).toMatchObject({ scope: 'each', separation });
    await withdraw(varsel, change.id);
  });
});

describe('Bad input is refused with what was found and where', () => {
  /** Announcements of faults, each with its status, code and path. */
  test.each<[string, () => object, number, string, string]>([
    [
      'an amendment that changes nothing',
      () => amendment('Gintel AS', {}),
      422,
      'change-without-effect',
      'subProcessor',
    ],
    ['an unknown entry', () => ({ ...amendment('Gintel AS', {}), amends: UNKNOWN_ID }), 422, 'entry-unknown', 'amends'],
    ['a child that is not settled', () => removal('Userflow Inc.'), 422, 'children-unsettled', 'children'],
    [
      'a child under itself',
      () =>
        removal('Userflow Inc.', {
          children: [stays('Google', entry('Google').id)],
          plannedActivationOn: AFTER_A_WINDOW,
        }),
      422,
      'chain-loop',
      'children.0.parentId',
    ],
    [
      'a child under an entry that leaves',
      () =>
        removal('Userflow Inc.', {
          children: [stays('Google', entry('Userflow Inc.').id)],
        }),
      422,
      'parent-leaving',
      'children.0.parentId',
    ],
    [
      'an entry below its own sub-processor',
      () => amendment('Gintel AS', { parentId: entry('Atlassian').id }, { plannedActivationOn: AFTER_A_WINDOW }),
      422,
      'chain-loop',
      'subProcessor.parentId',
    ],
    [
      'another company in the place of one',
      () => amendment('Atlassian', { name: 'Jira Pty Ltd', registrationNumber: '53 102 443 916' }),
      422,
      'another-company',
      'subProcessor',
    ],
    [
      'another country',
      () => amendment('Gintel AS', { country: 'SE' }),
      422,
      'another-company',
      'subProcessor.country',
    ],
    [
      'a basis that the place rests on',
      () =>
        body('transfer-basis', {
          entries: [{ entry: entry('Google').id, ...entry('Google').locations[0] }],
        }),
      422,
      'change-without-effect',
      'entries.0.transferBasis',
    ],
    [
      'a place that the entry does not have',
      () =>
        body('transfer-basis', { entries: [{ entry: entry('Google').id, country: 'IN', transferBasis: ON_CLAUSES }] }),
      422,
      'place-unknown',
      'entries.0.country',
    ],
    [
      'words alone of a text that stays',
      () => amendment('Gintel AS', { address: 'Andetsteds 2' }, { wordingOnly: ['processing'] }),
      422,
      'wording-unchanged',
      'wordingOnly.0',
    ],
    [
      'for each, where nothing needs approval',
      () => removal('Google', { scope: 'each', separation: { da: 'Egne servere' } }),
      422,
      'nothing-to-approve',
      'scope',
    ],
    [
      'yesterday',
      () => removal('Google', { plannedActivationOn: '2026-03-01' }),
      422,
      'planned-date-too-early',
      'plannedActivationOn',
    ],
    [
      'a 29 February that there is not',
      () => removal('Google', { plannedActivationOn: '2027-02-29' }),
      400,
      'invalid-request',
      'plannedActivationOn',
    ],
    [
      'for each, without how the others are kept apart',
      () => amendment('Gintel AS', { processing: OTHER_ACTIVITY }, { scope: 'each' }),
      400,
      'invalid-request',
      'separation',
    ],
    [
      'that, without for each',
      () => amendment('Gintel AS', { processing: OTHER_ACTIVITY }, { separation: { da: 'Egne servere' } }),
      400,
      'invalid-request',
      'separation',
    ],
    [
      'children of an amendment',
      () => amendment('Gintel AS', { address: 'x' }, { children: [leaves('Atlassian')] }),
      400,
      'invalid-request',
      'children',
    ],
    [
      'words alone of a removal',
      () => removal('Google', { wordingOnly: ['processing'] }),
      400,
      'invalid-request',
      'wordingOnly',
    ],
    ['the same place twice', () => fallen('Google', 'Google'), 400, 'invalid-request', 'entries.1'],
    [
      'a new company without a number',
      () => body('addition', { subProcessor: aSubProcessor(3, { registrationNumber: null }) }),
      400,
      'invalid-request',
      'subProcessor.registrationNumber',
    ],
  ])('%s', async (_what, announcement, status, code, path) => {
    const response = await post(announcement());
    expect({ status: response.status, ...response.body }).toMatchObject({ status, code, errors: [{ path }] });
    expect(response.body.errors[0].message).toMatch(/xpected|is |in the register|does not change|comes under|would be/);
  });

  test('an element that is amended already, and an entry that leaves, whichever is announced first', async () => {
    const first = await announced(amendment('Atlassian', { address: 'Andetsteds 2' }));
    const again = await post(amendment('Atlassian', { address: 'Tredje Sted 3' }));
    expect(again).toMatchObject({ status: 409, body: { code: 'change-already-announced' } });
    expect(again.body.detail).toContain(`"address" of Atlassian is changed by change ${first.id} already`);
    expect(await post(removal('Atlassian'))).toMatchObject({ status: 409, body: { code: 'change-already-announced' } });
    // Another element of the same entry is announced beside it.
    const beside = await announced(amendment('Atlassian', { processing: OTHER_ACTIVITY }));
    await withdraw(varsel, first.id);
    await withdraw(varsel, beside.id);
    const leaving = await announced(removal('Atlassian'));
    expect(await post(amendment('Atlassian', { address: 'Andetsteds 2' }))).toMatchObject({
      status: 409,
      body: { code: 'change-already-announced' },
    });
    const below = aSubProcessor(4, { parentId: entry('Atlassian').id });
    expect(await post(body('addition', { subProcessor: below, plannedActivationOn: AFTER_A_WINDOW }))).toMatchObject({
      status: 422,
      body: { code: 'parent-leaving', errors: [{ path: 'subProcessor.parentId' }] },
    });
    await withdraw(varsel, leaving.id);
  });

  test('two at the same moment: one is announced', async () => {
    const responses = await Promise.all(
      [1, 2, 3].map((number) => post(amendment('Google', { address: `Sted ${number}` }))),
    );
    expect(responses.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409, 409]);
    await withdraw(varsel, responses.find(({ status }) => status === 201)?.body.id);
  });
});

describe('That only words change (D39)', () => {
  const confirm = (id: string, key?: string) => {
    const request = varsel.api('officer').post(`/v1/changes/${id}/confirm-wording`);
    return key === undefined ? request : request.set('Authorization', `Bearer ${key}`);
  };

  test('opens a window, and is confirmed by another key than stated it before it comes into force', async () => {
    const reworded = {
      da: 'Bistår med support og med fejlretning',
      en: 'Assists with support and with fault correction',
    };
    const stated = { wordingOnly: ['processing'], plannedActivationOn: AFTER_A_WINDOW };
    const change = await announced(amendment('Gintel AS', { processing: reworded }, stated));
    expect(change).toMatchObject({ regime: { objection: true, approval: false }, wordingOnly: ['processing'] });
    expect(change.elements).toMatchObject([{ element: 'processing', clause: 'B.1, B.2' }]);
    await varsel.deliver();
    varsel.clock.set('2026-03-13T08:00:00Z');
    const unconfirmed = { code: 'wording-unconfirmed', texts: ['processing'] };
    expect(await activate(varsel, change.id)).toEqual([unconfirmed]);
    expect((await changeNow(varsel, change.id)).activation).toMatchObject({ allowed: false, blockers: [unconfirmed] });

    const own = await confirm(change.id);
    expect(own).toMatchObject({ status: 409, body: { code: 'second-person-needed' } });
    const confirmed = await confirm(change.id, SECOND_KEY);
    expect(confirmed).toMatchObject({
      status: 200,
      body: {
        wordingConfirmedAt: '2026-03-13T08:00:00.000Z',
        wordingConfirmedBy: expect.stringMatching(/^Second officer \(key /),
        activation: { allowed: true, blockers: [] },
      },
    });
    expect((await eventsOf(varsel, change.id)).at(-1)).toBe('change.wording-confirmed');
    expect((await changeNow(varsel, change.id)).version).toBe((await eventsOf(varsel, change.id)).length);
    expect(await confirm(change.id, SECOND_KEY)).toMatchObject({ status: 409, body: { code: 'wording-not-waiting' } });
    const acts = await varsel.api().get('/v1/audit').query({ action: 'change.wording-confirmed' });
    expect(acts.body.items).toMatchObject([{ subject: change.id, details: { texts: ['processing'] } }]);

    expect(await activate(varsel, change.id)).toEqual([]);
    expect(await confirm(change.id, SECOND_KEY)).toMatchObject({ status: 409, body: { code: 'change-ended' } });
    const now = await varsel.api('reader').get('/v1/products/truetalk/register');
    expect(now.body.entries.find(({ name }: { name: string }) => name === 'Gintel AS').processing).toEqual(reworded);
    varsel.clock.set(START);
  });

  test('is stated by the change, or there is nothing to confirm', async () => {
    const change = await announced(removal('Google', { plannedActivationOn: '2026-03-20' }));
    expect(await confirm(change.id, SECOND_KEY)).toMatchObject({ status: 409, body: { code: 'wording-not-waiting' } });
    expect(await confirm(UNKNOWN_ID)).toMatchObject({ status: 404 });
    await withdraw(varsel, change.id);
  });

  test('the database confirms and activates by no other way', async () => {
    const reworded = { processing: { da: 'Google Cloud', en: 'Google Cloud' } };
    const stated = { wordingOnly: ['processing'], plannedActivationOn: AFTER_A_WINDOW };
    const change = await announced(amendment('Google', reworded, stated));
    const update = (set: string) => varsel.database.pool.query(`update changes set ${set} where id = $1`, [change.id]);
    const confirmedBy = (author: string) =>
      update(`wording_confirmed_at = announced_at, wording_confirmed_by = ${author}`);
    await expect(confirmedBy('announced_by')).rejects.toThrow('a second person confirms');
    await expect(
      update(
        `status = 'activated', activated_at = announced_at, activated_on = planned_activation_on, activated_by = 'x'`,
      ),
    ).rejects.toThrow();
    await confirmedBy(`'Somebody else'`);
    await expect(confirmedBy(`'A third'`)).rejects.toThrow('confirmed for good');
    await expect(update('wording_confirmed_at = null, wording_confirmed_by = null')).rejects.toThrow(
      'confirmed for good',
    );
    await withdraw(varsel, change.id);
  });
});

test('A change is void where the register is no longer what it took for granted, and says what was found', async () => {
  const change = await announced(amendment('Google', { address: 'Andetsteds 2' }));
  await varsel.deliver();
  expect((await changeNow(varsel, change.id)).activation).toMatchObject({ allowed: true, blockers: [] });
  // No change that can be announced does this: it stands for one that was announced before the rules that prevent it.
  const setAddress = (address: string) =>
    varsel.database.owner.query(`begin; set local session_replication_role = replica;
      update register_entries set address = '${address}' where entry_id = '${entry('Google').id}'; commit`);
  await setAddress('Et tredje sted 3');
  const blocker = {
    code: 'register-changed',
    differences: [
      {
        entry: entry('Google').id,
        company: 'Google',
        element: 'address',
        expected: 'Mountain View, CA, USA',
        found: 'Et tredje sted 3',
      },
    ],
  };
  expect((await changeNow(varsel, change.id)).activation).toMatchObject({ earliestAt: null, blockers: [blocker] });
  expect(await activate(varsel, change.id)).toEqual([blocker]);
  await setAddress('Mountain View, CA, USA');
  // Another element of it may have changed meanwhile.
  const other = await announced(
    amendment('Google', { contactPerson: { name: 'Ida', email: 'privacy@google.example' } }),
  );
  expect(await activate(varsel, other.id)).toEqual([]);
  expect(await activate(varsel, change.id)).toEqual([]);
  const now = await varsel.api('reader').get('/v1/products/truetalk/register');
  expect(now.body.entries.find(({ name }: { name: string }) => name === 'Google')).toMatchObject({
    address: 'Andetsteds 2',
    contactPerson: { name: 'Ida', email: 'privacy@google.example' },
  });
});
