import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { type ReceivedMail, tokenIn } from '../support/mailbox.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';

/** SQL, HTML, a template and an entity in one line, with a name to find it by. */
const hostile = (field: string) =>
  `<x-${field} onclick="alert('${field}')">'); drop table changes; -- <%= 7 * 7 %> {{7*7}} \${7*7} &lt;b&gt; %s</x-${field}>`;
/** The same within 50 characters. */
const short = (field: string) => `<x-${field} id="1">'; drop table x; --`;
/** What none of these texts may become. */
const TAG = /<\/?x-[a-z]/i;

const product = {
  name: hostile('product'),
  processor: {
    name: hostile('processor'),
    registrationNumber: short('processor-number'),
    address: hostile('processor-address'),
  },
  terms: { objectionWindowDays: 10, timeZone: 'Europe/Copenhagen', rollForward: false },
  objectionAddress: {
    // Legal in an address, and an end of a string in SQL and in HTML.
    email: "o'brien&co@telenor.example",
    postal: `${hostile('postal')}\n${hostile('postal-two')}`,
  },
};
const company = (prefix: string) => ({
  name: hostile(`${prefix}-name`),
  registrationNumber: short(`${prefix}-number`),
  address: hostile(`${prefix}-address`),
  country: 'DK',
  contactPerson: { name: hostile(`${prefix}-person`), email: 'person@nordlys.example' },
  parentId: null,
  processing: { da: `${hostile(`${prefix}-work`)}\n\n${hostile(`${prefix}-more`)}`, en: hostile(`${prefix}-work-en`) },
  personalData: { da: hostile(`${prefix}-data`), en: hostile(`${prefix}-data-en`) },
  locations: [
    { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: hostile(`${prefix}-certified`) } },
    { country: 'GB', transferBasis: { article: '45', decision: `2021/1772 ${hostile(`${prefix}-decision`)}` } },
  ],
});
const controller = {
  name: hostile('controller'),
  registrationNumber: short('controller-number'),
  products: ['hostile'],
  contacts: [
    { email: "da'--@kunde.example", name: hostile('contact'), language: 'da' },
    { email: 'en&co+x@kunde.example', name: hostile('contact-en'), language: 'en' },
  ],
};
const [DANISH, ENGLISH] = controller.contacts.map(({ email }) => email) as [string, string];
const parentId = '01999000-0000-7000-8000-000000000001';
const reason = { da: hostile('reason'), en: hostile('reason-en') };
const objectionText = `${hostile('objection')}\n</textarea><script>alert(1)</script>`;

let varsel: TestVarsel;
let change: { id: string };

beforeAll(async () => {
  varsel = await startVarsel(START);
  const admin = varsel.api();
  await admin.put('/v1/products/hostile').send(product).expect(201);
  const register = await admin
    .put('/v1/products/hostile/register')
    .send({ entries: [{ ...company('parent'), id: parentId }, company('old')] })
    .expect(201);
  const replaces = register.body.entries.find(({ name }: { name: string }) => name === hostile('old-name')).id;
  await admin.put('/v1/controllers/hostile').send(controller).expect(201);
  const announced = await admin
    .post('/v1/changes')
    .send({
      product: 'hostile',
      kind: 'replacement',
      replaces,
      subProcessor: { ...company('new'), parentId },
      reason,
      plannedActivationOn: '2026-04-15',
    })
    .expect(201);
  change = announced.body;
  await varsel.deliver();
});
afterAll(() => varsel.close());

function mailTo(address: string): ReceivedMail {
  const mail = varsel.mailbox.to(address).at(-1);
  if (mail === undefined) throw new Error(`no mail to ${address}`);
  return mail;
}

/** Text with every run of white space as one space, because line breaks do not matter. */
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');
const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
/** The text that a browser shows of HTML: without tags, with entities decoded. */
const shown = (html: string) =>
  flat(
    html
      .replaceAll(/<(br|p|div|li|tr|td|th|h[1-6])\b[^>]*>/g, ' ')
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll('&quot;', '"')
      .replaceAll(/&#(39|x27);/gi, "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  );

/** Expects HTML, and its text part where there is one, to show these texts as text. */
function expectAsText(html: string, texts: readonly string[], textPart: string | null) {
  expect(html).not.toMatch(TAG);
  expect(html).not.toContain('<script>');
  for (const text of texts) {
    expect(shown(html)).toContain(flat(text));
    // A quoted text is folded, and each of its lines is marked.
    if (textPart !== null) expect(flat(textPart.replaceAll(/\n> ?/g, '\n'))).toContain(flat(text));
  }
  // No template expression was evaluated.
  expect(shown(html)).not.toMatch(/<%= 49 %>|\{\{49\}\}|-- 49 /);
}

const said = (prefix: string, language: 'da' | 'en') => {
  const { name, registrationNumber, address, contactPerson, processing, personalData, locations } = company(prefix);
  return [
    name,
    registrationNumber,
    address,
    contactPerson.name,
    processing[language],
    personalData[language],
    locations[0]?.transferBasis.certifiedAs ?? '',
  ];
};

test('the API returns every text as it was given', async () => {
  const api = varsel.api('reader');
  expect((await api.get('/v1/products/hostile')).body).toMatchObject({ id: 'hostile', ...product });
  expect((await api.get('/v1/controllers/hostile')).body).toMatchObject({ externalId: 'hostile', ...controller });
  expect(change).toMatchObject({ subProcessor: { ...company('new'), parentId }, reason });
  expect((await api.get(`/v1/changes/${change.id}`)).body).toMatchObject({
    subProcessor: { ...company('new'), parentId },
    reason,
  });
  expect((await api.get('/v1/products/hostile/register')).body.entries).toMatchObject([
    company('parent'),
    company('old'),
  ]);
  expect((await api.get(`/v1/changes/${change.id}/controllers`)).body.items).toMatchObject([
    { name: controller.name, notices: expect.arrayContaining([expect.objectContaining({ email: DANISH })]) },
  ]);
});

describe.each(['da', 'en'] as const)('in %s', (language) => {
  const address = () => (language === 'da' ? DANISH : ENGLISH);
  const contact = () => controller.contacts.find((each) => each.language === language)?.name ?? '';

  test('the notice shows every text as text, in HTML and in plain text', () => {
    const mail = varsel.mailbox.to(address())[0];
    expectAsText(
      String(mail?.html),
      [
        product.name,
        product.processor.name,
        product.objectionAddress.email,
        ...product.objectionAddress.postal.split('\n'),
        controller.name,
        contact(),
        reason[language],
        ...said('new', language),
        hostile('parent-name'),
        hostile('old-name'),
      ],
      mail?.text ?? '',
    );
    expect(mail?.headers.has('bcc')).toBe(false);
  });

  test('the page behind the link shows every text as text', async () => {
    const [mail] = varsel.mailbox.to(address());
    const page = await varsel.customer().get(`/objections/${mail ? tokenIn(mail) : ''}?lang=${language}`);
    expect(page.status).toBe(200);
    expectAsText(
      page.text,
      [product.name, product.processor.name, controller.name, contact(), reason[language], ...said('new', language)],
      null,
    );
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });
});

test('the public register shows every text as text', async () => {
  const page = await varsel.customer().get('/register/hostile?lang=en').expect(200);
  const texts = (prefix: string) => [
    hostile(`${prefix}-name`),
    hostile(`${prefix}-address`),
    hostile(`${prefix}-work-en`),
    hostile(`${prefix}-data-en`),
  ];
  expectAsText(page.text, [product.name, product.processor.name, ...texts('parent'), ...texts('old')], null);
});

test('the form gives back what was typed as text', async () => {
  const [mail] = varsel.mailbox.to(DANISH);
  const page = await varsel
    .customer()
    .post(`/objections/${mail ? tokenIn(mail) : ''}`)
    .type('form')
    .send({ reasons: `${objectionText}${'x'.repeat(20_000)}`, name: hostile('typed') });
  expect(page.status).toBe(422);
  expectAsText(page.text, [objectionText], null);
  expect(page.text).toContain(`value="${escaped(hostile('typed'))}"`);
});

test('an objection is shown and mailed as text, on its receipt, in its list and in its mails', async () => {
  const token = tokenIn(varsel.mailbox.to(DANISH)[0] ?? mailTo(DANISH));
  const received = await varsel
    .customer()
    .post(`/objections/${token}`)
    .set('content-type', 'application/json')
    .send({ reasons: objectionText, name: hostile('objector') })
    .expect(201);
  const objection = received.body;
  expect(objection).toMatchObject({ reasons: objectionText, from: { name: hostile('objector'), email: DANISH } });
  for (const path of [`/objections/${token}`, `/objections/${token}/${objection.id}`]) {
    const page = await varsel.customer().get(path).expect(200);
    expectAsText(page.text, [objectionText], null);
  }
  await varsel.deliver();
  const mail = mailTo(DANISH);
  // In plain text every line of the reasons is marked as quoted.
  const lines = objectionText.split('\n');
  expectAsText(String(mail.html), [...lines, controller.name, hostile('new-name')], mail.text ?? '');

  const explanation = `${hostile('explanation')}\n${hostile('explanation-two')}`;
  await varsel
    .api()
    .post(`/v1/objections/${objection.id}/resolve`)
    .send({ outcome: 'accommodated', explanation })
    .expect(200);
  expect((await varsel.api().get(`/v1/objections/${objection.id}`)).body.resolution.explanation).toBe(explanation);
  await varsel.deliver();
  const resolved = mailTo(DANISH);
  expectAsText(String(resolved.html), explanation.split('\n'), resolved.text ?? '');
  expectAsText(
    (await varsel.customer().get(`/objections/${token}/${objection.id}`)).text,
    explanation.split('\n'),
    null,
  );
});

test('a rejected attempt recorded from an e-mail is mailed as text', async () => {
  varsel.clock.set('2026-03-20T09:00:00Z');
  const rejected = await varsel
    .api()
    .post(`/v1/changes/${change.id}/objections`)
    .send({
      controller: 'hostile',
      reasons: hostile('late'),
      channel: 'email',
      receivedAt: '2026-03-20T08:00:00Z',
      from: { name: hostile('late-sender'), email: "x'--@kunde.example" },
    });
  expect(rejected.body).toMatchObject({ code: 'window-closed', objection: { reasons: hostile('late') } });
  await varsel.deliver();
  const mail = mailTo(DANISH);
  expectAsText(String(mail.html), [hostile('late'), hostile('late-sender')], mail.text ?? '');
});

test('a key, a reference and an idempotency key are kept as they were given', async () => {
  const key = await varsel
    .api()
    .post('/v1/keys')
    .set('idempotency-key', "');drop-table-api_keys;--<script>")
    .send({ name: short('key'), role: 'officer' })
    .expect(201);
  expect(key.body.name).toBe(short('key'));
  const letter = await varsel
    .customer()
    .post(`/v1/changes/${change.id}/controllers/hostile/notice-by-letter`)
    .set('authorization', `Bearer ${key.body.key}`)
    .send({ arrivedOn: '2026-03-02', reference: hostile('reference') })
    .expect(201);
  expect(letter.body.externalId).toBe('hostile');
  expect(
    await rows(varsel.database.pool, 'select reference, recorded_by from letters where change_id = $1', [change.id]),
  ).toEqual([{ reference: hostile('reference'), recorded_by: `key ${key.body.id}` }]);
});

test('a withdrawal is shown and mailed as text', async () => {
  const withdrawal = { da: hostile('withdrawal'), en: hostile('withdrawal-en') };
  const withdrawn = await varsel
    .api()
    .post(`/v1/changes/${change.id}/withdraw`)
    .send({ reason: withdrawal })
    .expect(200);
  expect(withdrawn.body.withdrawalReason).toEqual(withdrawal);
  await varsel.deliver();
  for (const [address, text] of [
    [DANISH, withdrawal.da],
    [ENGLISH, withdrawal.en],
  ] as const) {
    const mail = mailTo(address);
    expectAsText(String(mail.html), [text, hostile('new-name')], mail.text ?? '');
    const page = await varsel.customer().get(`/objections/${tokenIn(varsel.mailbox.to(address)[0] ?? mail)}`);
    expectAsText(page.text, [text], null);
  }
});

test('texts in a query or an address find nothing and break nothing', async () => {
  const text = encodeURIComponent("x' or '1'='1'; drop table changes; --");
  const api = varsel.api();
  for (const path of [`/v1/controllers/${text}`, `/v1/products/${text}`, `/v1/changes/${text}`]) {
    expect((await api.get(path)).status).toBe(404);
  }
  for (const query of [`/v1/controllers?product=${text}`, `/v1/changes?status=${text}`, `/v1/changes?cursor=${text}`]) {
    expect((await api.get(query)).status).toBe(400);
  }
});

test('no table is gone, and no mail went to anybody else', async () => {
  expect(await oneRow(varsel.database.pool, 'select count(*) from changes')).toEqual({ count: 1 });
  expect(varsel.mailbox.mails.length).toBeGreaterThan(6);
  expect([...new Set(varsel.mailbox.mails.flatMap(({ envelope }) => envelope.to))].toSorted()).toEqual(
    [DANISH, ENGLISH].toSorted(),
  );
  for (const { subject } of varsel.mailbox.mails) expect(subject).not.toMatch(/[\r\n]/);
});
