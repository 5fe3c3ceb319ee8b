import Fastify from 'fastify';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../src/app/routes.ts';
import { serveCustomerPages, type PageDependencies } from '../../src/customer/customer-pages.ts';
import { sendUnknownLink } from '../../src/customer/failure-handler.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';
import { references } from '../../src/security/references.ts';
import { mailedCodes } from '../../src/security/mailed-codes.ts';
import { everyRow } from '../support/database.ts';
import { aController } from '../support/examples.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import { announce, haveControllers, linkOf, notifyByLetter } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { withoutSecrets } from '../support/mails.ts';
import { APP_SECRET } from '../support/webhooks.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const OPEN = '2026-03-07T09:00:00Z';

let varsel: TestVarsel;
let pages: Pages;
let token: string;
let link: string;
let receipt: string;

beforeAll(async () => {
  varsel = await startVarsel(ANNOUNCED);
  pages = pagesOf(varsel);
  await haveControllers(varsel, [aController(1), aController(2)]);
  const id = await announce(varsel);
  varsel.clock.set(OPEN);
  await notifyByLetter(varsel, id, ['kunde-1'], '2026-03-03');
  link = await linkOf(varsel, id, 'kunde-1');
  token = link.replace('/objections/', '');
  const filed = await pages.json(link, { reasons: 'USA' });
  receipt = String(filed.headers.location);
  await pages.json(link, { reasons: '-' });
});
afterAll(() => varsel.close());

/** Dependencies whose database cannot be reached. */
const noDatabase = (): PageDependencies => ({
  pool: new pg.Pool({ connectionString: 'postgres://secret-user:secret-word@127.0.0.1:1/none' }),
  links: objectionLinks(APP_SECRET),
  codes: mailedCodes(APP_SECRET),
  references: references(APP_SECRET),
  withoutSecrets,
  packs: { open: () => Promise.reject(new Error('no pack')), share: () => Promise.reject(new Error('no pack')) },
  clock: () => Temporal.Instant.from(OPEN),
});

/** Links that lead nowhere. */
function wrongTokens(): Record<string, string> {
  const foreign = objectionLinks('another secret, of more than 32 bytes too').tokenOf(
    '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b',
  );
  const tampered = `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`;
  return {
    tampered,
    truncated: token.slice(0, -1),
    'of another secret': foreign,
    'of another message': foreign.slice(0, 21) + token.slice(21),
    empty: '',
    longer: `${token}A`,
    'with a slash': `${token}/`,
    'with a dot': `${token}.`,
    encoded: '%00%0d%0a',
    'deep path': `${token}/a/b/c/d`,
    long: 'x'.repeat(400),
  };
}

describe('opening a link', () => {
  it('changes no row of any table, by GET or by HEAD, whatever the link', async () => {
    const urls = [
      link,
      `${link}?lang=en`,
      receipt,
      `${receipt}/withdraw`,
      `${receipt}/withdraw?lang=en`,
      '/assets/varsel.css',
      ...Object.values(wrongTokens()).map((wrong) => `/objections/${wrong}`),
    ];
    const before = await everyRow(varsel.database.pool);
    for (const url of urls) {
      const got = await pages.get(url);
      const head = await pages.send(url, { method: 'HEAD' });
      expect(head.statusCode).toBe(got.statusCode);
      expect(head.body).toBe('');
    }
    expect(await everyRow(varsel.database.pool)).toBe(before);
    await pages.form(link, { reasons: '-' });
    expect(await everyRow(varsel.database.pool)).not.toBe(before);
  });

  it('changes nothing where a scanner follows every link of a page', async () => {
    const before = await everyRow(varsel.database.pool);
    const seen = new Set<string>();
    const follow = async (url: string): Promise<void> => {
      if (seen.has(url)) return;
      seen.add(url);
      const { body } = await pages.get(url);
      for (const [, href = ''] of body.matchAll(/ href="([^"#]+)"/g)) if (href.startsWith('/')) await follow(href);
    };
    await follow(link);
    expect(seen.size).toBeGreaterThan(6);
    expect(await everyRow(varsel.database.pool)).toBe(before);
  });
});

describe('a link that leads nowhere', () => {
  it('gets the same page to the byte, in both languages, whatever is wrong with it', async () => {
    const responses = await Promise.all(
      Object.entries(wrongTokens()).map(async ([what, wrong]) => {
        const { statusCode, body, headers } = await pages.get(`/objections/${wrong}`);
        return [what, { statusCode, body, cache: headers['cache-control'], robots: headers['x-robots-tag'] }] as const;
      }),
    );
    const first = responses[0]?.[1];
    expect(first).toMatchObject({ statusCode: 404, cache: 'no-store', robots: 'noindex' });
    expect(first?.body).toContain('Siden findes ikke');
    expect(first?.body).toMatch(/lang="en"[^]*There is no such page/);
    for (const [what, response] of responses) expect({ what, ...response }).toEqual({ what, ...first });
  });

  it('gets that page whatever language is asked for, without saying who the sender would be', async () => {
    const page = await pages.get('/objections/unknown');
    const english = await pages.get('/objections/unknown?lang=en', { 'accept-language': 'en' });
    expect([english.statusCode, english.body]).toEqual([404, page.body]);
    expect(page.body).not.toMatch(/class="sender"|Telenor|TrueTalk/);
  });

  it('gets the same response where a form or JSON is sent to it', async () => {
    const page = await pages.get('/objections/unknown');
    for (const [what, wrong] of Object.entries(wrongTokens())) {
      const form = await pages.form(`/objections/${wrong}`, { reasons: 'USA' });
      expect({ what, status: form.statusCode, body: form.body }).toEqual({ what, status: 404, body: page.body });
      const problem = await pages.json(`/objections/${wrong}`, { reasons: 'USA' });
      expect(problem.statusCode).toBe(404);
      expect(problem.json()).toMatchObject({ code: 'not-found', detail: 'There is no page.' });
    }
  });

  it('gets the same page from a router that cannot read its address, where the app hands that over', async () => {
    const app = Fastify({ frameworkErrors: (_error, _request, reply) => void sendUnknownLink(reply) });
    await app.register((scope) => serveCustomerPages(scope, noDatabase(), ROUTES.customer));
    const page = await pages.get('/objections/unknown');
    for (const url of ['/objections/%zz', `/objections/${'x'.repeat(1_000)}`]) {
      const { statusCode, body, headers } = await app.inject({ method: 'GET', url });
      expect([statusCode, body, headers['cache-control']]).toEqual([404, page.body, 'no-store']);
    }
    await app.close();
  });

  it('gets the same page for an objection that does not exist', async () => {
    const page = await pages.get('/objections/unknown');
    for (const wrong of ['x', '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b', "'; drop table objections; --"]) {
      for (const url of [`${link}/${encodeURIComponent(wrong)}`, `${link}/${encodeURIComponent(wrong)}/withdraw`]) {
        const got = await pages.get(url);
        expect([got.statusCode, got.body]).toEqual([404, page.body]);
      }
    }
  });
});

describe('a request that cannot be read', () => {
  const post = (headers: Record<string, string>, payload: string) =>
    pages.send(link, { method: 'POST', headers, payload });
  const form = 'application/x-www-form-urlencoded';

  it('is a page that says what to do where the body is too large', async () => {
    const { statusCode, body } = await post({ 'content-type': form }, `reasons=${'x'.repeat(10_000_000)}`);
    expect(statusCode).toBe(413);
    expect(body).toContain('<html lang="da">');
    expect(body).toContain('20.000 tegn');
  });

  it.each(['text/plain', 'multipart/form-data; boundary=x', 'text/xml', `${form}; charset=iso-8859-1`])(
    'is a page that says what to do where the content type is %s',
    async (type) => {
      const { statusCode, body } = await post({ 'content-type': type }, 'reasons=USA');
      expect(statusCode).toBe(415);
      expect(body).toContain('Brug formularen');
    },
  );

  it('takes UTF-8 by whatever name', async () => {
    expect((await post({ 'content-type': `${form};charset="UTF-8"` }, 'reasons=-')).statusCode).toBe(422);
  });

  it('is a problem for a program', async () => {
    const malformed = await post({ 'content-type': 'application/json' }, '{"reasons": ');
    expect(malformed.statusCode).toBe(400);
    expect(malformed.json()).toMatchObject({ code: 'invalid-request' });
    const large = await post(
      { 'content-type': 'application/json' },
      JSON.stringify({ reasons: 'x'.repeat(10_000_000) }),
    );
    expect(large.statusCode).toBe(413);
    const other = await post({ 'content-type': 'text/xml', accept: 'application/json' }, '<a/>');
    expect(other.statusCode).toBe(415);
    expect(other.headers['content-type']).toMatch('application/problem+json');
  });

  it('is a page without internals, in both languages, where the database is not there to tell which', async () => {
    const app = Fastify();
    await app.register((scope) => serveCustomerPages(scope, noDatabase(), ROUTES.customer));
    for (const method of ['GET', 'POST'] as const) {
      const { statusCode, body } = await app.inject({ method, url: link });
      expect(statusCode).toBe(503);
      expect(body).toContain('Der er sket en fejl hos os');
      expect(body).toContain('Something went wrong on our side');
      expect(body).not.toMatch(/ECONN|127\.0\.0\.1|secret|node_modules/);
    }
    expect((await app.inject({ method: 'GET', url: `${link}?lang=en` })).body).not.toContain('Der er sket');
    await app.close();
  });
});
