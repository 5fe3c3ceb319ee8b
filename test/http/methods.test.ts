import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROUTES } from '../../src/app/routes.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel();
});
afterAll(() => varsel.close());

const { api, customer, register, service } = ROUTES;

/** A method of HTTP that no address takes. */
const OTHER = 'PROPFIND';

/** The methods of each address that has a route. */
const methodsOf = new Map<string, Set<string>>();
for (const [method, url] of [...api, ...customer, ...register, ...service]) {
  const methods = methodsOf.get(url) ?? new Set(['OPTIONS']);
  methodsOf.set(url, methods.add(method));
  if (method === 'GET') methods.add('HEAD');
}

test.each([...methodsOf])('%s refuses another method, and names its own', async (url, methods) => {
  const response = await fetch(`${varsel.url}${url.replaceAll(/[:*]/g, '')}`, { method: OTHER });
  expect(response.status).toBe(405);
  expect(await response.json()).toMatchObject({ code: 'method-not-allowed', detail: expect.stringContaining(OTHER) });
  const allow = response.headers.get('allow')?.split(', ');
  expect(allow).toEqual(expect.arrayContaining([...methods]));
  expect(allow).not.toContain(OTHER);
});

test('an address that two routes share has the methods of both', async () => {
  const response = await fetch(`${varsel.url}/v1/controllers/import`, { method: OTHER });
  expect([response.status, response.headers.get('allow')]).toEqual([
    405,
    'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT',
  ]);
});

test('HEAD is refused where GET is, without a body', async () => {
  const response = await varsel.api().head('/v1/changes/x/withdraw').expect(405);
  expect([response.headers.allow, response.text]).toEqual(['OPTIONS, POST', undefined]);
});

test('OPTIONS names the methods of an address', async () => {
  const response = await varsel.customer().options('/v1/products/truetalk').expect(204);
  expect(response.headers.allow).toBe('GET, HEAD, OPTIONS, PUT');
});
