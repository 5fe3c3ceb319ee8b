import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordOutcomes } from '../../src/commands/record-outcomes.ts';
import { claimMessages } from '../support/claim.ts';
import { inTransaction, rows } from '../../src/db/postgres.ts';
import { aController, aSubProcessor } from '../support/examples.ts';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import { announce, haveControllers, leave, linkOf, notifyByLetter, objectionsOf, withdraw } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const NOTIFIED_ON = '2026-03-03';
const OPEN = '2026-03-07T09:00:00.123Z';
const DEADLINE = '2026-03-13T23:00:00.000Z';
const LAST_MOMENT = '2026-03-13T22:59:59.999Z';
const REASONS = 'Vi er uenige i overførslen';

let varsel: TestVarsel;
let pages: Pages;
let changeId: string;
let link: string;
let announced = 0;

beforeAll(async () => {
  varsel = await startVarsel(ANNOUNCED);
  pages = pagesOf(varsel);
  await haveControllers(
    varsel,
    [1, 2, 3].map((number) => aController(number)),
  );
});
afterAll(() => varsel.close());

/** A change of its own for each test, of which the first two controllers have been notified. */
beforeEach(async () => {
  announced += 1;
  varsel.clock.set(ANNOUNCED);
  changeId = await announce(varsel, { subProcessor: aSubProcessor(announced) });
  varsel.clock.set(OPEN);
  await notifyByLetter(varsel, changeId, ['kunde-1', 'kunde-2'], NOTIFIED_ON);
  link = await linkOf(varsel, changeId, 'kunde-1');
});

const recorded = () => objectionsOf(varsel, changeId);
const typedIn = (body: string) => /<textarea[^>]*>\n([^<]*)<\/textarea>/.exec(body)?.[1];

describe('a form with reasons', () => {
  it('files the objection and leads to its receipt, which shows number, time and text', async () => {
    const response = await pages.form(link, { reasons: `${REASONS}\r\n\r\ntil USA`, name: 'Mette Holm' });
    expect(response.statusCode).toBe(303);
    const [objection] = await recorded();
    expect(objection).toMatchObject({
      status: 'pending',
      channel: 'link',
      reasons: `${REASONS}\n\ntil USA`,
      from: { name: 'Mette Holm', email: 'dpo@kunde-1.example' },
      controller: 'kunde-1',
    });
    expect(objection?.receivedAt).toBe('2026-03-07T09:00:00.123Z');
    expect(response.headers.location).toBe(`${link}/${objection?.id}`);
    const receipt = await pages.get(String(response.headers.location));
    expect(receipt.statusCode).toBe(200);
    expect(receipt.body).toContain(`Vi har modtaget jeres indsigelse nr. ${objection?.number}`);
    expect(receipt.body).toContain('lørdag den 7. marts 2026 kl. 10.00 dansk tid');
    expect(receipt.body).toContain(`${REASONS}\n\ntil USA`);
  });

  it('is one objection where it is sent ten times at once, and several where the texts differ', async () => {
    const sentAtOnce = async (texts: readonly string[]) => {
      const responses = await Promise.all(texts.map((reasons) => pages.form(link, { reasons, name: 'Mette Holm' })));
      expect(new Set(responses.map(({ statusCode }) => statusCode))).toEqual(new Set([303]));
      return new Set(responses.map(({ headers }) => headers.location)).size;
    };
    expect(await sentAtOnce(Array.from({ length: 10 }, () => REASONS))).toBe(1);
    expect(await recorded()).toHaveLength(1);
    expect(await sentAtOnce(['USA', 'Indien', 'Brasilien', 'Kina'])).toBe(4);
    expect(new Set((await recorded()).map(({ number }) => number)).size).toBe(5);
  });

  it('keeps the language that the reader chose', async () => {
    const response = await pages.form(`${link}?lang=en`, { reasons: 'USA', name: '' });
    expect(response.headers.location).toMatch(/\?lang=en$/);
    expect((await pages.get(String(response.headers.location))).body).toContain('We have received your objection');
  });

  it('is from the contact where no name is given, and from a name on one line where one is', async () => {
    await pages.form(link, { reasons: 'USA', name: ' \u00A0' });
    await pages.form(link, { reasons: 'Indien' });
    await pages.form(link, { reasons: 'Kina', name: 'Mette\r\nBcc: x@example.dk' });
    const names = (await recorded()).map(({ from }) => from.name);
    expect(names).toEqual(['Dorthe Persson 1', 'Dorthe Persson 1', 'Mette Bcc: x@example.dk']);
  });

  it('is in time in the last millisecond, and late in the first one after it', async () => {
    varsel.clock.set(LAST_MOMENT);
    expect((await pages.form(link, { reasons: 'USA' })).statusCode).toBe(303);
    varsel.clock.set(DEADLINE);
    expect((await pages.form(link, { reasons: 'USA' })).statusCode).toBe(409);
  });

  it('is received when its body is here, however long it waits for its turn', async () => {
    varsel.clock.set(LAST_MOMENT);
    const response = await inTransaction(varsel.database.pool, async (tx) => {
      await rows(tx, 'select from changes where id = $1 for update', [changeId]);
      const sent = pages.form(link, { reasons: 'USA' });
      await untilLockWaiters(varsel.database.pool);
      varsel.clock.set(DEADLINE);
      return { sent };
    });
    expect((await response.sent).statusCode).toBe(303);
    expect((await recorded())[0]?.receivedAt).toBe(LAST_MOMENT);
  });

  it('is not lost for characters that cannot be stored', async () => {
    const response = await pages.form(link, { reasons: 'Overf\u0000rsel \uD83D', name: 'A\u0000' });
    expect(response.statusCode).toBe(303);
    expect((await recorded())[0]?.reasons).toBe('Overf\uFFFDrsel \uFFFD');
  });

  it('may have 20,000 characters, counted as people count them', async () => {
    const response = await pages.form(link, { reasons: `a\r\n${'😀'.repeat(19_998)}` });
    expect(response.statusCode).toBe(303);
    expect([...((await recorded())[0]?.reasons ?? '')]).toHaveLength(20_000);
  });

  it('shows hostile text as text, on the page and on the receipt', async () => {
    const hostile = `</textarea><script>alert("1")</script>'; drop table objections; --`;
    const { headers } = await pages.form(link, { reasons: hostile, name: `"><img src=x onerror=alert(1)>` });
    for (const url of [link, String(headers.location), `${String(headers.location)}/withdraw`]) {
      const { body } = await pages.get(url);
      expect(body).not.toMatch(/<script>|<img/);
      expect(body).toContain('&lt;/textarea&gt;&lt;script&gt;');
    }
  });

  it('is listed on the page of every contact of the controller, and of no other', async () => {
    await pages.form(link, { reasons: REASONS });
    const { body } = await pages.get(link);
    expect(body).toContain(REASONS);
    expect(body).toContain('må ikke gennemføres, så længe jeres indsigelse er under behandling.');
    expect(body).not.toContain('Gør I ikke indsigelse');
    expect((await pages.get(await linkOf(varsel, changeId, 'kunde-2'))).body).not.toContain(REASONS);
  });
});

describe('a form that does not count', () => {
  const none = { nothing: '', dash: '-', placeholder: 'ingen', invisible: '\u200B\u200D\uFEFF\u00AD', blank: ' \r\n ' };

  it.each(Object.entries(none))(
    'is rejected without reasons (%s), on record, and says until when',
    async (_, reasons) => {
      const { statusCode, body } = await pages.form(link, { reasons, name: 'Mette Holm' });
      expect(statusCode).toBe(422);
      expect(body).toMatch(/<title>Fejl: /);
      expect(body).toContain('role="alert"');
      expect(body).toContain('<a href="#reasons" autofocus>Skriv jeres grunde til indsigelsen</a>');
      expect(body).toContain('aria-describedby="reasons-hint reasons-error reasons-count" aria-invalid="true"');
      expect(body).toContain('fredag den 13. marts 2026 kl. 23.59 dansk tid');
      expect(body).toContain('value="Mette Holm"');
      const [attempt] = await recorded();
      expect(attempt).toMatchObject({ status: 'rejected', rejectedFor: 'reasons-required' });
      expect(body).toContain(`nr. ${attempt?.number}`);
    },
  );

  it('gives back what was typed, mark-up and a line break at its beginning included', async () => {
    const { body } = await pages.form(link, { reasons: '\r\n--"<>"--', name: 'Mette "M" Holm' });
    expect(typedIn(body)).toBe('\n--&quot;&lt;&gt;&quot;--');
    expect(body).toContain('value="Mette &quot;M&quot; Holm"');
  });

  it('speaks English to who reads English', async () => {
    const { body } = await pages.form(`${link}?lang=en`, { reasons: '-' });
    expect(body).toMatch(/<title>Error: /);
    expect(body).toContain('You can send it again until Friday 13 March 2026 at 23:59 Danish time.');
    expect(body).toContain(`action="${link}?lang=en"`);
  });

  it.each([
    ['20,001 characters', 'æ'.repeat(20_001), '20.001'],
    ['1 MB', 'x'.repeat(1_000_000), '1.000.000'],
  ])('names the limit and what was found, and keeps the text (%s)', async (_, reasons, found) => {
    const { statusCode, body } = await pages.form(link, { reasons });
    expect(statusCode).toBe(422);
    expect(body).toContain(`højst være på 20.000 tegn. Den er på ${found}.`);
    expect(typedIn(body)).toBe(reasons);
    expect(await recorded()).toEqual([]);
  });

  it.each([
    ['-', 'Du har skrevet 1 tegn. Du har 19.999 tilbage.', 'You have typed 1 character. You have 19,999 left.'],
    ['😀\r\n😀', 'Du har skrevet 3 tegn. Du har 19.997 tilbage.', 'You have typed 3 characters. You have 19,997 left.'],
    [
      'æ'.repeat(22_100),
      'Du har skrevet 22.100 tegn. Det er 2.100 for mange.',
      'You have typed 22,100 characters. That is 2,100 too many.',
    ],
  ])('counts what was typed for a reader without script (%#)', async (reasons, danish, english) => {
    expect((await pages.get(link)).body).not.toContain('reasons-count');
    expect((await pages.form(link, { reasons })).body).toContain(`id="reasons-count">${danish}</p>`);
    expect((await pages.form(`${link}?lang=en`, { reasons })).body).toContain(`id="reasons-count">${english}</p>`);
  });

  it('names the limit of the name', async () => {
    const { statusCode, body } = await pages.form(link, { reasons: REASONS, name: 'n'.repeat(201) });
    expect(statusCode).toBe(422);
    expect(body).toContain('<a href="#name" autofocus>Navnet er for langt</a>');
    expect(typedIn(body)).toBe(REASONS);
    expect(await recorded()).toEqual([]);
  });

  it('keeps every text where a field came twice', async () => {
    const { statusCode, body } = await pages.form(link, 'reasons=USA&name=A&reasons=Indien&name=B');
    expect(statusCode).toBe(400);
    expect(typedIn(body)).toBe('USA\n\nIndien');
    expect(body).toContain('value="A B"');
    expect(await recorded()).toEqual([]);
  });

  it('ignores fields that it does not know', async () => {
    expect((await pages.form(link, { reasons: 'USA', __proto__x: '1', extra: '2' })).statusCode).toBe(303);
  });

  it('keeps a late text on the page and on record, names the deadline, and cannot be sent again', async () => {
    varsel.clock.set(DEADLINE);
    const { statusCode, body } = await pages.form(link, { reasons: REASONS });
    expect(statusCode).toBe(409);
    expect(body).toContain('fristen udløb fredag den 13. marts 2026 kl. 23.59 dansk tid');
    expect(typedIn(body)).toBe(REASONS);
    expect(body.match(/<form [^>]+>/g)).toEqual([expect.stringContaining('/documentation')]);
    expect(body.match(/<button/g)).toHaveLength(1);
    expect((await recorded())[0]).toMatchObject({ rejectedFor: 'window-closed', reasons: REASONS });
  });

  it('names no deadline where the controller has not been notified, and keeps the text and the form', async () => {
    const early = await linkOf(varsel, changeId, 'kunde-3');
    const { statusCode, body } = await pages.form(early, { reasons: '- n/a -' });
    expect(statusCode).toBe(422);
    expect(body).toContain('Indsigelsen er afvist, fordi den ikke indeholder nogen grunde. Du kan sende den igen.');
    expect(body).toContain('Fristen er ikke begyndt');
    expect(typedIn(body)).toBe('- n/a -');
    expect(body).toContain('<button');
  });

  it('keeps the text where the change has ended', async () => {
    await withdraw(varsel, changeId);
    const { statusCode, body } = await pages.form(link, { reasons: REASONS });
    expect(statusCode).toBe(409);
    expect(body).toContain('fordi ændringen er afsluttet');
    expect(typedIn(body)).toBe(REASONS);
  });
});

describe('JSON to a link', () => {
  it('gets the objection and its address', async () => {
    const response = await pages.json(link, { reasons: REASONS, name: 'Mette Holm' });
    expect(response.statusCode).toBe(201);
    const [objection] = await recorded();
    expect(response.headers.location).toBe(`${link}/${objection?.id}`);
    expect(response.json()).toEqual({
      id: objection?.id,
      number: objection?.number,
      changeId,
      controller: 'kunde-1',
      channel: 'link',
      messageId: varsel.links.messageIdOf(link.replace('/objections/', '')),
      from: { name: 'Mette Holm', email: 'dpo@kunde-1.example' },
      reasons: REASONS,
      receivedAt: OPEN,
      status: 'pending',
      rejectedFor: null,
      resolution: null,
      withdrawal: null,
    });
  });

  it.each([[{}], [{ reasons: null }], [{ reasons: '', name: null }], [{ reasons: 'n/a' }]])(
    'without reasons is a problem with the deadline, and the attempt is on record: %j',
    async (body) => {
      const response = await pages.json(link, body);
      expect(response.statusCode).toBe(422);
      expect(response.headers['content-type']).toMatch('application/problem+json');
      expect(response.json()).toMatchObject({ code: 'reasons-required', deadline: DEADLINE });
      expect((await recorded())[0]).toMatchObject({ status: 'rejected', rejectedFor: 'reasons-required' });
    },
  );

  it('that comes before its controller is notified is pending, and without reasons a problem without a deadline', async () => {
    const early = await linkOf(varsel, changeId, 'kunde-3');
    expect((await pages.json(early, { reasons: 'n/a' })).json()).toMatchObject({
      status: 422,
      code: 'reasons-required',
      deadline: null,
      detail: expect.stringContaining('it can be sent again.'),
    });
    const taken = await pages.json(early, { reasons: 'USA' });
    expect({ status: taken.statusCode, body: taken.json() }).toMatchObject({
      status: 201,
      body: { status: 'pending', rejectedFor: null },
    });
  });

  it('that is late or about an ended change is a problem, and on record', async () => {
    varsel.clock.set(DEADLINE);
    expect((await pages.json(link, { reasons: 'USA' })).json()).toMatchObject({
      status: 409,
      code: 'window-closed',
      deadline: DEADLINE,
    });
    await withdraw(varsel, changeId);
    expect((await pages.json(link, { reasons: 'USA' })).json()).toMatchObject({
      status: 409,
      code: 'change-ended',
      deadline: DEADLINE,
    });
    expect(await recorded()).toMatchObject([{ rejectedFor: 'window-closed' }, { rejectedFor: 'change-ended' }]);
  });

  it.each([
    [{ reasons: 'USA', extra: 1, more: 2 }, ['extra', 'more']],
    [{ reasons: 1, name: {} }, ['reasons', 'name']],
    [{ reasons: ['USA', 'Indien'] }, ['reasons']],
    [[], ['']],
    ['USA', ['']],
    [null, ['']],
  ])('that does not fit is an invalid request with every fault, and nothing is recorded: %j', async (body, paths) => {
    const response = await pages.json(link, body);
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ code: 'invalid-request' });
    expect(response.json().errors.map(({ path }: { path: string }) => path)).toEqual(paths);
    expect(await recorded()).toEqual([]);
  });

  it('that is too long names the limit and what was found', async () => {
    const response = await pages.json(link, { reasons: 'x'.repeat(20_001), name: 'n'.repeat(201) });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({
      errors: [
        { path: 'reasons', message: 'Expected at most 20000 characters, found 20001' },
        { path: 'name', message: 'Expected at most 200 characters, found 201' },
      ],
    });
  });
});

describe('the customer who is faster than our own books', () => {
  it('is heard once the acceptance of the mail has been recorded', async () => {
    const { pool } = varsel.database;
    const leaseId = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
    const now = Temporal.Instant.from(OPEN);
    const claimed = await inTransaction(pool, (tx) => claimMessages(tx, { now, leaseId, limit: 1000 }));
    const mine = claimed.find((each) => each.changeId === changeId && each.controllerName === 'Kunde 3 A/S');
    if (mine === undefined) throw new Error('the notice was not claimed');
    const early = await linkOf(varsel, changeId, 'kunde-3');
    const responses = Promise.all([pages.json(early, { reasons: 'USA' }), pages.get(early)]);
    await rows(pool, 'select pg_sleep(0.3)');
    await inTransaction(pool, (tx) =>
      recordOutcomes(tx, [
        {
          messageId: mine.id,
          kind: 'notice',
          changeId,
          controllerId: mine.controllerId,
          leaseId,
          outcome: 'accepted',
          startedAt: now,
          finishedAt: now,
          responseCode: 250,
          response: 'OK',
          printedDeadline: null,
          nextAttemptAt: null,
        },
      ]),
    );
    const [objection, page] = await responses;
    expect(objection.statusCode).toBe(201);
    expect(page.body).toContain('I kan gøre indsigelse');
  });
});

describe('a controller that has left', () => {
  it('is told that the change no longer concerns it, and keeps what it typed', async () => {
    await pages.form(link, { reasons: 'USA' });
    await leave(varsel, 'kunde-1');
    const { statusCode, body } = await pages.form(link, { reasons: REASONS });
    expect(statusCode).toBe(409);
    expect(body).toContain('Jeres aftale er ophørt');
    expect(typedIn(body)).toBe(REASONS);
    expect((await recorded())[0]).toMatchObject({ reasons: 'USA', status: 'pending' });
  });
});
