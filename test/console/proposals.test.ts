import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { markTrial } from '../../src/db/installation.ts';
import { rows } from '../../src/db/postgres.ts';
import { aController, aProduct } from '../support/examples.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { aControllerOfTwo, changeBody, haveControllers, haveProduct } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/* What two people see and do with a proposal, page by page. */

let varsel: TestVarsel;
let eva: SignedInPerson;
let ole: SignedInPerson;
beforeAll(async () => {
  varsel = await startVarsel();
  await markTrial(varsel.database.owner, false);
  await haveControllers(varsel, [aController(1), aControllerOfTwo(2)]);
  await haveProduct(varsel, aProduct({ secondPerson: ['announcement'] }));
});
afterAll(() => varsel.close());
beforeEach(async () => {
  varsel.clock.set('2026-03-02T09:00:00Z');
  eva = await signIn(varsel, { role: 'officer', products: ['truetalk'], name: 'Eva Lund' });
  ole = await signIn(varsel, { role: 'approver', products: ['truetalk'], name: 'Ole Berg' });
});

async function proposed(overrides = {}, who = eva) {
  const announcement = changeBody({ subProcessor: varsel.newCompany(), ...overrides });
  const { status, body } = await who.call('post', '/v1/proposals').send({ kind: 'announcement', announcement });
  expect(status, JSON.stringify(body)).toBe(201);
  return { ...body, name: body.act.announcement.subProcessor.name as string, page: `/console/proposals/${body.id}` };
}
const changesOf = (name: string) =>
  rows(varsel.database.pool, 'select announced_by from changes where companies = $1', [name]);

test('who may approve sees what would happen, and approves it in one click, once', async () => {
  const { name, page, hash } = await proposed();
  const { text: list } = await ole.get('/console/proposals').expect(200);
  expect(list).toContain(`Varsling: ny underdatabehandler ${name}`);
  const { text } = await ole.get(page).expect(200);
  for (const said of [
    'Forslaget venter på dig eller en anden, der må godkende det.',
    'Eva Lund',
    'Driften samles hos én leverandør',
    'Godkend, og varsl kunderne',
    'Kunderne kan gøre indsigelse mod',
    'TrueTalk',
    'fredag den 13. marts 2026',
  ])
    expect(text).toContain(said);
  expect(text).not.toContain(eva.id);
  const { text: mail, headers } = await ole.get(`${page}/mail?language=en`).expect(200);
  expect(mail).toContain('new sub-processor');
  expect(headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);

  const clicks = await Promise.all([1, 2].map(() => ole.post(`${page}/approve`, { hash, once: 'one-click' })));
  expect(clicks.map(({ status }) => status)).toEqual([303, 303]);
  expect(await changesOf(name)).toEqual([{ announced_by: `person ${ole.id}` }]);
  const { text: done } = await ole.get(page);
  expect(done).toContain('Godkendt af Ole Berg');
  expect(done).not.toContain('Afvis forslaget');
});

test('who proposed it cannot approve it', async () => {
  const both = await signIn(varsel, { role: 'approver', products: ['truetalk'], name: 'Ida Both' });
  const { page, hash, name } = await proposed({}, both);
  // The process is that of a trial, whose page offers it; the database is not.
  expect((await both.get(page)).text).toContain('i produktion skal en anden');
  const { status, text: refused } = await both.post(`${page}/approve`, { hash });
  expect(status).toBe(409);
  expect(refused).toContain('Du har selv foreslået det: en anden person skal godkende.');
  expect(await changesOf(name)).toEqual([]);
});

test('nor does the owner of the key that proposed it: they may cancel it', async () => {
  const { id, hash } = (
    await varsel
      .api('officer')
      .post('/v1/proposals')
      .send({ kind: 'announcement', announcement: changeBody({ subProcessor: varsel.newCompany() }) })
  ).body;
  const page = `/console/proposals/${id}`;
  expect((await ole.get(page)).text).toContain(`${page}/approve"`);
  await rows(
    varsel.database.owner,
    `update api_keys set owner_id = $2 where 'key ' || id = (select proposed_by from proposals where id = $1)`,
    [id, ole.id],
  );
  const { text } = await ole.get(page);
  // The page of a trial would offer the first, and says whose it is.
  expect(text).toContain('Du har selv foreslået det.');
  expect(text).not.toContain(`${page}/reject"`);
  expect(text).toContain('i produktion skal en anden');
  expect((await ole.post(`${page}/approve`, { hash })).status).toBe(409);
});

test('an officer sees it without a way to decide, and is refused one', async () => {
  const { page, hash } = await proposed();
  const other = await signIn(varsel, { role: 'officer', products: ['truetalk'] });
  const { text } = await other.get(page).expect(200);
  expect(text).toContain('Forslaget venter på en anden person.');
  expect(text).toContain('rollen godkender');
  expect(text).not.toMatch(/action="[^"]*\/(approve|reject|cancel)"/);
  await other.post(`${page}/approve`, { hash }).expect(403);
  await other.post(`${page}/cancel`, { 'cancel-reason': 'Nej' }).expect(409);
});

test('approving takes two factors of the last quarter of an hour, and another person’s form is not taken', async () => {
  const { page, hash, name } = await proposed();
  const stale = await signIn(varsel, { role: 'approver', hasFactors: false });
  const { headers } = await stale.post(`${page}/approve`, { hash }).expect(303);
  expect(headers['location']).not.toBe(page);
  await ole.post(`${page}/approve`, { hash, csrf: eva.csrf }).expect(403);
  expect(await changesOf(name)).toEqual([]);
});

test('what has changed since is shown beside what was proposed, and cannot be approved', async () => {
  const { page, hash } = await proposed();
  await haveProduct(varsel, aProduct({ name: 'TrueTalk Plus', secondPerson: ['announcement'] }));
  const { text } = await ole.get(`${page}?lang=en`);
  expect(text).toContain('Something has changed since');
  expect(text).toMatch(/Name of the product<\/th>\s*<td[^>]*>TrueTalk<\/td>\s*<td[^>]*>TrueTalk Plus<\/td>/);
  expect(text).not.toContain('Approve, and tell customers');
  const { status, text: refused } = await ole.post(`${page}/approve`, { hash });
  expect(status).toBe(409);
  expect(refused).toContain('Something has changed since it was proposed.');
  await haveProduct(varsel, aProduct({ secondPerson: ['announcement'] }));
});

test('it is rejected with words, which stay typed where something is missing', async () => {
  const { page } = await proposed();
  const { status, text } = await ole.post(`${page}/reject`, { 'reject-reason': ' ' });
  expect(status).toBe(400);
  expect(text).toContain('href="#reject-reason"');
  await ole.post(`${page}/reject`, { 'reject-reason': 'Begrundelsen mangler' }).expect(303);
  const { text: done } = await eva.get(page);
  expect(done).toContain('Afvist af Ole Berg');
  expect(done).toContain('Begrundelsen mangler');
});

test('an approved one is cancelled by either of the two while its change is held', async () => {
  const { page, hash, name } = await proposed({ holdMinutes: 60 });
  await ole.post(`${page}/approve`, { hash }).expect(303);
  const { text } = await eva.get(page);
  expect(text).toContain('Den, der foreslog den, og den, der godkendte den, kan hver især stadig annullere den.');
  await eva.post(`${page}/cancel`, { 'cancel-reason': 'Forkert navn' }).expect(303);
  const changes = await rows(varsel.database.pool, 'select status, told_since from changes where companies = $1', [
    name,
  ]);
  expect(changes).toEqual([{ status: 'withdrawn', told_since: null }]);
  expect((await eva.get(page)).text).toContain('Annulleret af Eva Lund');
});

test('new terms are shown term by term', async () => {
  const admin = await signIn(varsel, { role: 'admin', name: 'Anne Holm' });
  const { id: _id, ...terms } = aProduct({ holdMinutes: 30, secondPerson: ['announcement', 'activation'] });
  const { body } = await admin
    .call('post', '/v1/proposals')
    .send({ kind: 'terms', product: 'truetalk', terms })
    .expect(201);
  const { text } = await ole.get(`/console/proposals/${body.id}`);
  // As the product's own page says it.
  expect(text).toContain('At varsle en ændring og at gennemføre en ændring');
  expect(text).toMatch(/Minutter fra varsling til første e-mail<\/th>\s*<td[^>]*>0<\/td>\s*<td[^>]*>30<\/td>/);
  await ole.post(`/console/proposals/${body.id}/approve`, { hash: body.hash }).expect(303);
  const { body: product } = await admin.call('get', '/v1/products/truetalk');
  expect(product).toMatchObject({ holdMinutes: 30, secondPerson: ['announcement', 'activation'] });
});

test('an approver of two products sees one after the other, and nothing of a third', async () => {
  await haveProduct(varsel, aProduct({ id: 'other', name: 'Other' }));
  await haveProduct(varsel, aProduct({ id: 'third', name: 'Third' }));
  const two = await signIn(varsel, { role: 'approver', products: ['other', 'third'] });
  const { id, name } = await proposed();
  const { text } = await two.get('/console/proposals').expect(200);
  expect(text).toContain('?product=third">Third<');
  expect(text).not.toContain(name);
  await two
    .get('/console/proposals?product=truetalk')
    .expect(200)
    .expect((answer) => expect(answer.text).not.toContain(name));
  await two.get(`/console/proposals/${id}`).expect(404);
});

test('in a trial one person does both, and the page says so', async () => {
  await markTrial(varsel.database.owner, true);
  const { page, hash } = await proposed({}, ole);
  expect((await ole.get(page)).text).toContain('I en prøve må du også godkende det');
  await ole.post(`${page}/approve`, { hash }).expect(303);
  expect((await ole.get(page)).text).toContain('En og samme person foreslog og godkendte det.');
  await markTrial(varsel.database.owner, false);
});
