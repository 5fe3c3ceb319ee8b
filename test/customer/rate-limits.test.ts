import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { everyRow } from '../support/database.ts';
import { aController } from '../support/examples.ts';
import { pagesOf, type Page, type Pages } from '../support/pages.ts';
import { announce, haveControllers, linkOf, notifyByLetter, objectionsOf } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const NOTIFIED_ON = '2026-03-03';
const OPEN = '2026-03-07T09:00:00Z';
const POSTS = 30;
const UNKNOWN = 60;
const REASONS = 'Opkaldshistorikken må ikke forlade Danmark.';

let varsel: TestVarsel;
let pages: Pages;
let changeId: string;

/** Each test has a controller of its own, so that none is counted for another. */
let next = 0;
let link: string;

beforeAll(async () => {
  varsel = await startVarsel(ANNOUNCED);
  pages = pagesOf(varsel);
  const controllers = Array.from({ length: 20 }, (_, index) => aController(index + 1));
  await haveControllers(varsel, controllers);
  changeId = await announce(varsel);
  varsel.clock.set(OPEN);
  const externalIds = controllers.map(({ externalId }) => externalId);
  await notifyByLetter(varsel, changeId, externalIds, NOTIFIED_ON);
});
afterAll(() => varsel.close());

beforeEach(async () => {
  // The limiter uses the machine's clock, because it applies no rule of the domain.
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-01-01T00:00:00Z').getTime() + next * 3_600_000 });
  next += 1;
  link = await linkOf(varsel, changeId, `kunde-${next}`);
});
afterEach(() => vi.useRealTimers());

async function flood(times: number, send: () => Promise<{ statusCode: number }>): Promise<number[]> {
  const found: number[] = [];
  for (let sent = 0; sent < times; sent += 1) found.push((await send()).statusCode);
  return found;
}
const pendingOf = async (number: number) =>
  (await objectionsOf(varsel, changeId)).filter(
    ({ controller, status }) => controller === `kunde-${number}` && status === 'pending',
  );

describe('what is sent through one link', () => {
  it('is refused above 30 a minute, with a page in the language of the contact that says when to come back', async () => {
    const before = await flood(POSTS, () => pages.form(link, { reasons: '' }));
    expect(new Set(before)).toEqual(new Set([422]));
    const page = await pages.form(link, { reasons: '' });
    expect(page.statusCode).toBe(429);
    expect(Number(page.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(page.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.headers['referrer-policy']).toBe('no-referrer');
    expect(page.body).toContain('<html lang="da">');
    expect(page.body).toContain('Vent et øjeblik');
    expect((await pages.form(`${link}?lang=en`, { reasons: '' })).body).toContain('<html lang="en">');
  });

  it('is refused with a problem where a program sent it, and keeps nothing on record', async () => {
    await flood(POSTS, () => pages.json(link, { reasons: '' }));
    const before = await everyRow(varsel.database.pool);
    const response = await pages.json(link, { reasons: '' });
    expect(response.statusCode).toBe(429);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.headers['retry-after']).toBeDefined();
    expect(response.json()).toMatchObject({
      type: '/problems/too-many-requests',
      status: 429,
      code: 'too-many-requests',
    });
    expect(response.body).not.toContain(link);
    expect(await everyRow(varsel.database.pool)).toBe(before);
    expect((await pages.get('/problems/too-many-requests')).statusCode).toBe(200);
  });

  it('is taken again after a minute', async () => {
    await flood(POSTS, () => pages.form(link, { reasons: '' }));
    expect((await pages.form(link, { reasons: '' })).statusCode).toBe(429);
    vi.advanceTimersByTime(60_000);
    expect((await pages.form(link, { reasons: '' })).statusCode).toBe(422);
  });

  it('never keeps out a first valid objection, however much came before it', async () => {
    await flood(3 * POSTS, () => pages.form(link, { reasons: '' }));
    expect((await pages.form(link, { reasons: '…' })).statusCode).toBe(429);
    expect((await pages.form(link, { reasons: REASONS })).statusCode).toBe(303);
    expect(await pendingOf(next)).toHaveLength(1);
  });

  it('never keeps out a first valid objection that a program sends', async () => {
    await flood(2 * POSTS, () => pages.json(link, { reasons: '' }));
    expect((await pages.json(link, { reasons: REASONS })).statusCode).toBe(201);
  });

  it('never keeps out the valid objection of a controller whose earlier one is resolved', async () => {
    const filed = await pages.json(link, { reasons: REASONS });
    const { id } = filed.json();
    await flood(POSTS - 2, () => pages.form(link, { reasons: '' }));
    const resolution = { outcome: 'withdrawn', explanation: 'I mail af 3. marts' };
    await varsel.api('officer').post(`/v1/objections/${id}/resolve`).send(resolution).expect(200);
    await pages.form(link, { reasons: '' });
    expect((await pages.form(link, { reasons: '' })).statusCode).toBe(429);
    expect((await pages.form(link, { reasons: REASONS })).statusCode).toBe(303);
  });

  it('is limited once an objection is pending: another one, and withdrawing it', async () => {
    const { id } = (await pages.json(link, { reasons: REASONS })).json();
    await flood(POSTS, () => pages.form(link, { reasons: '' }));
    expect((await pages.form(link, { reasons: `${REASONS} Og en grund til.` })).statusCode).toBe(429);
    expect((await pages.form(`${link}/${id}/withdraw`, '')).statusCode).toBe(429);
    expect((await pages.form(`${link}/${id}/keep`, { confirmed: 'yes' })).statusCode).toBe(429);
    expect(await pendingOf(next)).toHaveLength(1);
  });

  it('is limited where it would not count: too long, or repeated', async () => {
    await flood(POSTS, () => pages.form(link, { reasons: '' }));
    expect((await pages.form(link, { reasons: 'a'.repeat(20_001) })).statusCode).toBe(429);
    expect((await pages.form(link, `reasons=${REASONS}&reasons=${REASONS}`)).statusCode).toBe(429);
  });

  it('does not count for another contact or controller, nor for reading the page', async () => {
    await flood(2 * POSTS, () => pages.form(link, { reasons: '' }));
    expect((await pages.get(link)).statusCode).toBe(200);
    const other = await linkOf(varsel, changeId, 'kunde-20');
    expect((await pages.form(other, { reasons: '' })).statusCode).toBe(422);
  });
});

describe('links that do not exist', () => {
  it('are refused above 60 a minute from one address, whatever was tried', async () => {
    const wrong = () => pages.get(`/objections/${Math.random().toString(36).slice(2).padEnd(43, 'x')}`);
    expect(new Set(await flood(UNKNOWN, wrong))).toEqual(new Set([404]));
    const page = await wrong();
    expect(page.statusCode).toBe(429);
    expect(page.body).toContain('Vent et øjeblik');
    expect(page.body).toContain('lang="en"');
    expect((await pages.get('/objections/a/b/c/d')).statusCode).toBe(429);
    expect((await pages.form('/objections/x', { reasons: REASONS })).statusCode).toBe(429);
  });

  it('are refused before a body is read', async () => {
    await flood(UNKNOWN, () => pages.get('/objections/x'));
    const large = await pages.form('/objections/x', { reasons: 'a'.repeat(3 * 1024 * 1024) });
    expect(large.statusCode).toBe(429);
  });

  it('never stand in the way of a link that does, from the same address', async () => {
    await flood(UNKNOWN + 1, () => pages.get('/objections/x'));
    expect((await pages.get('/objections/x')).statusCode).toBe(429);
    expect((await pages.get(link)).statusCode).toBe(200);
    expect((await pages.form(link, { reasons: REASONS })).statusCode).toBe(303);
  });

  it('do not count for another address', async () => {
    await flood(UNKNOWN + 1, () => pages.get('/objections/x'));
    const elsewhere = await pagesOf(varsel, '127.0.0.7').get('/objections/x');
    expect(elsewhere.statusCode).toBe(404);
  });

  it('do not count the style sheet, which every page asks for', async () => {
    expect(new Set(await flood(UNKNOWN + 1, () => pages.get('/assets/varsel.css')))).toEqual(new Set([200]));
  });
});

describe('the limits', () => {
  const limitsOf = ({ headers }: Page) => [headers['ratelimit-policy'], headers.ratelimit];

  it('are told with what is left of each, to people and to programs', async () => {
    const policy = '"posting-to-a-link";q=30;w=60';
    expect(limitsOf(await pages.form(link, { reasons: '' }))).toEqual([policy, '"posting-to-a-link";r=29;t=60']);
    vi.advanceTimersByTime(20_000);
    expect(limitsOf(await pages.json(link, { reasons: '' }))).toEqual([policy, '"posting-to-a-link";r=28;t=40']);
    await flood(POSTS, () => pages.form(link, { reasons: '' }));
    const refused = await pages.json(link, { reasons: '' });
    expect(limitsOf(refused)).toEqual([policy, '"posting-to-a-link";r=0;t=40']);
    expect(refused.headers['retry-after']).toBe('40');
  });

  it('are told for opening a link, and for links that do not exist', async () => {
    expect(limitsOf(await pages.get(link))).toEqual(['"opening-a-link";q=600;w=60', '"opening-a-link";r=599;t=60']);
    const unknown = ['"unknown-links";q=60;w=60', '"unknown-links";r=59;t=60'];
    expect(limitsOf(await pages.get('/objections/x'))).toEqual(unknown);
  });
});

describe('opening a link', () => {
  it('is refused above 600 a minute from one address, and from there only', async () => {
    const [one, other] = [pagesOf(varsel, '127.0.0.7'), pagesOf(varsel, '127.0.0.8')];
    const head = (from: Pages) => from.send(link, { method: 'HEAD' });
    expect(new Set(await flood(600, () => head(one)))).toEqual(new Set([200]));
    expect((await head(one)).statusCode).toBe(429);
    expect((await head(other)).statusCode).toBe(200);
    expect((await pages.form(link, { reasons: REASONS })).statusCode).toBe(303);
  });
});
