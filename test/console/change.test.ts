import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { changeTextsIn } from '../../src/console/change/texts.ts';
import { problemInWords } from '../../src/console/problem-words.ts';
import { aController, aProduct } from '../support/examples.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import {
  aControllerOfTwo,
  amending,
  announce,
  announceAnother,
  changeNow,
  haveControllers,
  haveProduct,
  mailsTo,
  objectThrough,
  partOf,
  SUBJECTS,
  tokenOf,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const REASONS = 'Vi er uenige i overførslen til USA.';
const t = changeTextsIn('da');

let varsel: TestVarsel;
let officer: SignedInPerson;
let id: string;

/** Three customers are told; the mail system of the third knows nobody, and the second objects. */
beforeAll(async () => {
  varsel = await startVarsel(START);
  await haveControllers(varsel, [aController(1), aControllerOfTwo(2), aController(3)]);
  varsel.mailbox.refuse('dpo@kunde-3.example', { code: 550, message: '5.1.1 No such user here' });
  id = await announceAnother(varsel, { reason: { da: 'Mere <b>kapacitet</b>' } });
  varsel.clock.advance({ seconds: 90 });
  await varsel.deliver();
  await objectThrough(varsel, tokenOf(varsel, 'dpo@kunde-2.example'), REASONS);
  officer = await signIn(varsel, { role: 'officer', name: 'Eva Lund' });
});
afterAll(() => varsel.close());

const page = async (address: string, who = officer) => {
  const { status, text } = await who.get(address).set('accept-language', 'da');
  return { status, text: text.replace(/\s+/g, ' ') };
};
const shownAt = async (address: string, who = officer) => {
  const { status, text } = await page(address, who);
  expect(status, text).toBe(200);
  return text;
};

test('the list has each change with how far it is, and finds the one that is looked for', async () => {
  const { companies } = await changeNow(varsel, id);
  const all = await shownAt('/console/changes');
  expect(all).toContain(`Ny underdatabehandler ${companies[0]}`);
  expect(all).toContain('2 af 3');
  expect(all).toContain('heraf 1 ikke afgjort');
  expect(await shownAt(`/console/changes?q=${encodeURIComponent(companies[0])}&blocked=true`)).toContain(companies[0]);
  expect(await shownAt('/console/changes?q=findes-ikke')).toContain(t.list.none);
  expect(await shownAt('/console/changes?status=withdrawn')).toContain(t.list.none);
});

test('the page of a change says what is missing and what to do, in words, and draws nothing without its numbers', async () => {
  const shown = await shownAt(`/console/changes/${id}`);
  const { activation } = await changeNow(varsel, id);
  expect(activation.blockers.map(({ code }: { code: string }) => code)).toEqual([
    'controllers-not-notified',
    'objection-windows-open',
    'objections-pending',
    'planned-date-not-reached',
  ]);
  for (const words of ['1 kunde er ikke underrettet.', '1 indsigelse er ikke afgjort.', 'Læs hver indsigelse'])
    expect(shown).toContain(words);
  expect(shown).toContain('Mere &lt;b&gt;kapacitet&lt;/b&gt;');
  expect(shown).toContain('<strong>1</strong> <span class="hint">(25 %)</span>');
  expect(shown).toContain('torsdag den 12. marts 2026');
  expect(shown).toMatch(/<path class="plot-line plot-accepted" d="M0 100 L/);
  expect(shown).toMatch(/Indsigelse modtaget<\/strong> <a href="[^"]*kunde-2">Kunde 2 A\/S</);
  // Every fact that customers see, beside what the clauses make of it.
  for (const words of [
    'Den nye underdatabehandler',
    'Behandlingssteder og overførselsgrundlag',
    'Kunderne kan gøre indsigelse mod',
  ])
    expect(shown).toContain(words);
  expect(shown).not.toMatch(/undefined|\[object|style="/);
});

test('the live part is the same without the frame', async () => {
  const part = await shownAt(`/console/changes/${id}/progress`);
  expect(part).not.toContain('<html');
  expect(part).toContain(t.progress.notices);
});

test('the live part is no use of the session: a page that nobody sits at ends with it (D56)', async () => {
  onTestFinished(() => varsel.clock.set(START));
  const away = await signIn(varsel, { role: 'reader' });
  for (let minutes = 0; minutes < 30; minutes += 5) {
    expect((await page(`/console/changes/${id}/progress`, away)).status).toBe(200);
    varsel.clock.advance({ minutes: 5 });
  }
  expect((await page(`/console/changes/${id}/progress`, away)).status).toBe(303);
});

test('customers are found by what is the case with them', async () => {
  const found = async (query: string) => {
    const text = await shownAt(`/console/changes/${id}/controllers?${query}`);
    return [...text.matchAll(/<span class="hint">(kunde-\d)<\/span>/g)].map(([, externalId]) => externalId);
  };
  expect(await found('')).toEqual(['kunde-1', 'kunde-2', 'kunde-3']);
  expect(await found('show=not-told')).toEqual(['kunde-3']);
  expect(await found('show=failed')).toEqual(['kunde-3']);
  expect(await found('show=objected')).toEqual(['kunde-2']);
  expect(await found('show=silent')).toEqual(['kunde-1']);
  expect(await found('q=ciso')).toEqual(['kunde-2']);
  // What only a change that asks for approval has is not offered.
  expect(await shownAt(`/console/changes/${id}/controllers`)).not.toContain(t.show.refused);
});

test('one customer’s whole story stands on one page, with the mail itself', async () => {
  const story = `/console/changes/${id}/controllers/kunde-2`;
  const shown = await shownAt(story);
  expect(shown).toContain('Underretning: dpo@kunde-2.example');
  expect(shown).toMatch(/<blockquote class="typed">250 /);
  expect(shown).toContain(`<blockquote class="typed">${REASONS}</blockquote>`);
  expect(shown.indexOf('Underretning: dpo')).toBeLessThan(shown.indexOf('Indsigelse nr.'));
  const [, mail = ''] = /href="([^"]*\/messages\/[^"]*)"/.exec(shown) ?? [];
  const shownMail = await shownAt(mail);
  expect(shownMail).toContain('&lt;dpo@kunde-2.example&gt;');
  const { headers, text } = await officer.get(`${mail}/mail.html`);
  expect(headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
  expect(text).toMatch(/^<!doctype html>/i);
  const raw = await officer.get(`${mail}/mail.eml`).responseType('blob');
  const [, messageId = ''] = /messages\/([^/]+)$/.exec(mail) ?? [];
  const kept = await varsel.api('officer').get(`/v1/notices/${messageId}/mail`).responseType('blob');
  expect(Buffer.isBuffer(kept.body) && raw.body.equals(kept.body)).toBe(true);
  // Of another customer or another change there is no such mail.
  expect((await page(mail.replace('kunde-2', 'kunde-1'))).status).toBe(404);
});

test('a reader sees the story, and neither the mail nor a way to act', async () => {
  const reader = await signIn(varsel, { role: 'reader' });
  const shown = await shownAt(`/console/changes/${id}/controllers/kunde-2`, reader);
  expect(shown).toContain(REASONS);
  expect(shown).not.toContain('/messages/');
  expect(shown).not.toContain('<form method="post" action="/console/changes');
  const change = await shownAt(`/console/changes/${id}`, reader);
  for (const act of ['withdraw', 'evidence', 'resend-failed']) {
    expect(change).not.toContain(`${id}/${act}`);
    expect((await page(`/console/changes/${id}/${act}`, reader)).status).toBe(403);
  }
  expect((await reader.post(`/console/changes/${id}/withdraw`, { da: 'x', step: 'withdraw' })).status).toBe(403);
  expect(await changeNow(varsel, id)).toMatchObject({ status: 'announced' });
});

test('who is for another product finds nothing of it', async () => {
  await haveProduct(varsel, { ...aProduct(), id: 'smartring', name: 'Smart Ring' });
  const other = await signIn(varsel, { role: 'officer', products: ['smartring'] });
  expect(await shownAt('/console/changes', other)).toContain(t.list.none);
  expect((await page(`/console/changes/${id}`, other)).status).toBe(404);
});

test('a letter is recorded, and what is wrong with it stands beside its field with what was typed', async () => {
  const story = `/console/changes/${id}/controllers/kunde-3`;
  const wrong = await officer.post(`${story}/letter`, { arrivedOn: '2. marts', reference: 'RR <1>' });
  expect(wrong.status).toBe(400);
  expect(wrong.text).toContain('»2. marts« er ikke en dag.');
  expect(wrong.text).toContain('value="RR &lt;1&gt;"');
  const early = await officer.post(`${story}/letter`, { arrivedOn: '2026-02-01', reference: 'RR 1' });
  expect(early.status).toBe(422);
  expect(early.text).toContain(problemInWords('arrival-date-out-of-range', 'da'));
  expect(await partOf(varsel, id, 'kunde-3')).toMatchObject({ state: 'awaiting-notice', letters: [] });

  const right = await officer.post(`${story}/letter`, { arrivedOn: '2026-03-02', reference: 'RR 1', once: 'a' });
  expect({ status: right.status, location: right.headers.location }).toEqual({ status: 303, location: story });
  // A second click does nothing.
  await officer.post(`${story}/letter`, { arrivedOn: '2026-03-02', reference: 'RR 1', once: 'a' });
  expect(await partOf(varsel, id, 'kunde-3')).toMatchObject({
    state: 'open',
    letters: [{ reference: 'RR 1', recordedBy: expect.stringMatching(/^Eva Lund \(person /) }],
  });
  expect(await shownAt(story)).toContain('Brev kom frem mandag den 2. marts 2026, noteret af Eva Lund');
});

test('what failed is sent again, once', async () => {
  const failing = await announceAnother(varsel);
  await varsel.deliver();
  varsel.mailbox.refuse('dpo@kunde-3.example', null);
  expect(await shownAt(`/console/changes/${failing}/resend-failed`)).toContain(t.resendFailed.submit);
  const { status, text } = await officer.post(`/console/changes/${failing}/resend-failed`, { once: 'b' });
  expect({ status, text }).toMatchObject({ status: 200, text: expect.stringContaining('1 e-mail til 1 kunde') });
  await varsel.deliver();
  expect(mailsTo(varsel, 'dpo@kunde-3.example', SUBJECTS.notice)).toHaveLength(1);
  const again = await officer.post(`/console/changes/${failing}/resend-failed`, {});
  expect(again.text).toContain(t.resendFailed.none);
});

test('a withdrawal shows its mail first, and is made when it is sent again', async () => {
  const ended = await announceAnother(varsel);
  await varsel.deliver();
  const address = `/console/changes/${ended}/withdraw`;
  const empty = await officer.post(address, { da: ' ', en: 'Kept' });
  expect(empty.status).toBe(400);
  expect(empty.text).toContain(t.needed(t.withdraw.da));
  expect(empty.text).toContain('Kept');
  const { status, text } = await officer.post(address, { da: 'Aftalen blev ikke til noget', en: '' });
  expect(status, text).toBe(200);
  expect(text).toContain('3 kunder får besked.');
  expect(text).toContain('Begrundelse');
  expect(await changeNow(varsel, ended)).toMatchObject({ status: 'announced' });
  const [, picture = ''] = /src="([^"]*mail\.html[^"]*)"/.exec(text) ?? [];
  const shown = await officer.get(picture.replaceAll('&amp;', '&'));
  expect(shown.text).toContain('Aftalen blev ikke til noget');
  const done = await officer.post(address, { da: 'Aftalen blev ikke til noget', en: '', step: 'withdraw' });
  expect(done.headers.location).toBe(`/console/changes/${ended}?said=withdrawn`);
  expect(await changeNow(varsel, ended)).toMatchObject({
    status: 'withdrawn',
    withdrawnBy: expect.stringContaining('Eva Lund'),
    withdrawalReason: { da: 'Aftalen blev ikke til noget' },
  });
  // Somebody else had the same page open.
  const late = await officer.post(address, { da: 'For sent', en: '', step: 'withdraw' });
  expect(late.status).toBe(409);
  expect(late.text).toContain(t.refusals['change-ended']);
});

test('an activation that is blocked says so, and one that is not takes fresh factors', async () => {
  const blocked = await shownAt(`/console/changes/${id}/activate`);
  expect(blocked).toContain(t.activate.blocked);
  expect(blocked).not.toContain(`action="/console/changes/${id}/activate"`);
  const refused = await officer.post(`/console/changes/${id}/activate`);
  expect(refused.status).toBe(409);
  expect(refused.text).toContain(t.refusals['activation-blocked']);

  const ready = await announceAnother(varsel);
  await varsel.deliver();
  varsel.clock.set('2026-04-15T08:00:00Z');
  const weeksLater = await signIn(varsel, { role: 'officer', name: 'Eva Lund' });
  const stale = await signIn(varsel, { role: 'officer', hasFactors: false });
  expect(await shownAt('/console', weeksLater)).toContain('kan gennemføres nu');
  expect(await shownAt(`/console/changes/${ready}`, weeksLater)).toContain(t.page.nothingMissing);
  const shown = await shownAt(`/console/changes/${ready}/activate`, weeksLater);
  expect(shown).toContain('3 kunder får at vide, at ændringen er gennemført.');
  const asked = await stale.post(`/console/changes/${ready}/activate`);
  expect(asked.status).toBe(303);
  expect(asked.headers.location).not.toContain('said=');
  expect(await changeNow(varsel, ready)).toMatchObject({ status: 'announced' });
  const done = await weeksLater.post(`/console/changes/${ready}/activate`);
  expect(done.headers.location).toBe(`/console/changes/${ready}?said=activated`);
  expect(await changeNow(varsel, ready)).toMatchObject({ status: 'activated' });
  expect(await shownAt(`/console/changes/${ready}?said=activated`, weeksLater)).toContain(t.activate.done);
  expect(await shownAt(`/console/changes/${ready}`, weeksLater)).toContain(t.page.asAnnounced('2. marts 2026'));
});

test('a second person confirms the wording with both texts in view, and nobody a mail that did not arrive', async () => {
  varsel.clock.set('2026-04-16T08:00:00Z');
  const eva = await signIn(varsel, { role: 'officer', name: 'Eva Lund' });
  const processing = { da: 'Support, fejlretning og hjælp', en: 'Support, debugging and help' };
  const worded = await announce(varsel, {
    ...(await amending(varsel, 'Gintel', { processing })),
    wordingOnly: ['processing'],
    plannedActivationOn: '2026-05-15',
  });
  const address = `/console/changes/${worded}`;
  const shown = await shownAt(`${address}/confirm-wording`, eva);
  for (const text of ['Bistår med support og fejlretning', processing.da]) expect(shown).toContain(text);
  const unsent = await partOf(varsel, worded, 'kunde-1');
  const reached = await eva.post(`${address}/controllers/kunde-1/reached`, {
    message: unsent.notices[0].id,
    evidence: 'Bekræftet i telefonen',
  });
  expect(reached.status).toBe(409);
  expect(reached.text).toContain(problemInWords('notice-never-accepted', 'da'));
  expect(reached.text).toContain('Bekræftet i telefonen');

  const confirmed = await eva.post(`${address}/confirm-wording`);
  expect(confirmed.headers.location).toBe(`${address}?said=confirmed`);
  expect(await changeNow(varsel, worded)).toMatchObject({
    wordingConfirmedBy: expect.stringMatching(/^Eva Lund \(person /),
  });
  const again = await eva.post(`${address}/confirm-wording`);
  expect([again.status, again.text.includes(problemInWords('wording-not-waiting', 'da'))]).toEqual([409, true]);
  // It is in force for nobody, so there is nothing to close.
  const closed = await eva.post(`${address}/close`);
  expect(closed.status).toBe(409);
  expect(closed.text).toContain(problemInWords('change-not-activated', 'da'));
});

test('the evidence is a file, whole or one customer’s', async () => {
  const fresh = await signIn(varsel, { role: 'officer' });
  expect(await shownAt(`/console/changes/${id}/evidence`, fresh)).toContain(t.evidence.whole);
  const { status, headers } = await fresh.get(`/console/changes/${id}/evidence/pack?controller=kunde-2`).buffer(false);
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'application/zip',
    'content-disposition': expect.stringMatching(/^attachment; filename=".*\.zip"$/),
  });
});
