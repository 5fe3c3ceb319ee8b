import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aController } from '../support/examples.ts';
import { pagesOf, type Page, type PageRequest, type Pages } from '../support/pages.ts';
import { announce, haveControllers, linkOf, notifyByLetter } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const OPEN = '2026-03-07T09:00:00Z';
const FORM = 'application/x-www-form-urlencoded';

let varsel: TestVarsel;
let pages: Pages;
let link: string;

beforeAll(async () => {
  varsel = await startVarsel(ANNOUNCED);
  pages = pagesOf(varsel);
  await haveControllers(varsel, [aController(1)]);
  const id = await announce(varsel);
  varsel.clock.set(OPEN);
  await notifyByLetter(varsel, id, ['kunde-1'], '2026-03-03');
  link = await linkOf(varsel, id, 'kunde-1');
});
afterAll(() => varsel.close());

/** Sends a request to the link, or to an address `under` it: as a person's browser does, and as a program does. */
async function responsesTo(request: PageRequest & { readonly under?: string }) {
  const { under = '', ...options } = request;
  const url = `${link}${under}`;
  const asProgram = { ...options.headers, accept: 'application/json' };
  return [await pages.send(url, options), await pages.send(url, { ...options, headers: asProgram })] as const;
}

function expectSecrecy({ headers }: Page): void {
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex',
    'x-content-type-options': 'nosniff',
  });
  expect(headers['content-security-policy']).toContain("default-src 'none'");
}

/** Expects the header: who the page is from, about which product, and the same address in the other language. */
function expectHeader({ body }: Page, other: 'da' | 'en'): void {
  const name = other === 'da' ? 'Dansk' : 'English';
  expect(body).toContain('<p class="sender"><strong>Telenor A/S</strong> <span>TrueTalk</span></p>');
  expect(body).toContain(`<a href="${link}?lang=${other}" lang="${other}" hreflang="${other}">${name}</a>`);
}

const form = (payload: string) => ({ method: 'POST', headers: { 'content-type': FORM }, payload }) as const;

it.each<[string, number, PageRequest & { readonly under?: string }]>([
  ['the page', 200, { method: 'GET' }],
  ['HEAD of the page', 200, { method: 'HEAD' }],
  ['an objection that does not exist', 404, { method: 'GET', under: '/none' }],
  ['withdrawing one that does not exist', 404, { method: 'GET', under: '/none/withdraw' }],
  ['a deeper address', 404, { method: 'GET', under: '/a/b/c' }],
  ['a wrong token', 404, { method: 'GET', under: 'x' }],
  ['an address that cannot be read', 404, { method: 'GET', under: '%zz' }],
  ['an endless address', 404, { method: 'GET', under: 'x'.repeat(600) }],
  ['PUT', 405, { method: 'PUT' }],
  ['DELETE', 405, { method: 'DELETE' }],
  ['OPTIONS', 204, { method: 'OPTIONS' }],
  ['a form without reasons', 422, form('reasons=-')],
  ['a field that came twice', 400, form('reasons=USA&name=A&name=B')],
  ['a body over the limit', 413, form(`reasons=${'x'.repeat(2_200_000)}`)],
  ['another content type', 415, { ...form('reasons=USA'), headers: { 'content-type': 'text/plain' } }],
  ['another charset', 415, { ...form('reasons=USA'), headers: { 'content-type': `${FORM}; charset=latin1` } }],
  ['a form without any field', 422, form('')],
  ['a POST of nothing', 422, { method: 'POST' }],
  ['a form with reasons', 303, form('reasons=USA')],
])('the response to %s (%i) is not cached, not listed, and sends no referrer', async (_, status, request) => {
  const [asPerson, asProgram] = await responsesTo(request);
  expect(asPerson.statusCode).toBe(status);
  expectSecrecy(asPerson);
  expectSecrecy(asProgram);
});

it('the response to a request that fails on our side (500) is no exception', async () => {
  await varsel.database.owner.query('alter table objections rename to objections_elsewhere');
  const [asPerson, asProgram] = await responsesTo({ method: 'GET' });
  await varsel.database.owner.query('alter table objections_elsewhere rename to objections');
  expect(asPerson.statusCode).toBe(500);
  expect(asPerson.body).toContain('<html lang="da">');
  expect(asPerson.body).not.toContain('Something went wrong');
  expectSecrecy(asPerson);
  expectSecrecy(asProgram);
});

describe('the failure page of a link that is known', () => {
  it('has the header and the language switch, on GET', async () => {
    await varsel.database.owner.query('alter table objections rename to objections_elsewhere');
    const danish = await pages.get(link);
    const english = await pages.get(`${link}?lang=en`);
    await varsel.database.owner.query('alter table objections_elsewhere rename to objections');
    expect([danish.statusCode, english.statusCode]).toEqual([500, 500]);
    expectHeader(danish, 'en');
    expectHeader(english, 'da');
  });

  it.each<[string, number, PageRequest]>([
    ['a body over the limit', 413, form(`reasons=${'x'.repeat(2_200_000)}`)],
    ['another content type', 415, { ...form('reasons=USA'), headers: { 'content-type': 'text/plain' } }],
  ])('has the header and the language switch, after a POST of %s', async (_, status, request) => {
    const danish = await pages.send(link, request);
    const english = await pages.send(`${link}?lang=en`, request);
    expect([danish.statusCode, english.statusCode]).toEqual([status, status]);
    expectHeader(danish, 'en');
    expectHeader(english, 'da');
  });
});

it('the response to one request too many (429) is no exception', async () => {
  for (let times = 0; times < 30; times += 1) await pages.form(link, 'reasons=');
  const [asPerson, asProgram] = await responsesTo(form('reasons='));
  expect([asPerson.statusCode, asProgram.statusCode]).toEqual([429, 429]);
  expectHeader(asPerson, 'en');
  expectSecrecy(asPerson);
  expectSecrecy(asProgram);
});
