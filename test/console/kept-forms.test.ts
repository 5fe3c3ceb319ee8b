import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { signIn, signInAgain, type SignedInPerson } from '../support/signed-in.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START);
  // The last administrator stays (D57).
  await signIn(varsel);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

let typed = 0;
const aForm = () => {
  typed += 1;
  return { name: 'Dorthe Persson', email: `tastet-${typed}@telenor.example`, role: 'approver', products: 'truetalk' };
};

/** Sends the form half an hour later, and returns where it is kept; `null` where it is not, and the empty form comes after signing in. */
async function sendTooLate(person: SignedInPerson, form: object): Promise<string | null> {
  varsel.clock.advance({ minutes: 31 });
  const { headers } = await person.post('/console/people/new', { ...form }).expect(303);
  const to = new URL(headers['location'] ?? '', varsel.url).searchParams.get('to');
  expect(new URL(headers['location'] ?? '', varsel.url).pathname).toBe('/console/sign-in');
  return to === '/console/people/new' ? null : to;
}

const invited = ({ email }: { email: string }) =>
  rows(varsel.database.pool, 'select id from people where email = $1', [email]);
const keptNow = async () =>
  (await oneRow<{ count: number }>(varsel.database.pool, 'select count(*) from kept_forms')).count;

test('What was typed when the session had ended is shown again to its person, and sent once', async () => {
  const person = await signIn(varsel);
  const form = aForm();
  const kept = (await sendTooLate(person, form)) ?? expect.fail('it is not kept');
  expect(kept).toMatch(/^\/console\/kept\/[0-9a-f-]{36}$/);
  expect(await invited(form)).toEqual([]);

  const back = await signInAgain(varsel, person);
  expect((await back.get('/console').expect(200)).text).toContain(`<a href="${kept}">Du var blevet logget ud`);
  const everything = `select (select count(*) from people) as people, (select count(*) from audit_log) as acts,
    (select count(*) from idempotency_keys) as responses, (select count(*) from kept_forms) as kept`;
  const before = await oneRow(varsel.database.pool, everything);
  const { text } = await back.get(kept).expect(200);
  expect(await oneRow(varsel.database.pool, everything)).toEqual(before);
  expect(text).toContain('<strong>Intet er sendt endnu</strong>');
  expect(text).toMatch(/<input id="name"[^>]* value="Dorthe Persson"/);
  expect(text).toContain(`value="${form.email}"`);
  expect(text).toMatch(/value="approver" checked/);
  expect(text).toMatch(/value="truetalk" checked/);

  const once = /name="once" value="([^"]+)"/.exec(text)?.[1] ?? '';
  const sent = await back.post('/console/people/new', { ...form, once }).expect(303);
  const again = await back.post('/console/people/new', { ...form, once }).expect(303);
  expect(again.headers['location']).toBe(sent.headers['location']);
  expect(await invited(form)).toHaveLength(1);
  expect((await back.get('/console')).text).not.toContain('/console/kept/');
  expect((await back.get(kept)).text).toContain('Det er ikke gemt længere');
});

test('It is kept whatever it is', async () => {
  const person = await signIn(varsel);
  const form = { ...aForm(), name: 'Dorthe\0 Persson', 'felt\0': ['a\0', 'b'] };
  const kept = (await sendTooLate(person, form)) ?? expect.fail('it is not kept');
  expect((await (await signInAgain(varsel, person)).get(kept)).text).toContain('value="Dorthe\uFFFD Persson"');
});

test('Nobody else sees it', async () => {
  const person = await signIn(varsel);
  const kept = (await sendTooLate(person, aForm())) ?? expect.fail('it is not kept');
  const other = await signIn(varsel);
  const { text } = await other.get(kept).expect(200);
  expect(text).toContain('Det er ikke gemt længere');
  expect(text).not.toContain('tastet-');
  expect((await other.get('/console')).text).not.toContain('/console/kept/');
});

test('It is kept for a day', async () => {
  const person = await signIn(varsel);
  const form = aForm();
  const kept = (await sendTooLate(person, form)) ?? expect.fail('it is not kept');
  varsel.clock.advance({ hours: 23, minutes: 59 });
  expect((await (await signInAgain(varsel, person)).get(kept)).text).toContain(form.email);
  varsel.clock.advance({ minutes: 1 });
  expect((await (await signInAgain(varsel, person)).get(kept)).text).not.toContain(form.email);
});

test('Nothing is kept of a session that somebody has ended, of another site, or of nobody', async () => {
  const before = await keptNow();
  const signedOut = await signIn(varsel);
  await signedOut.post('/console/sign-out').expect(200);
  expect(await sendTooLate(signedOut, aForm())).toBeNull();

  const disabled = await signIn(varsel);
  await varsel.api().delete(`/v1/people/${disabled.id}`).expect(200);
  expect(await sendTooLate(disabled, aForm())).toBeNull();

  const person = await signIn(varsel);
  expect(await sendTooLate(person, { ...aForm(), csrf: 'of another site' })).toBeNull();
  await varsel
    .customer()
    .post('/console/people/new')
    .set('cookie', `varsel=${'x'.repeat(43)}`)
    .type('form')
    .send(aForm())
    .expect(303);
  expect(await keptNow()).toBe(before);
});

test('The last ten forms of a person are kept, and none that is very long', async () => {
  const person = await signIn(varsel);
  varsel.clock.advance({ minutes: 31 });
  const send = (form: object) => person.post('/console/people/new', { ...form }).expect(303);
  await send({ ...aForm(), name: 'x'.repeat(200_001) });
  const { count } = await oneRow<{ count: number }>(
    varsel.database.pool,
    'select count(*) from kept_forms where person_id = $1',
    [person.id],
  );
  expect(count).toBe(0);
  for (let number = 0; number < 11; number += 1) await send({ ...aForm(), name: `Nummer ${number}` });
  expect(
    await rows(
      varsel.database.pool,
      `select form ->> 'name' as name from kept_forms where person_id = $1 order by id`,
      [person.id],
    ),
  ).toEqual(Array.from({ length: 10 }, (_, number) => ({ name: `Nummer ${number + 1}` })));
});

test('Whoever may not come to the form any more gets the words alone, and does nothing', async () => {
  const person = await signIn(varsel);
  const form = aForm();
  const kept = (await sendTooLate(person, form)) ?? expect.fail('it is not kept');
  const { body } = await varsel.api().get(`/v1/people/${person.id}`).expect(200);
  await varsel.api().delete(`/v1/people/${person.id}/roles/${body.roles[0].id}`).expect(200);
  const { text } = await (await signInAgain(varsel, person)).get(kept).expect(200);
  expect(text).toContain('Den kan ikke vises igen');
  expect(text).toContain(form.email);
  expect(text).not.toContain('action="/console/people');
  expect(await invited(form)).toEqual([]);
});
