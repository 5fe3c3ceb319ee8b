import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../src/app/routes.ts';
import { oneRow } from '../../src/db/postgres.ts';
import { KEY_ROLES, type KeyRole } from '../../src/domain/permission.ts';
import { aController, anAnnouncement } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Every call of the API, and the lowest role that may make it. */
const CALLS: readonly (readonly [Method, string, KeyRole])[] = [
  ['get', '/v1/products', 'reader'],
  ['get', '/v1/products/:product', 'reader'],
  ['put', '/v1/products/:product', 'admin'],
  ['get', '/v1/products/:product/terms', 'reader'],
  ['get', '/v1/products/:product/register', 'reader'],
  ['get', '/v1/products/:product/entitlement', 'reader'],
  ['get', '/v1/products/:product/transfers', 'reader'],
  ['put', '/v1/products/:product/register', 'admin'],
  ['get', '/v1/controllers', 'reader'],
  ['get', '/v1/controllers/:externalId', 'reader'],
  ['get', '/v1/controllers/:externalId/changes', 'reader'],
  ['get', '/v1/controllers/:externalId/products/:product/register', 'reader'],
  ['put', '/v1/controllers/:externalId', 'admin'],
  ['patch', '/v1/controllers/:externalId', 'admin'],
  ['delete', '/v1/controllers/:externalId', 'admin'],
  ['get', '/v1/controllers/:externalId/contacts', 'reader'],
  ['post', '/v1/controllers/:externalId/contacts', 'admin'],
  ['put', '/v1/controllers/:externalId/contacts/:contactId', 'admin'],
  ['delete', '/v1/controllers/:externalId/contacts/:contactId', 'admin'],
  ['post', '/v1/controllers/import', 'admin'],
  ['delete', '/v1/controllers/:externalId/products/:product', 'admin'],
  ['post', '/v1/changes', 'officer'],
  ['post', '/v1/changes/preview', 'officer'],
  ['post', '/v1/changes/preview/notice', 'officer'],
  ['get', '/v1/changes', 'reader'],
  ['get', '/v1/changes/:id', 'reader'],
  ['get', '/v1/changes/:id/controllers', 'reader'],
  ['get', '/v1/changes/:id/controllers/:externalId/messages', 'reader'],
  ['get', '/v1/changes/:id/progress', 'reader'],
  ['get', '/v1/changes/:id/events', 'reader'],
  ['get', '/v1/changes/:id/evidence', 'officer'],
  ['post', '/v1/changes/:id/confirm-wording', 'officer'],
  ['post', '/v1/changes/:id/activate', 'officer'],
  ['post', '/v1/changes/:id/activate/preview', 'officer'],
  ['get', '/v1/changes/:id/activations', 'reader'],
  ['post', '/v1/changes/:id/close', 'officer'],
  ['post', '/v1/changes/:id/listed-in-terms', 'officer'],
  ['post', '/v1/changes/:id/withdraw', 'officer'],
  ['post', '/v1/changes/:id/withdraw/preview', 'officer'],
  ['post', '/v1/changes/:id/controllers/:externalId/notice-by-letter', 'officer'],
  ['post', '/v1/changes/:id/controllers/:externalId/resend', 'officer'],
  ['post', '/v1/changes/:id/resend-failed', 'officer'],
  ['get', '/v1/changes/:id/nominations', 'reader'],
  ['get', '/v1/nominations', 'reader'],
  ['get', '/v1/nominations/:id', 'reader'],
  ['post', '/v1/nominations/:id/confirm', 'officer'],
  ['post', '/v1/nominations/:id/reject', 'officer'],
  ['post', '/v1/nominations/:id/confirm/preview', 'officer'],
  ['post', '/v1/changes/:id/objections', 'officer'],
  ['get', '/v1/changes/:id/objections', 'reader'],
  ['get', '/v1/changes/:id/approvals', 'reader'],
  ['post', '/v1/changes/:id/approvals', 'officer'],
  ['get', '/v1/approvals', 'reader'],
  ['get', '/v1/approvals/:id', 'reader'],
  ['post', '/v1/approvals/:id/confirm', 'officer'],
  ['post', '/v1/approvals/:id/confirm/preview', 'officer'],
  ['post', '/v1/approvals/:id/withdraw', 'officer'],
  ['post', '/v1/approvals/:id/withdraw/preview', 'officer'],
  ['get', '/v1/objections', 'reader'],
  ['get', '/v1/objections/:id', 'reader'],
  ['post', '/v1/objections/:id/resolve', 'officer'],
  ['post', '/v1/objections/:id/resolve/preview', 'officer'],
  ['post', '/v1/objections/:id/accept-late', 'officer'],
  ['post', '/v1/objections/:id/accept-late/preview', 'officer'],
  ['get', '/v1/changes/:id/answers', 'officer'],
  ['get', '/v1/answers', 'officer'],
  ['get', '/v1/answers/:id', 'officer'],
  ['get', '/v1/answers/:id/mail', 'officer'],
  ['post', '/v1/answers/:id/classify', 'officer'],
  ['post', '/v1/answers/:id/classify/preview', 'officer'],
  ['get', '/v1/changes/:id/mails', 'officer'],
  ['get', '/v1/mails', 'officer'],
  ['get', '/v1/mails/:id', 'officer'],
  ['get', '/v1/mails/:id/raw', 'officer'],
  ['post', '/v1/mails/:id/attribute', 'officer'],
  ['post', '/v1/mails/:id/dismiss', 'officer'],
  ['post', '/v1/mails/:id/answer', 'officer'],
  ['get', '/v1/changes/:id/scans', 'officer'],
  ['post', '/v1/changes/:id/scans', 'officer'],
  ['get', '/v1/scans/:id', 'officer'],
  ['get', '/v1/notices/:id', 'reader'],
  ['get', '/v1/notices/:id/mail', 'officer'],
  ['get', '/v1/notices/:id/reports/:reportId/mail', 'officer'],
  ['post', '/v1/notices/:id/bounce', 'officer'],
  ['post', '/v1/notices/:id/reached', 'officer'],
  ['post', '/v1/proposals', 'officer'],
  ['get', '/v1/proposals', 'reader'],
  ['get', '/v1/proposals/:id', 'reader'],
  ['get', '/v1/proposals/:id/preview', 'reader'],
  ['post', '/v1/proposals/:id/cancel', 'officer'],
  ['post', '/v1/persons/export', 'admin'],
  ['post', '/v1/persons/erase', 'admin'],
  ['get', '/v1/audit', 'admin'],
  ['get', '/v1/checkpoints', 'reader'],
  ['get', '/v1/checkpoints/latest', 'reader'],
  ['get', '/v1/checkpoints/keys', 'reader'],
  ['get', '/v1/retention/preview', 'officer'],
  ['post', '/v1/legal-holds', 'officer'],
  ['get', '/v1/legal-holds', 'officer'],
  ['post', '/v1/legal-holds/:id/release', 'officer'],
  ['get', '/v1/events', 'reader'],
  ['post', '/v1/webhooks', 'admin'],
  ['get', '/v1/webhooks', 'admin'],
  ['get', '/v1/webhooks/:id', 'admin'],
  ['patch', '/v1/webhooks/:id', 'admin'],
  ['delete', '/v1/webhooks/:id', 'admin'],
  ['post', '/v1/webhooks/:id/rotate-secret', 'admin'],
  ['delete', '/v1/webhooks/:id/previous-secret', 'admin'],
  ['post', '/v1/webhooks/:id/test', 'admin'],
  ['get', '/v1/webhooks/:id/deliveries', 'admin'],
  ['post', '/v1/webhooks/:id/replay', 'admin'],
  ['get', '/v1/webhooks/:id/replays', 'admin'],
  ['get', '/v1/worklist', 'reader'],
  ['get', '/v1/me', 'reader'],
  ['get', '/v1/me/passkeys', 'reader'],
  ['patch', '/v1/me/passkeys/:id', 'reader'],
  ['delete', '/v1/me/passkeys/:id', 'reader'],
  ['post', '/v1/keys', 'admin'],
  ['get', '/v1/keys', 'admin'],
  ['delete', '/v1/keys/:id', 'admin'],
  ['post', '/v1/people', 'admin'],
  ['get', '/v1/people', 'admin'],
  ['get', '/v1/people/:id', 'admin'],
  ['delete', '/v1/people/:id', 'admin'],
  ['post', '/v1/people/:id/invite', 'admin'],
  ['post', '/v1/people/:id/roles', 'admin'],
  ['delete', '/v1/people/:id/roles/:roleId', 'admin'],
  ['get', '/v1/sessions', 'reader'],
  ['delete', '/v1/sessions/:id', 'reader'],
];

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel();
});
afterAll(() => varsel.close());

/** The call for ids that do not exist, without a body: an allowed caller is refused for that, and nothing is done. */
function call(method: Method, path: string, authorization: string | null) {
  const address = path
    .replace(':product', 'nowhere')
    .replace(':externalId', 'nobody')
    .replace(':id', UNKNOWN_ID)
    .replace(':reportId', UNKNOWN_ID)
    .replace(':roleId', UNKNOWN_ID);
  const request = varsel.customer()[method](address);
  return authorization === null ? request : request.set('authorization', authorization);
}

/** What takes a person who is signed in (D56). */
const OF_PERSONS = [
  ['post', '/v1/proposals/:id/approve'],
  ['post', '/v1/proposals/:id/reject'],
] as const;

test.each(OF_PERSONS)('%s %s is for no key, whatever its role', async (method, path) => {
  for (const role of KEY_ROLES) {
    const { status, body } = await call(method, path, `Bearer ${role}-key-of-the-tests`);
    expect([status, body.detail]).toEqual([403, 'This takes a person who is signed in, not an API key.']);
  }
  expect((await call(method, path, null)).status).toBe(401);
});

test('the table below names every call that there is', () => {
  expect([...CALLS, ...OF_PERSONS].map(([method, path]) => `${method.toUpperCase()} ${path}`).toSorted()).toEqual(
    ROUTES.api.map(([method, url]) => `${method} ${url}`).toSorted(),
  );
});

describe.each(CALLS)('%s %s', (method, path, least) => {
  test.each(KEY_ROLES)('is for %s or not', async (role) => {
    const { status, body } = await call(method, path, `Bearer ${role}-key-of-the-tests`);
    if (KEY_ROLES.indexOf(role) < KEY_ROLES.indexOf(least)) {
      expect({ status, code: body.code }).toEqual({ status: 403, code: 'forbidden' });
      const roles = KEY_ROLES.slice(KEY_ROLES.indexOf(least)).join(' or ');
      expect(body.detail).toMatch(/^This takes the scope [a-z]+:[a-z]+ /);
      expect(body.detail).toContain(`(role ${roles}); the key "Test ${role}" has the role ${role}.`);
    } else {
      expect([200, 400, 404]).toContain(status);
    }
  });

  test('is for nobody without a key', async () => {
    const { status, body, headers } = await call(method, path, null);
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'unauthorized' });
    expect(headers['www-authenticate']).toBe('Bearer realm="varsel"');
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  });
});

describe('an API key', () => {
  test.each([
    'Bearer',
    'Bearer ',
    'Bearer wrong-key',
    'Bearer admin-key-of-the-tests2',
    'Bearer ADMIN-KEY-OF-THE-TESTS',
    'Bearer admin-key-of-the-tests reader-key-of-the-tests',
    'Basic YWRtaW46YWRtaW4ta2V5LW9mLXRoZS10ZXN0cw==',
    'admin-key-of-the-tests',
    'Bearer null',
    "Bearer ' or 1=1 --",
    `Bearer ${'x'.repeat(8000)}`,
  ])('is wrong as %.60s', async (authorization) => {
    expect(await call('get', '/v1/products', authorization)).toMatchObject({
      status: 401,
      body: { code: 'unauthorized' },
    });
  });

  test.each(['Bearer reader-key-of-the-tests', 'bearer reader-key-of-the-tests', 'BEARER  reader-key-of-the-tests'])(
    'is right as "%s"',
    async (authorization) => {
      expect((await call('get', '/v1/products', authorization)).status).toBe(200);
    },
  );

  test('is not taken out of the address or a cookie', async () => {
    const response = await varsel
      .customer()
      .get('/v1/products?api_key=admin-key-of-the-tests&access_token=admin-key-of-the-tests')
      .set('cookie', 'authorization=Bearer admin-key-of-the-tests');
    expect(response.status).toBe(401);
  });

  test('of too low a role is refused before the body is read', async () => {
    const post = (authorization: string) =>
      varsel.customer().post('/v1/changes').set('authorization', authorization).set('content-type', 'application/json');
    expect((await post('Bearer reader-key-of-the-tests').send('{"malformed":')).status).toBe(403);
    expect((await post('Bearer wrong').send('{"malformed":')).status).toBe(401);
    expect((await post('Bearer officer-key-of-the-tests').send('{"malformed":')).status).toBe(400);
  });

  test('of too low a role writes nothing', async () => {
    const { externalId, ...controller } = aController(1);
    const reader = varsel.api('reader');
    const officer = varsel.api('officer');
    const counted = `select (select count(*) from changes) as changes, (select count(*) from controllers) as controllers,
      (select count(*) from api_keys) as keys, (select count(*) from products) as products`;
    const before = await oneRow(varsel.database.pool, counted);
    expect((await reader.post('/v1/changes').send(anAnnouncement())).status).toBe(403);
    expect((await officer.put(`/v1/controllers/${externalId}`).send(controller)).status).toBe(403);
    expect((await officer.post('/v1/keys').send({ name: 'Mine', role: 'admin' })).status).toBe(403);
    expect(await oneRow(varsel.database.pool, counted)).toEqual(before);
  });

  test('is in no response that refuses it', async () => {
    const { text } = await call('get', '/v1/products', 'Bearer some-secret-that-was-mistyped');
    expect(text).not.toContain('some-secret');
  });

  test('is not asked for where there is nothing to protect', async () => {
    for (const address of ['/healthz', '/readyz', '/metrics', '/docs', '/docs/json', '/problems/forbidden']) {
      expect((await varsel.customer().get(address)).status).toBe(200);
    }
  });
});
