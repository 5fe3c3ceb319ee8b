import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { aProduct } from '../support/examples.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { haveProduct } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

let varsel: TestVarsel;
let admin: SignedInPerson;
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveProduct(varsel, aProduct({ id: 'netapp', name: 'NetApp' }));
});
afterAll(() => varsel.close());
beforeEach(async () => {
  varsel.clock.set(START);
  admin = await signIn(varsel, { name: 'Anne Holm' });
});

let invitations = 0;
const anAddress = () => `inviteret-${(invitations += 1)}@telenor.example`;

/** Invites by the form, and returns the address of the person's page. */
async function invite(fields: Record<string, string | readonly string[]> = {}): Promise<string> {
  const email = anAddress();
  const { headers } = await admin
    .post('/console/people/new', { name: 'Dorthe Persson', email, role: 'officer', products: 'truetalk', ...fields })
    .expect(303);
  return (headers['location'] ?? '').replace(/\?.*$/, '');
}

const idIn = (address: string) => address.split('/').at(-1) ?? '';

describe('the form that invites', () => {
  test('mails a link, and shows the person with its role', async () => {
    const email = anAddress();
    const sent = await admin
      .post('/console/people/new', { name: 'Dorthe Persson', email, role: 'officer', products: 'truetalk' })
      .expect(303);
    const { text } = await admin.get(sent.headers['location'] ?? '').expect(200);
    expect(text).toContain('<p class="said" role="status">Invitationen til Dorthe Persson er på vej.</p>');
    expect(text).toMatch(/Sagsbehandler<\/th><td[^>]*>TrueTalk/);
    expect(text).toContain('Inviteret; linket virker til 3. marts 2026 kl. 10.00');
    await varsel.deliver();
    const [mail] = varsel.mailbox.to(email);
    expect(mail?.text).toContain('Anne Holm har inviteret dig.');
    const { items } = (await varsel.api().get('/v1/audit?action=person.invited').expect(200)).body;
    expect(items.at(-1) ?? items[0]).toMatchObject({ details: { email } });
  });

  test('sent twice, invites once', async () => {
    const email = anAddress();
    const fields = { name: 'Bo Lind', email, role: 'reader', products: '*', once: 'a-form-of-its-own' };
    const [one, other] = [
      await admin.post('/console/people/new', fields).expect(303),
      await admin.post('/console/people/new', fields).expect(303),
    ];
    expect(other.headers['location']).toBe(one.headers['location']);
    expect(await rows(varsel.database.pool, 'select from people where email = $1', [email])).toHaveLength(1);
  });

  test('shows faults beside the fields, with everything that was typed', async () => {
    const { text } = await admin.post('/console/people/new', { name: 'Dorthe', email: 'dorthe' }).expect(400);
    expect(text).toContain('<title>Fejl: Inviter en person');
    expect(text).toContain('<a href="#email" autofocus>Skriv personens e-mailadresse, som navn@virksomhed.dk.</a>');
    expect(text).toContain('<a href="#role">Vælg den rolle, personen skal have.</a>');
    expect(text).toContain('<a href="#products">Vælg mindst ét produkt, som rollen gælder for, eller dem alle.</a>');
    expect(text).toMatch(/<input id="name"[^>]* value="Dorthe"/);
    expect(text).toMatch(/<input id="email"[^>]* value="dorthe"[^>]* aria-invalid="true"/);
  });

  test('says that somebody has the address, in English too', async () => {
    const email = anAddress();
    await invite({ email });
    const { text } = await admin
      .post('/console/people/new?lang=en', { name: 'x', email, role: 'reader', products: '*' })
      .expect(409);
    expect(text).toContain('The address is of somebody who can sign in already');
  });

  test('takes factors that were proved lately', async () => {
    const tired = await signIn(varsel);
    varsel.clock.advance({ minutes: 16 });
    const email = anAddress();
    await tired.post('/console/people/new', { name: 'x', email, role: 'reader', products: '*' }).expect(403);
    expect(await rows(varsel.database.pool, 'select from people where email = $1', [email])).toEqual([]);
  });
});

describe('the page of a person', () => {
  test('gives a role and takes it away, which counts at once', async () => {
    const reader = await signIn(varsel, { role: 'reader' });
    await reader.get('/console/people').expect(403);
    const path = `/console/people/${reader.id}`;
    await admin.post(`${path}/roles`, { role: 'admin', products: '*' }).expect(303);
    await reader.get('/console/people').expect(200);
    const { text } = await admin.get(path).expect(200);
    expect(text).toContain('name="role" type="radio" value="approver"');
    expect(text).toContain('name="products" type="checkbox" value="truetalk"');
    const roleId = /\/roles\/([0-9a-f-]{36})\/end" aria-label="Fratag Administrator for alle produkter"/.exec(
      text,
    )?.[1];
    const asked = await admin.get(`${path}/roles/${roleId}/end`).expect(200);
    expect(asked.text).toMatch(/<h1>Fratag Medarbejder \d+ rollen Administrator for alle produkter\?<\/h1>/);
    await reader.get('/console/people').expect(200);
    const done = await admin.post(`${path}/roles/${roleId}/end`).expect(303);
    await reader.get('/console/people').expect(403);
    expect((await admin.get(done.headers['location'] ?? '')).text).toContain('Rollen er frataget.');
  });

  test('says why a role is not given', async () => {
    const path = await invite();
    const { text } = await admin.post(`${path}/roles`, { role: 'officer', products: ['truetalk'] }).expect(409);
    expect(text).toContain(
      '<a href="#role" autofocus>Personen har rollen allerede. Vælg en anden rolle eller andre produkter.</a>',
    );
  });

  test('sends another link', async () => {
    const email = anAddress();
    const path = await invite({ email });
    await varsel.deliver();
    const done = await admin.post(`${path}/invite`).expect(303);
    await varsel.deliver();
    expect(varsel.mailbox.to(email)).toHaveLength(2);
    expect((await admin.get(done.headers['location'] ?? '')).text).toContain('Et nyt link er på vej.');
  });

  test('shows where the person is signed in, and ends it', async () => {
    const officer = await signIn(varsel, { role: 'officer' });
    const path = `/console/people/${officer.id}`;
    expect((await admin.get(path)).text).toContain(`${path}/sessions/${officer.sessionId}/end`);
    await admin.post(`${path}/sessions/${officer.sessionId}/end`).expect(303);
    await officer.get('/console').expect(303);
    expect((await admin.get(path)).text).toContain('Ingen sessioner lige nu.');
  });

  test('disables after asking, at once and for good', async () => {
    const officer = await signIn(varsel, { role: 'officer' });
    const path = `/console/people/${officer.id}`;
    const asked = await admin.get(`${path}/disable`).expect(200);
    expect(asked.text).toContain('Det kan ikke fortrydes');
    await officer.get('/console').expect(200);
    await admin.post(`${path}/disable`).expect(303);
    await officer.get('/console').expect(303);
    const { text } = await admin.get(path).expect(200);
    expect(text).toContain('Spærret 2. marts 2026 kl. 10.00');
    expect(text).not.toContain('<form method="post" action="/console/people');
    expect((await admin.get('/console/people?disabled=true')).text).toContain(officer.id);
    expect((await admin.get('/console/people')).text).not.toContain(officer.id);
  });

  test('keeps the last administrator, and says why', async () => {
    const own = await startVarsel(START);
    try {
      const only = await signIn(own);
      const { text } = await only.post(`/console/people/${only.id}/disable`).expect(409);
      expect(text).toContain('Det er den sidste administrator');
      await only.get('/console').expect(200);
    } finally {
      await own.close();
    }
  });

  test('of nobody, and of a person of other products, is not found', async () => {
    const ofNetapp = await signIn(varsel, { role: 'admin', products: ['netapp'] });
    const path = await invite();
    for (const address of [path, `${path}/disable`, '/console/people/nope']) await ofNetapp.get(address).expect(404);
    await ofNetapp.post(`${path}/disable`).expect(404);
    await admin.get(path).expect(200);
  });
});

test('who manages the people of one product sees those, and gives roles for it alone', async () => {
  const ofNetapp = await signIn(varsel, { role: 'admin', products: ['netapp'] });
  const path = await invite({ products: ['netapp'] });
  const { text } = await ofNetapp.get('/console/people').expect(200);
  expect(text).toContain(path);
  expect(text).not.toContain('<option value="truetalk"');
  // Who has roles for all products is seen, and not managed.
  expect(text).toContain('Anne Holm');
  expect(text).not.toContain(admin.id);
  const person = await ofNetapp.get(path).expect(200);
  expect(person.text).not.toContain('Alle produkter, også nye');
  await ofNetapp.post(`${path}/roles`, { role: 'reader', products: '*' }).expect(403);
  await ofNetapp.post(`${path}/roles`, { role: 'reader', products: 'netapp' }).expect(303);
});

describe('one’s own page', () => {
  test('shows one’s sessions, also without a role, and ends them', async () => {
    const nobody = await signIn(varsel, { role: null });
    const { text } = await nobody.get('/console/me').expect(200);
    expect(text).toContain('ingen roller');
    expect(text).toContain('Denne browser');
    expect(text.match(/\/console\/me\/sessions\/[0-9a-f-]+\/end/g)).toEqual([
      `/console/me/sessions/${nobody.sessionId}/end`,
    ]);
    await nobody.post(`/console/me/sessions/${nobody.sessionId}/end`).expect(303);
    await nobody.get('/console/me').expect(303);
  });

  test('ends nobody else’s', async () => {
    const [one, other] = [await signIn(varsel, { role: 'reader' }), await signIn(varsel, { role: 'reader' })];
    await one.post(`/console/me/sessions/${other.sessionId}/end`).expect(404);
    await other.get('/console/me').expect(200);
  });
});

test('people are not for who does not manage them', async () => {
  const officer = await signIn(varsel, { role: 'officer' });
  const path = await invite();
  for (const address of ['/console/people', '/console/people/new', path]) await officer.get(address).expect(403);
  await officer.post(`${path}/roles`, { role: 'admin', products: '*' }).expect(403);
  expect(
    await rows(varsel.database.pool, `select from person_roles where person_id = $1 and role = 'admin'`, [idIn(path)]),
  ).toEqual([]);
});
