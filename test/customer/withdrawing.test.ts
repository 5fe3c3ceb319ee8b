import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aController, aSubProcessor } from '../support/examples.ts';
import { everyRow } from '../support/database.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import {
  announce,
  haveControllers,
  linkOf,
  mailsTo,
  notifyByLetter,
  objectionsOf,
  SUBJECTS,
  type Recorded,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const OPEN = '2026-03-07T09:00:00Z';
/** The fields of a form whose box was ticked. */
const CONFIRMED = { confirmed: 'yes' };

let varsel: TestVarsel;
let pages: Pages;
let changeId: string;
let link: string;
let otherChange: string;
let receipt: string;
let id: string;

beforeAll(async () => {
  varsel = await startVarsel(ANNOUNCED);
  pages = pagesOf(varsel);
  await haveControllers(varsel, [aController(1), aController(2)]);
  changeId = await announce(varsel);
  const other = await announce(varsel, { subProcessor: aSubProcessor(2) });
  varsel.clock.set(OPEN);
  for (const each of [changeId, other]) await notifyByLetter(varsel, each, ['kunde-1', 'kunde-2'], '2026-03-03');
  link = await linkOf(varsel, changeId, 'kunde-1');
  otherChange = await linkOf(varsel, other, 'kunde-1');
});
afterAll(() => varsel.close());

beforeEach(async () => {
  varsel.clock.set(OPEN);
  const response = await pages.json(link, { reasons: 'Vi er uenige i overførslen' });
  ({ id } = response.json());
  receipt = `${link}/${id}`;
});

/** The objection as it stands on the record. */
const recorded = async (): Promise<Recorded> =>
  (await varsel.api('reader').get(`/v1/objections/${id}`).expect(200)).body;

describe('withdrawing an objection', () => {
  it('is offered where it is pending, and asked about before it happens', async () => {
    expect((await pages.get(link)).body).toContain(`href="${receipt}/withdraw"`);
    expect((await pages.get(receipt)).body).toContain(`href="${receipt}/withdraw"`);
    const question = await pages.get(`${receipt}/withdraw`);
    expect(question.statusCode).toBe(200);
    expect(question.body).toContain(`<form method="post" action="${receipt}/withdraw"`);
    expect(question.body).toContain('I kan gøre en ny indsigelse indtil fredag den 13. marts 2026');
    expect((await pages.get(`${receipt}/withdraw?lang=en`)).body).toContain('Do you want to withdraw objection no.');
    expect(await recorded()).toMatchObject({ status: 'pending' });
  });

  it('leads to the receipt, which says what became of it, with the comment and without another offer', async () => {
    const response = await pages.form(`${receipt}/withdraw`, { ...CONFIRMED, explanation: 'Aftalt\r\nmed <Telenor>' });
    expect(response.statusCode).toBe(303);
    expect(response.headers.location).toBe(receipt);
    const { body } = await pages.get(receipt);
    expect(body).toContain('I har trukket indsigelsen tilbage.');
    expect(body).toContain('Aftalt\nmed &lt;Telenor&gt;');
    expect(body).not.toContain('/withdraw"');
    expect(await recorded()).toMatchObject({
      resolution: {
        outcome: 'withdrawn',
        explanation: 'Aftalt\nmed <Telenor>',
        resolvedBy: expect.stringContaining('dpo@kunde-1.example') as string,
      },
    });
  });

  it('does not happen where nobody ticked the box: whoever presses every button withdraws nothing', async () => {
    const before = await everyRow(varsel.database.pool);
    const page = await pages.form(`${receipt}/withdraw`, { explanation: '' });
    expect(page.statusCode).toBe(422);
    expect(page.body).toMatch(/<title>Fejl: /);
    expect(page.body).toContain('<a href="#confirmed" autofocus>Sæt kryds, hvis I vil trække indsigelsen tilbage</a>');
    expect(page.body).toContain('aria-describedby="confirmed-error" aria-invalid="true"');
    const kept = await pages.form(`${receipt}/withdraw?lang=en`, { explanation: 'Aftalt <med Telenor>' });
    expect(kept.body).toContain('Tick the box if you want to withdraw the objection');
    expect(kept.body).toContain('Aftalt &lt;med Telenor&gt;</textarea>');
    expect(await everyRow(varsel.database.pool)).toBe(before);
  });

  it('is told to the controller by e-mail', async () => {
    await pages.form(`${receipt}/withdraw`, CONFIRMED);
    await varsel.deliver();
    const { number } = await recorded();
    const told = mailsTo(varsel, 'dpo@kunde-1.example', SUBJECTS.resolved);
    expect(told.filter(({ subject = '' }) => subject.includes(String(number)))).toHaveLength(1);
  });

  it('responds to a program with the objection, with a body and without', async () => {
    const response = await pages.json(`${receipt}/withdraw`, { explanation: 'Aftalt' });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({
      id,
      status: 'resolved',
      resolution: { outcome: 'withdrawn', explanation: 'Aftalt', resolvedAt: '2026-03-07T09:00:00.000Z' },
    });
    const second = await pages.json(link, { reasons: 'USA' });
    const bare = await pages.send(`${link}/${second.json().id}/withdraw`, {
      method: 'POST',
      headers: { accept: 'application/json' },
    });
    expect(bare.json()).toMatchObject({ status: 'resolved', resolution: { explanation: null } });
  });

  it('happens once: a second time is refused, as a page and as a problem', async () => {
    await pages.form(`${receipt}/withdraw`, CONFIRMED);
    const page = await pages.form(`${receipt}/withdraw?lang=en`, CONFIRMED);
    expect(page.statusCode).toBe(409);
    expect(page.body).toMatch(/<title>Error: /);
    expect(page.body).toContain('has already been resolved and cannot be withdrawn');
    const problem = await pages.json(`${receipt}/withdraw`, {});
    expect(problem.statusCode).toBe(409);
    expect(problem.json()).toMatchObject({ code: 'objection-already-resolved' });
    expect((await pages.get(`${receipt}/withdraw`)).statusCode).toBe(409);
  });

  it('happens once also where two people do it at the same time', async () => {
    const responses = await Promise.all([1, 2, 3].map(() => pages.form(`${receipt}/withdraw`, CONFIRMED)));
    const statuses = responses.map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(2);
  });

  it('is refused for a rejected attempt', async () => {
    await pages.form(link, { reasons: '-' });
    const attempt = (await objectionsOf(varsel, changeId)).findLast(({ status }) => status === 'rejected');
    const url = `${link}/${attempt?.id}`;
    expect((await pages.get(url)).body).toContain('Den indeholder ingen grunde.');
    const page = await pages.form(`${url}/withdraw`, CONFIRMED);
    expect(page.statusCode).toBe(409);
    expect((await pages.json(`${url}/withdraw`, {})).json()).toMatchObject({ code: 'objection-not-pending' });
  });

  it('keeps a comment that is too long, or came twice, on the page', async () => {
    const long = 'x'.repeat(5_001);
    const page = await pages.form(`${receipt}/withdraw`, { ...CONFIRMED, explanation: long });
    expect(page.statusCode).toBe(422);
    expect(page.body).toContain(long);
    expect(page.body).toContain('Du har skrevet 5.001 tegn. Det er 1 for mange.');
    expect(page.body).toMatch(/<input id="confirmed"[^>]* checked>/);
    const twice = await pages.form(`${receipt}/withdraw`, 'confirmed=yes&explanation=et&explanation=to');
    expect(twice.statusCode).toBe(400);
    expect(twice.body).toContain('et\n\nto</textarea>');
    expect(twice.body).toContain('Du har skrevet 6 tegn. Du har 4.994 tilbage.');
    const unfit = await pages.json(`${receipt}/withdraw`, { explanation: 1, extra: true });
    expect(unfit.statusCode).toBe(400);
    expect(await recorded()).toMatchObject({ status: 'pending' });
  });

  it('reaches no objection of another change or controller', async () => {
    const unknown = (await pages.get('/objections/unknown')).body;
    const foreign = await linkOf(varsel, changeId, 'kunde-2');
    for (const base of [otherChange, foreign]) {
      for (const url of [`${base}/${id}`, `${base}/${id}/withdraw`]) {
        const page = await pages.get(url);
        expect(page.statusCode).toBe(404);
        expect(page.body).toBe(unknown);
      }
      expect((await pages.form(`${base}/${id}/withdraw`, CONFIRMED)).statusCode).toBe(404);
      expect((await pages.json(`${base}/${id}/withdraw`, {})).json()).toMatchObject({ code: 'not-found' });
    }
    expect(await recorded()).toMatchObject({ status: 'pending' });
  });
});
