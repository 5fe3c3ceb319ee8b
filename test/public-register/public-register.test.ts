import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyRow } from '../support/database.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import { DAYS, fillRegister } from '../support/public-register.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const PAGE = '/register/truetalk';
const ADDRESSES = [PAGE, `${PAGE}.json`, `${PAGE}.csv`, `${PAGE}.atom`];

let varsel: TestVarsel;
let pages: Pages;
let ids: Awaited<ReturnType<typeof fillRegister>>;

beforeAll(async () => {
  varsel = await startVarsel(DAYS.loaded);
  pages = pagesOf(varsel);
  ids = await fillRegister(varsel);
});
afterAll(() => varsel.close());

/** The text of a page, without tags. */
const textOf = (html: string) =>
  html
    .replace(/^.*<body>/s, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');

describe('the public register', () => {
  it('lists the sub-processors of today in their tiers, with places and transfer bases in words', async () => {
    const page = await pages.get(PAGE);
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const text = textOf(page.body);
    const inOrder = [
      'Underdatabehandlere i TrueTalk',
      'Listen i dag, mandag den 20. april 2026',
      'Underdatabehandlere til databehandleren, Telenor A/S',
      'Gintel AS',
      '983 953 271',
      'Norge : inden for EØS, intet overførselsgrundlag nødvendigt',
      'Userflow Inc.',
      'certificeret som Userflow Inc.',
      'Nordlys Hosting 1 ApS',
      'Underdatabehandlere til Gintel AS',
      'Atlassian',
      'Tyskland : inden for EØS',
      'Irland : inden for EØS',
      'Underdatabehandlere til Userflow Inc.',
      'Google',
    ];
    let from = 0;
    for (const part of inOrder) {
      const found = text.indexOf(part, from);
      expect([part, found >= from]).toEqual([part, true]);
      from = found;
    }
  });

  it('tells of planned changes: what they are, their day and their reason, escaped', async () => {
    const { body } = await pages.get(`${PAGE}?lang=en`);
    expect(body).toContain(`id="change-${ids.announced}"`);
    expect(body).toContain('Planned: Velkomst &amp; Søn &lt;ApS&gt; will replace Userflow Inc.');
    expect(body).toContain('Monday 1 June 2026');
    expect(body).toContain('Operations are gathered at one supplier');
    expect(body).toContain('lang="da">Onboarding,\n&quot;på dansk&quot;');
    expect(body).not.toContain('<ApS>');
  });

  it('tells of past changes by the day in the time zone of the product, with the reason as announced', async () => {
    const text = textOf((await pages.get(PAGE)).body);
    expect(text).toContain('Nordlys Hosting 1 ApS er tilføjet fredag den 17. april 2026 Driften samles');
    expect(text).toContain(
      'Trukket tilbage: Nordlys Hosting 2 ApS skulle være tilføjet Underdatabehandler til Gintel AS lørdag den 18. april 2026 Driften samles',
    );
    expect(text).not.toContain('fordi Kunde 1');
  });

  it('shows the register of a past day, says that it is past, and keeps the day in every link', async () => {
    const { body } = await pages.get(`${PAGE}?asOf=2026-04-16`);
    expect(textOf(body)).toContain('Listen, som den var torsdag den 16. april 2026');
    expect(textOf(body).split('Planlagte ændringer')[0]).not.toContain('Nordlys');
    expect(body).toContain(`href="${PAGE}?lang=en&amp;asOf=2026-04-16"`);
    expect(body).toContain(`href="${PAGE}.csv?lang=da&amp;asOf=2026-04-16"`);
    expect(body).toContain(`href="${PAGE}.json?asOf=2026-04-16"`);
    expect(body).toContain('name="asOf" type="date" value="2026-04-16" max="2026-04-20"');
    expect((await pages.get(`${PAGE}?asOf=2026-04-17`)).body.split('Planlagte')[0]).toContain('Nordlys Hosting 1 ApS');
    const before = await pages.get(`${PAGE}?asOf=0001-01-01`);
    expect(before.body).toContain('Der står ingen underdatabehandlere på listen denne dag.');
  });

  it('shows today where the day is left empty, as a form sends it', async () => {
    expect((await pages.get(`${PAGE}?asOf=&lang=da`)).body).toBe((await pages.get(`${PAGE}?lang=da`)).body);
  });

  it('is found by search engines today, and not as of another day', async () => {
    const today = await pages.get(PAGE);
    expect(today.headers['x-robots-tag']).toBeUndefined();
    expect(today.body).not.toContain('noindex');
    expect(today.body).toContain(`<link rel="canonical" href="${PAGE}?lang=da">`);
    expect((await pages.get(`${PAGE}?asOf=2026-04-16`)).body).toContain('<meta name="robots" content="noindex">');
  });

  it('runs no script and loads nothing from elsewhere', async () => {
    const page = await pages.get(PAGE);
    expect(page.headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(page.body).not.toMatch(/<script|style=|https?:/);
  });

  it('links to its other forms and languages', async () => {
    const { body } = await pages.get(`${PAGE}?lang=en`);
    expect(body).toContain(`<link rel="alternate" href="${PAGE}.atom?lang=en" type="application/atom+xml"`);
    expect(body).toContain(`<link rel="alternate" href="${PAGE}.csv?lang=en" type="text/csv">`);
    expect(body).toContain(`<link rel="alternate" href="${PAGE}.json" type="application/json">`);
    expect(body).toContain(`<link rel="alternate" href="${PAGE}?lang=da" hreflang="da">`);
    const hrefs = [...body.matchAll(/href="(\/register[^"]*)"/g)].map(([, href]) =>
      (href ?? '').replaceAll('&amp;', '&'),
    );
    for (const href of hrefs) expect([href, (await pages.get(href)).statusCode]).toEqual([href, 200]);
  });
});

describe('the language of the register', () => {
  it.each([
    [undefined, 'da'],
    ['en-US,en;q=0.9', 'en'],
    ['da,en;q=0.9', 'da'],
    ['en;q=0.5, da;q=0.8', 'da'],
    ['de, en;q=0.1', 'en'],
    ['de, fr', 'da'],
    ['da-DK, en', 'da'],
    ['*, en;q=0.5', 'en'],
    ['en;q=0', 'da'],
    ['*', 'da'],
    [';;;,q=,en;q=x', 'da'],
  ])('that a browser asks for with Accept-Language %j is %s', async (accepted, language) => {
    const page = await pages.get(PAGE, accepted === undefined ? {} : { 'accept-language': accepted });
    expect(page.body).toContain(`<html lang="${language}">`);
    expect(page.headers['content-language']).toBe(language);
  });

  it('is the reader’s choice before that, and anything else is no choice', async () => {
    expect((await pages.get(`${PAGE}?lang=en`, { 'accept-language': 'da' })).body).toContain('<html lang="en">');
    expect((await pages.get(`${PAGE}?lang=fr`, { 'accept-language': 'en' })).body).toContain('<html lang="en">');
    expect((await pages.get(`${PAGE}?lang=da&lang=en`)).body).toContain('<html lang="da">');
  });
});

describe('a register that cannot be shown', () => {
  it.each(['nope', 'TrueTalk', '%00', 'x'.repeat(200), '', 'truetalk/x', 'truetalk.pdf'])(
    'is a page that is kept nowhere: %j',
    async (product) => {
      const page = await pages.get(`/register/${product}`, { 'accept-language': 'en' });
      expect(page.statusCode).toBe(404);
      expect(page.headers['content-type']).toContain('text/html');
      expect(page.headers['cache-control']).toBe('no-store');
      expect(page.body).toContain('There is no such list');
    },
  );

  it.each(['/register/nope.json', '/register/nope.csv', '/register/nope.atom'])(
    'is a problem at %s',
    async (address) => {
      const response = await pages.get(address);
      expect(response.statusCode).toBe(404);
      expect(response.headers['content-type']).toContain('application/problem+json');
      expect(response.headers['content-disposition']).toBeUndefined();
      expect(response.json()).toMatchObject({ code: 'not-found' });
    },
  );

  it('keeps the header and the language switch where the product is known', async () => {
    await varsel.database.owner.query('alter table changes rename to changes_elsewhere');
    const page = await pages.get(`${PAGE}?lang=en`);
    await varsel.database.owner.query('alter table changes_elsewhere rename to changes');
    expect(page.statusCode).toBe(500);
    expect(page.body).toContain('<p class="sender"><strong>Telenor A/S</strong> <span>TrueTalk</span></p>');
    expect(page.body).toContain(`<a href="${PAGE}?lang=da" lang="da" hreflang="da">Dansk</a>`);
  });

  it('names no sender where the product is not known, and keeps the language switch', async () => {
    const page = await pages.get('/register/nope?lang=en');
    expect(page.body).not.toContain('class="sender"');
    expect(page.body).toContain('<a href="/register/nope?lang=da" lang="da" hreflang="da">Dansk</a>');
  });

  it('is a problem where JSON is asked for', async () => {
    const response = await pages.get('/register/nope', { accept: 'application/json' });
    expect(response.json()).toMatchObject({ code: 'not-found', status: 404 });
  });

  it.each([
    '2026-02-30',
    '2026-13-01',
    '20-04-2026',
    '2026-04-20T00:00',
    '0000-01-01',
    '+002026-04-01',
    'x',
    '<b>',
    '2026-04-21',
  ])('for the day %j says what is expected and keeps the form and what was typed', async (day) => {
    const page = await pages.get(`${PAGE}?lang=en&asOf=${encodeURIComponent(day)}`);
    expect(page.statusCode).toBe(400);
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.body).toContain('<title>Error: ');
    expect(page.body).toContain('Choose a day up to today.');
    expect(page.body).toContain('aria-invalid="true"');
    expect(page.body).toContain(`value="${day.replace('<', '&lt;').replace('>', '&gt;')}"`);
    expect(page.body).not.toContain('Gintel');
  });

  it.each(['?asOf=x', '?asOf=2026-04-01&asOf=2026-04-02', '?asOf=2026-04-21'])(
    'for %s is an invalid request to programs',
    async (query) => {
      for (const [address, headers] of [
        [`${PAGE}.json`, {}],
        [`${PAGE}.csv`, {}],
        [PAGE, { accept: 'application/json' }],
      ] as const) {
        const response = await pages.get(address + query, headers);
        expect(response.statusCode).toBe(400);
        expect(response.json()).toMatchObject({
          code: 'invalid-request',
          errors: [{ path: 'asOf', message: 'Expected a day as YYYY-MM-DD, 2026-04-20 or earlier' }],
        });
      }
      expect((await pages.get(PAGE + query)).statusCode).toBe(400);
    },
  );
});

describe('a copy of the register', () => {
  it.each(ADDRESSES)(
    'may be kept for five minutes by anyone and is not sent again while it holds: %s',
    async (address) => {
      const first = await pages.get(address);
      expect(first.headers['cache-control']).toBe('public, max-age=300');
      const etag = String(first.headers.etag);
      expect(etag).toMatch(/^"[\w-]+"$/);
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await pages.get(address, { 'if-none-match': known });
        expect([known, again.statusCode, again.body]).toEqual([known, 304, '']);
        expect(again.headers).toMatchObject({ etag, 'cache-control': 'public, max-age=300' });
        expect(again.headers.vary).toBe(first.headers.vary);
      }
      const head = await pages.send(address, { method: 'HEAD' });
      expect([head.statusCode, head.body, head.headers.etag]).toEqual([200, '', etag]);
      expect(head.headers['content-length']).toBe(first.headers['content-length']);
      expect((await pages.get(address, { 'if-none-match': '"other"' })).statusCode).toBe(200);
    },
  );

  it('is told apart by language and form, and only where they decide', async () => {
    const etags = await Promise.all(
      [`${PAGE}?lang=da`, `${PAGE}?lang=en`, `${PAGE}?lang=en&asOf=2026-04-16`].map(
        async (address) => (await pages.get(address)).headers.etag,
      ),
    );
    expect(new Set(etags).size).toBe(3);
    const varyOf = async (address: string) => (await pages.get(address)).headers.vary;
    expect(await varyOf(PAGE)).toBe('Accept, Accept-Language');
    expect(await varyOf(`${PAGE}?lang=da`)).toBe('Accept');
    expect(await varyOf(`${PAGE}.csv`)).toBe('Accept-Language');
    expect(await varyOf(`${PAGE}.atom?lang=en`)).toBeUndefined();
    expect(await varyOf(`${PAGE}.json`)).toBeUndefined();
    const json = await pages.get(PAGE, { accept: 'application/json' });
    expect(json.headers.vary).toBe('Accept, Accept-Language');
  });

  it('is another the next day', async () => {
    const before = (await pages.get(PAGE)).headers.etag;
    varsel.clock.advance({ days: 1 });
    expect((await pages.get(PAGE)).headers.etag).not.toBe(before);
    varsel.clock.set(DAYS.now);
  });

  it('is made without writing, and cannot be asked for by another method', async () => {
    const before = await everyRow(varsel.database.pool);
    for (const address of ADDRESSES) await pages.get(`${address}?asOf=2026-04-16`);
    expect(await everyRow(varsel.database.pool)).toBe(before);
    expect((await pages.form(PAGE, { asOf: '2026-04-16' })).statusCode).toBe(405);
  });
});
