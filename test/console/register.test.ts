import { afterAll, beforeAll, expect, test } from 'vitest';
import { aController } from '../support/examples.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { activate, amending, announce, haveControllers, PLANNED_ON } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
let reader: SignedInPerson;
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveControllers(varsel, [aController(1)]);
  reader = await signIn(varsel, { role: 'reader' });
});
afterAll(() => varsel.close());

test('the register shows each sub-processor of a day, and what differs from another', async () => {
  const before = await reader.get('/console/register').expect(200);
  expect(before.text).toContain('Registret for TrueTalk');
  expect(before.text).not.toContain('Nordlys Hosting');
  await announce(varsel);
  await announce(varsel, await amending(varsel, 'Gintel AS', { address: 'Ny Vej 1, 7052 Trondheim, Norge' }));
  await varsel.deliver();
  varsel.clock.set(`${PLANNED_ON}T09:00:00Z`);
  for (const { id } of (await varsel.api().get('/v1/changes')).body.items)
    expect(await activate(varsel, id)).toEqual([]);
  const later = await signIn(varsel, { role: 'reader' });
  const { text } = await later.get(`/console/register?since=2026-03-02&lang=en`).expect(200);
  expect(text).toContain('1 added, 1 changed and 0 removed.');
  expect(text).toMatch(
    /<td[^>]*><span class="typed">[^<]*Otto Nielsens[^<]*<\/span>\s*<\/td><td[^>]*><span class="typed">Ny Vej 1/,
  );
  expect(text).toContain('Nordlys Hosting 1 ApS was added');
  const back = await later.get('/console/register?asOf=2026-03-02').expect(200);
  expect(back.text).toContain('Otto Nielsens');
  expect(back.text).not.toContain('Nordlys Hosting');
  const ofOne = await later.get('/console/register?product=truetalk&controller=kunde-1&lang=en').expect(200);
  expect(ofOne.text).toContain('As it is for Kunde 1 A/S');
});

test('a day that is none, or in the wrong order, is told at its field', async () => {
  const person = await signIn(varsel, { role: 'reader' });
  const wrong = await person.get('/console/register?asOf=2026-02-30&lang=en').expect(200);
  expect(wrong.text).toContain('id="asOf-error"');
  expect(wrong.text).toContain('href="#asOf"');
  const order = await person.get('/console/register?since=2030-01-01&lang=en').expect(200);
  expect(order.text).toContain('must be before the other');
});
