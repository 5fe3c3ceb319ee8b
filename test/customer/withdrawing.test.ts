import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Controller } from '../../src/db/controllers.ts';
import { everyRow } from '../support/database.ts';
import { aProduct } from '../support/examples.ts';
import { tokenIn } from '../support/mailbox.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import {
  aControllerOfTwo,
  activate,
  announceAnother,
  haveControllers,
  haveProduct,
  linkOf,
  mailsTo,
  messagesTo,
  objectionsOf,
  SUBJECTS,
  withdraw,
  wordsOf,
  type Recorded,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { codeTo, requestWithdrawal, WITHDRAWAL_SUBJECTS } from '../support/withdrawing.ts';

const OPEN = '2026-03-07T09:00:00Z';
const A_DAY_LATER = '2026-03-08T09:00:00Z';

let varsel: TestVarsel;
let pages: Pages;

/** A link takes thirty POSTs a minute, so tests take those of ten controllers in turn. */
const CONTROLLERS = Array.from({ length: 10 }, (_, index) => aControllerOfTwo(index + 1));
/** Each test has a controller with a contact who reads Danish, and has objected, and one who reads English. */
let number = 0;
let controller: Controller;
let email: string;
let colleague: string;
let changeId: string;
let link: string;
let id: string;
let receipt: string;

beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  pages = pagesOf(varsel);
  varsel.clock.set(OPEN);
  await haveControllers(varsel, CONTROLLERS);
  changeId = await announceAnother(varsel);
  await varsel.deliver();
  await varsel.remember();
});
afterAll(() => varsel.close());

beforeEach(async () => {
  number = (number % CONTROLLERS.length) + 1;
  controller = CONTROLLERS[number - 1]!;
  email = `dpo@kunde-${number}.example`;
  colleague = `ciso@kunde-${number}.example`;
  link = await linkOf(varsel, changeId, `kunde-${number}`);
  ({ id } = (await pages.json(link, { reasons: 'Vi er uenige i overførslen' })).json());
  receipt = `${link}/${id}`;
  await varsel.deliver();
});
afterEach(() => varsel.restore());

/** The objection as it stands on the record. */
const recorded = async (): Promise<Recorded> =>
  (await varsel.api('reader').get(`/v1/objections/${id}`).expect(200)).body;
const request = (explanation?: string) =>
  requestWithdrawal({ varsel, pages }, { link, id, email, ...(explanation !== undefined && { explanation }) });
const wrongFor = (code: string) => (code === '00000000' ? '11111111' : '00000000');
/** The part of the mail about it that an address got last, and the link in it that stops the withdrawal. */
const stopLinkTo = (address: string): string => {
  const mail = mailsTo(varsel, address, WITHDRAWAL_SUBJECTS.requested).at(-1);
  if (mail === undefined) throw new Error(`${address} was not told`);
  const path = `/objections/${tokenIn(mail)}/${id}/keep`;
  expect(mail.html).toContain(path);
  return path;
};

describe('withdrawing an objection', () => {
  it('is offered where it is pending, and mails a code before anything happens', async () => {
    for (const address of [link, receipt]) {
      expect((await pages.get(address)).body).toContain(`href="${receipt}/withdraw"`);
    }
    const question = await pages.get(`${receipt}/withdraw`);
    expect(question.statusCode).toBe(200);
    expect(question.body).toContain(`sender vi først en kode til ${email}`);
    expect(question.body).not.toContain('name="code"');
    const asked = await pages.form(`${receipt}/withdraw`, '');
    expect([asked.statusCode, asked.headers.location]).toEqual([303, `${receipt}/withdraw`]);
    const form = await pages.get(`${receipt}/withdraw`);
    expect(form.body).toContain(`en e-mail med en kode til ${email}`);
    expect(form.body).toContain('autocomplete="one-time-code"');
    expect(form.body).toContain('lørdag den 7. marts 2026 kl. 10.15 dansk tid');
    await varsel.deliver();
    expect(codeTo(varsel, email)).toMatch(/^\d{8}$/);
    expect(mailsTo(varsel, colleague, WITHDRAWAL_SUBJECTS.code)).toEqual([]);
    expect(await recorded()).toMatchObject({ status: 'pending', withdrawal: null });
  });

  it('with the code is asked for, told to every contact, and carried out a day after they were told', async () => {
    await pages.form(`${receipt}/withdraw`, '');
    await varsel.deliver();
    const code = codeTo(varsel, email);
    const spaced = `${code.slice(0, 4)} ${code.slice(4)}`;
    const response = await pages.form(`${receipt}/withdraw`, { code: spaced, explanation: 'Aftalt\r\nmed <Telenor>' });
    expect([response.statusCode, response.headers.location]).toEqual([303, receipt]);
    expect(await recorded()).toMatchObject({
      status: 'pending',
      withdrawal: {
        status: 'waiting',
        email,
        explanation: 'Aftalt\nmed <Telenor>',
        delayHours: 24,
        takesEffectAt: null,
      },
    });
    expect((await pages.get(receipt)).body).toContain('24 timer efter, at alle har fået besked');
    await varsel.deliver();
    for (const address of [email, colleague]) {
      expect(mailsTo(varsel, address, WITHDRAWAL_SUBJECTS.requested).map(wordsOf)).toEqual([
        expect.stringContaining(email) as string,
      ]);
    }
    expect(await recorded()).toMatchObject({ withdrawal: { takesEffectAt: '2026-03-08T09:00:00.000Z' } });
    expect((await pages.get(receipt)).body).toContain('trukket tilbage søndag den 8. marts 2026 kl. 10.00');
    expect((await pages.get(receipt)).body).not.toContain('/withdraw"');

    varsel.clock.set('2026-03-08T08:59:59Z');
    await varsel.deliver();
    expect(await recorded()).toMatchObject({ status: 'pending' });
    varsel.clock.set(A_DAY_LATER);
    await varsel.deliver();
    expect(await recorded()).toMatchObject({
      status: 'resolved',
      resolution: {
        outcome: 'withdrawn',
        explanation: 'Aftalt\nmed <Telenor>',
        resolvedAt: '2026-03-08T09:00:00.000Z',
        resolvedBy: expect.stringContaining(email) as string,
      },
      withdrawal: { status: 'carried-out', takesEffectAt: null },
    });
    for (const address of [email, colleague]) expect(mailsTo(varsel, address, SUBJECTS.resolved)).toHaveLength(1);
    expect((await pages.get(receipt)).body).toContain('I har trukket indsigelsen tilbage.');
  });

  it('lets no activation come between: the objection blocks until it is carried out', async () => {
    varsel.clock.set('2026-04-14T09:00:00Z');
    await request();
    await varsel.deliver();
    varsel.clock.set('2026-04-15T08:59:00Z');
    await varsel.deliver();
    expect(await activate(varsel, changeId)).toMatchObject([{ code: 'objections-pending' }]);
    varsel.clock.set('2026-04-15T09:00:00Z');
    await varsel.deliver();
    expect(await activate(varsel, changeId)).toEqual([]);
  });

  it('waits from the last acceptance: a mail that is tried again puts it off', async () => {
    varsel.mailbox.refuse(colleague, { code: 450, message: '4.2.0 Busy' });
    await request();
    await varsel.deliver();
    expect(await recorded()).toMatchObject({ withdrawal: { takesEffectAt: null } });
    varsel.clock.set(A_DAY_LATER);
    varsel.mailbox.refuse(colleague, null);
    await varsel.deliver();
    expect(await recorded()).toMatchObject({
      status: 'pending',
      withdrawal: { takesEffectAt: '2026-03-09T09:00:00.000Z' },
    });
    varsel.clock.set('2026-03-09T09:00:00Z');
    await varsel.deliver();
    expect(await recorded()).toMatchObject({ status: 'resolved' });
  });

  it('is not kept waiting by an address that takes no mail, but by nobody having been told', async () => {
    varsel.mailbox.refuse(colleague, { code: 550, message: '5.1.1 No such user' });
    await request();
    await varsel.deliver();
    expect(await recorded()).toMatchObject({ withdrawal: { takesEffectAt: '2026-03-08T09:00:00.000Z' } });
    const told = (await messagesTo(varsel, changeId, email)).find(({ kind }) => kind === 'withdrawal-requested');
    const report = { action: 'failed', status: '5.1.1', evidence: { event: 'hard_bounce' } };
    await varsel.api('officer').post(`/v1/notices/${told?.id}/bounce`).send(report).expect(200);
    varsel.clock.set(A_DAY_LATER);
    await varsel.deliver();
    expect(await recorded()).toMatchObject({
      status: 'pending',
      withdrawal: { status: 'waiting', takesEffectAt: null },
    });
  });

  it('takes effect as soon as all are told where the product says so', async () => {
    await haveProduct(varsel, aProduct({ id: 'truetalk', withdrawalDelayHours: 0 }));
    await request();
    await varsel.deliver();
    await varsel.deliver();
    expect(await recorded()).toMatchObject({ status: 'resolved', withdrawal: { delayHours: 0 } });
  });

  it('is the same in steps for a program, which is no easier', async () => {
    const bare = await pages.send(`${receipt}/withdraw`, { method: 'POST', headers: { accept: 'application/json' } });
    expect(bare.statusCode).toBe(202);
    await varsel.deliver();
    const asked = await pages.json(`${receipt}/withdraw`, {});
    expect(asked.statusCode).toBe(202);
    expect(asked.json()).toEqual({ codeSentTo: email, expiresAt: '2026-03-07T09:15:00.000Z' });
    await varsel.deliver();
    const requested = await pages.json(`${receipt}/withdraw`, { code: codeTo(varsel, email), explanation: 'Aftalt' });
    expect(requested.statusCode).toBe(202);
    expect(requested.json()).toMatchObject({
      id,
      status: 'pending',
      withdrawal: { status: 'waiting', explanation: 'Aftalt' },
    });
  });
});

describe('a code', () => {
  const ask = async () => {
    await pages.form(`${receipt}/withdraw`, '');
    await varsel.deliver();
    return codeTo(varsel, email);
  };

  it('that is wrong withdraws nothing, says how often it can be tried, and keeps the comment', async () => {
    const code = await ask();
    const page = await pages.form(`${receipt}/withdraw`, { code: wrongFor(code), explanation: 'Aftalt <nu>' });
    expect(page.statusCode).toBe(422);
    expect(page.body).toMatch(/<title>Fejl: /);
    expect(page.body).toContain('Du kan prøve 4 gange til');
    expect(page.body).toContain('Aftalt &lt;nu&gt;</textarea>');
    const problem = await pages.json(`${receipt}/withdraw`, { code: 'abc' });
    expect(problem.json()).toMatchObject({
      status: 422,
      code: 'code-wrong',
      detail: expect.stringContaining('3 more') as string,
    });
    expect((await pages.form(`${receipt}/withdraw`, { code })).statusCode).toBe(303);
  });

  it('is over after five wrong tries, also for who has the right one', async () => {
    const code = await ask();
    for (let times = 0; times < 5; times += 1) await pages.form(`${receipt}/withdraw`, { code: wrongFor(code) });
    const page = await pages.form(`${receipt}/withdraw?lang=en`, { code });
    expect(page.statusCode).toBe(422);
    expect(page.body).toContain('The code can no longer be used');
    expect(page.body).toContain('Send the code');
    expect(await recorded()).toMatchObject({ status: 'pending', withdrawal: null });
  });

  it('is over after fifteen minutes', async () => {
    const code = await ask();
    varsel.clock.set('2026-03-07T09:14:59Z');
    expect((await pages.get(`${receipt}/withdraw`)).body).toContain('name="code"');
    varsel.clock.set('2026-03-07T09:15:00Z');
    expect((await pages.get(`${receipt}/withdraw`)).body).not.toContain('name="code"');
    expect((await pages.json(`${receipt}/withdraw`, { code })).json()).toMatchObject({ code: 'code-wrong' });
    expect(await recorded()).toMatchObject({ withdrawal: null });
  });

  it('that is newer ends the older one', async () => {
    const first = await ask();
    const second = await ask();
    expect(second).not.toBe(first);
    expect((await pages.form(`${receipt}/withdraw`, { code: first })).statusCode).toBe(422);
    expect((await pages.form(`${receipt}/withdraw`, { code: second })).statusCode).toBe(303);
  });

  it('is mailed five times an hour at most, and the latest can still be used', async () => {
    for (let times = 0; times < 5; times += 1)
      expect((await pages.form(`${receipt}/withdraw`, '')).statusCode).toBe(303);
    const page = await pages.form(`${receipt}/withdraw`, '');
    expect(page.statusCode).toBe(429);
    expect(page.body).toContain('Vi har ikke sendt en kode');
    expect((await pages.json(`${receipt}/withdraw`, {})).json()).toMatchObject({
      status: 429,
      code: 'code-limit',
    });
    await varsel.deliver();
    expect(mailsTo(varsel, email, WITHDRAWAL_SUBJECTS.code)).toHaveLength(5);
    varsel.clock.set('2026-03-07T10:00:01Z');
    expect((await pages.form(`${receipt}/withdraw`, '')).statusCode).toBe(303);
  });

  it('of another objection, contact or controller is none', async () => {
    const code = await ask();
    const { id: other } = (await pages.json(link, { reasons: 'Prisen' })).json();
    await pages.json(`${link}/${other}/withdraw`, {});
    expect((await pages.json(`${link}/${other}/withdraw`, { code })).statusCode).toBe(422);
    const [{ id: noticeOfColleague }] = (
      await varsel.database.pool.query(
        `select id from messages where change_id = $1 and kind = 'notice' and email = $2`,
        [changeId, colleague],
      )
    ).rows;
    const colleaguesLink = `/objections/${varsel.links.tokenOf(noticeOfColleague)}`;
    expect((await pages.json(`${colleaguesLink}/${id}/withdraw`, { code })).statusCode).toBe(422);
    expect(await recorded()).toMatchObject({ withdrawal: null });
  });

  it('stands nowhere in the database', async () => {
    const code = await ask();
    expect(await everyRow(varsel.database.pool)).not.toContain(code);
  });

  it('is not tried where it is empty, or the comment is too long', async () => {
    const code = await ask();
    expect((await pages.form(`${receipt}/withdraw`, { code: ' ' })).body).toContain('Skriv koden fra e-mailen');
    const long = await pages.form(`${receipt}/withdraw`, { code, explanation: 'x'.repeat(5_001) });
    expect(long.statusCode).toBe(422);
    expect(long.body).toContain('Bemærkningen må højst være på 5.000 tegn');
    expect(long.body).toContain(`value="${code}"`);
    expect((await pages.form(`${receipt}/withdraw`, `code=${code}&explanation=et&explanation=to`)).statusCode).toBe(
      400,
    );
    expect((await pages.json(`${receipt}/withdraw`, { code, extra: true })).statusCode).toBe(400);
    expect((await pages.form(`${receipt}/withdraw`, { code, explanation: '' })).statusCode).toBe(303);
  });
});

describe('who has the notice and not the mailbox', () => {
  it('can read the page and withdraw nothing: the code goes to the contact', async () => {
    await pages.form(`${receipt}/withdraw`, '');
    for (let times = 0; times < 5; times += 1)
      await pages.form(`${receipt}/withdraw`, { code: `${10_000_000 + times}` });
    await varsel.deliver();
    varsel.clock.set('2026-03-20T09:00:00Z');
    await varsel.deliver();
    expect(await recorded()).toMatchObject({ status: 'pending', withdrawal: null });
    expect(mailsTo(varsel, email, WITHDRAWAL_SUBJECTS.code)).toHaveLength(1);
  });
});

describe('“that was not us”', () => {
  it('stops the withdrawal: the objection is pending, and all contacts and the company are told', async () => {
    await request();
    await varsel.deliver();
    const path = stopLinkTo(colleague);
    const before = await everyRow(varsel.database.pool);
    const question = await pages.get(path);
    expect(question.statusCode).toBe(200);
    expect(question.body).toContain('Do you want to keep objection no.');
    const pressed = await pages.form(path, '');
    expect(pressed.statusCode).toBe(422);
    expect(await everyRow(varsel.database.pool)).toBe(before);

    const kept = await pages.form(path, { confirmed: 'yes' });
    expect(kept.statusCode).toBe(303);
    expect(await recorded()).toMatchObject({
      status: 'pending',
      withdrawal: { status: 'stopped', endedBy: expect.stringContaining(colleague) as string },
    });
    varsel.clock.set('2026-03-20T09:00:00Z');
    await varsel.deliver();
    expect(await recorded()).toMatchObject({ status: 'pending' });
    for (const address of [email, colleague])
      expect(mailsTo(varsel, address, WITHDRAWAL_SUBJECTS.stopped)).toHaveLength(1);
    const [toOperator] = varsel.mailbox.mails
      .filter(({ subject = '' }) => subject.includes('that was not us'))
      .slice(-1);
    expect(wordsOf(toOperator as never)).toContain(colleague);
  });

  it('is for a program, too, and only while a withdrawal waits', async () => {
    expect((await pages.json(`${receipt}/keep`, {})).json()).toMatchObject({
      status: 409,
      code: 'no-withdrawal-waiting',
    });
    expect((await pages.get(`${receipt}/keep`)).statusCode).toBe(409);
    await request();
    expect((await pages.json(`${receipt}/keep`, { confirmed: 'yes' })).statusCode).toBe(400);
    expect((await pages.json(`${receipt}/keep`, {})).json()).toMatchObject({ withdrawal: { status: 'stopped' } });
    expect((await pages.form(`${receipt}/keep`, { confirmed: 'yes' })).statusCode).toBe(409);
  });

  it('can be followed by another request, with a code of its own', async () => {
    await request();
    const code = codeTo(varsel, email);
    await pages.json(`${receipt}/keep`, {});
    expect((await pages.json(`${receipt}/withdraw`, { code })).statusCode).toBe(422);
    await request();
    expect(await recorded()).toMatchObject({ withdrawal: { status: 'waiting' } });
  });

  it('and the job that carries it out at the same moment have one order', async () => {
    await request();
    await varsel.deliver();
    varsel.clock.set(A_DAY_LATER);
    const [kept] = await Promise.all([pages.json(`${receipt}/keep`, {}), varsel.deliver()]);
    const { status, withdrawal } = await recorded();
    if (kept.statusCode === 200) expect([status, withdrawal?.status]).toEqual(['pending', 'stopped']);
    else expect([kept.statusCode, status, withdrawal?.status]).toEqual([409, 'resolved', 'carried-out']);
  });
});

describe('while a withdrawal waits', () => {
  it('a second one is refused, as a page and for a program, also where two come at once', async () => {
    await pages.form(`${receipt}/withdraw`, '');
    await varsel.deliver();
    const code = codeTo(varsel, email);
    const both = await Promise.all([1, 2].map(() => pages.form(`${receipt}/withdraw`, { code })));
    expect(both.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([303, 409]);
    expect((await pages.get(`${receipt}/withdraw`)).statusCode).toBe(409);
    expect((await pages.json(`${receipt}/withdraw`, {})).json()).toMatchObject({
      code: 'withdrawal-already-requested',
    });
    await varsel.deliver();
    expect(mailsTo(varsel, colleague, WITHDRAWAL_SUBJECTS.requested)).toHaveLength(1);
  });

  it('the same text sent anew is another objection, which stands', async () => {
    await request();
    const again = await pages.json(link, { reasons: 'Vi er uenige i overførslen', name: null });
    expect(again.json().id).not.toBe(id);
    await varsel.deliver();
    varsel.clock.set(A_DAY_LATER);
    await varsel.deliver();
    expect((await objectionsOf(varsel, changeId)).map(({ status }) => status)).toEqual(['resolved', 'pending']);
  });

  it('and who asked is removed, it is stopped when it is due, and told', async () => {
    await request();
    await varsel.deliver();
    await haveControllers(varsel, [{ ...controller, contacts: controller.contacts.slice(1) }]);
    varsel.clock.set(A_DAY_LATER);
    await varsel.deliver();
    expect(await recorded()).toMatchObject({ status: 'pending', withdrawal: { status: 'stopped', endedBy: 'system' } });
    const [mail] = mailsTo(varsel, colleague, WITHDRAWAL_SUBJECTS.stopped);
    expect(mail && wordsOf(mail)).toContain('is no longer one of your contacts');
  });

  it('and the agreement ends, it is carried out all the same', async () => {
    await request();
    await varsel.deliver();
    await varsel.api().delete(`/v1/controllers/kunde-${number}/products/truetalk`).expect(204);
    varsel.clock.set(A_DAY_LATER);
    await varsel.deliver();
    expect(await recorded()).toMatchObject({ status: 'resolved', resolution: { outcome: 'withdrawn' } });
  });

  it('and the change is withdrawn, the objection ends with it, and nobody is told that it waits', async () => {
    await request();
    await withdraw(varsel, changeId);
    await varsel.deliver();
    varsel.clock.set(A_DAY_LATER);
    await varsel.deliver();
    expect(await recorded()).toMatchObject({
      status: 'resolved',
      resolution: { outcome: 'change-withdrawn' },
      withdrawal: { status: 'lapsed' },
    });
    expect(mailsTo(varsel, colleague, WITHDRAWAL_SUBJECTS.requested)).toEqual([]);
  });

  it('and an officer resolves the objection, it lapses', async () => {
    await request();
    const resolution = { outcome: 'accommodated', explanation: 'Bekræftet i brev' };
    await varsel.api('officer').post(`/v1/objections/${id}/resolve`).send(resolution).expect(200);
    expect(await recorded()).toMatchObject({
      resolution: { outcome: 'accommodated' },
      withdrawal: { status: 'lapsed' },
    });
  });
});

describe('what cannot be withdrawn', () => {
  it('is what has been resolved, as a page and as a problem', async () => {
    const resolution = { outcome: 'accommodated', explanation: 'Bekræftet i brev' };
    await varsel.api('officer').post(`/v1/objections/${id}/resolve`).send(resolution).expect(200);
    const page = await pages.form(`${receipt}/withdraw?lang=en`, '');
    expect(page.statusCode).toBe(409);
    expect(page.body).toContain('has already been resolved and cannot be withdrawn');
    expect((await pages.json(`${receipt}/withdraw`, {})).json()).toMatchObject({ code: 'objection-already-resolved' });
  });

  it('is a rejected attempt', async () => {
    await pages.form(link, { reasons: '-' });
    const attempt = (await objectionsOf(varsel, changeId)).findLast(({ status }) => status === 'rejected');
    const url = `${link}/${attempt?.id}/withdraw`;
    expect((await pages.get(url)).statusCode).toBe(409);
    expect((await pages.json(url, {})).json()).toMatchObject({ code: 'objection-not-pending' });
  });

  it('is an objection to another change, or of another controller', async () => {
    const unknown = (await pages.get('/objections/unknown')).body;
    const other = await announceAnother(varsel);
    await varsel.deliver();
    const base = await linkOf(varsel, other, `kunde-${number}`);
    for (const below of ['', '/withdraw', '/keep']) {
      const page = await pages.get(`${base}/${id}${below}`);
      expect([page.statusCode, page.body]).toEqual([404, unknown]);
      expect((await pages.json(`${base}/${id}/withdraw`, {})).json()).toMatchObject({ code: 'not-found' });
    }
  });
});
