import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController, aSubProcessor } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import {
  activate,
  allBelowLeave,
  announce,
  changeBody,
  changeNow,
  DEADLINE,
  eventsOf,
  haveControllers,
  partOf,
  theMailTo,
  wordsOf,
} from '../support/story.ts';

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly activeUntil: string | null;
}

let varsel: TestVarsel;
let userflow: Entry;
let changeId: string;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  await haveControllers(varsel, [aController(1)]);
  const found = (await register()).find(({ name }) => name === 'Userflow Inc.');
  if (found === undefined) throw new Error('Userflow is not in the register');
  userflow = found;
});
afterAll(async () => {
  await expectDerived(varsel.database);
  await varsel.close();
});

async function register(query = ''): Promise<Entry[]> {
  return (await varsel.api('reader').get(`/v1/products/truetalk/register${query}`)).body.entries;
}
const names = async (query = '') => (await register(query)).map(({ name }) => name);

test('a replacement is announced, and its notice names both sub-processors', async () => {
  const children = await allBelowLeave(varsel, userflow.id);
  changeId = await announce(varsel, { kind: 'replacement', replaces: userflow.id, children });
  await varsel.deliver();
  const notice = theMailTo(varsel, 'dpo@kunde-1.example');
  const { reference } = await partOf(varsel, changeId, 'kunde-1');
  expect(notice.subject).toBe(
    `TrueTalk: Nordlys Hosting 1 ApS erstatter underdatabehandler Userflow Inc. – indsigelse senest 12. marts 2026 [${reference}]`,
  );
  expect(wordsOf(notice)).toContain('udskiftning af Userflow Inc. med Nordlys Hosting 1 ApS');
});

test('the same entry cannot be replaced by another change meanwhile, and is still in the register', async () => {
  const { status, body } = await varsel
    .api('officer')
    .post('/v1/changes')
    .send(
      changeBody({
        kind: 'replacement',
        replaces: userflow.id,
        children: await allBelowLeave(varsel, userflow.id),
        subProcessor: aSubProcessor(2),
      }),
    );
  expect({ status, code: body.code }).toEqual({ status: 409, code: 'change-already-announced' });
  expect(await names()).toContain('Userflow Inc.');
});

test('when it is activated the new entry is in the register from that day and the replaced one is out', async () => {
  varsel.clock.set(DEADLINE);
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([]);
  expect(await names()).toContain('Nordlys Hosting 1 ApS');
  expect(await names()).not.toContain('Userflow Inc.');
  expect(await names()).not.toContain('Google');
  expect(await names('?asOf=2026-03-13')).not.toContain('Userflow Inc.');
  const dayBefore = await register('?asOf=2026-03-12');
  expect(dayBefore.find(({ id }) => id === userflow.id)).toMatchObject({ activeUntil: '2026-03-13' });
  expect(dayBefore.map(({ name }) => name)).not.toContain('Nordlys Hosting 1 ApS');
});

test('an entry that has left the register cannot be replaced any more', async () => {
  const again = { kind: 'replacement', replaces: userflow.id, subProcessor: aSubProcessor(3) };
  const { status, body } = await varsel
    .api('officer')
    .post('/v1/changes')
    .send(changeBody({ ...again, plannedActivationOn: '2026-04-01' }));
  expect({ status, code: body.code }).toEqual({ status: 422, code: 'entry-unknown' });
});

test('the company that was replaced can be announced anew, as an addition', async () => {
  const subProcessor = aSubProcessor(4, { name: 'Userflow Inc.' });
  const anew = await announce(varsel, { subProcessor, plannedActivationOn: '2026-04-01' });
  expect((await changeNow(varsel, anew)).status).toBe('announced');
  expect(await eventsOf(varsel, changeId)).toEqual([
    'change.announced',
    'change.notified',
    'change.windows-closed',
    'change.activated',
    'entitlement.changed',
  ]);
});
