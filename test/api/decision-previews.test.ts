import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inIndia } from '../support/answering.ts';
import { approvalToConfirm } from '../support/approving.ts';
import { oneRow } from '../../src/db/postgres.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import type { ReceivedMail } from '../support/mailbox.ts';
import {
  aControllerOfTwo,
  announceAnother,
  haveControllers,
  linkOf,
  mailsTo,
  objectThrough,
  REASONS,
  SUBJECTS,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const DPO = 'dpo@kunde-1.example';
const CISO = 'ciso@kunde-1.example';

interface Preview {
  readonly result: { readonly status?: string; readonly objection?: { readonly status: string } };
  readonly mails: readonly {
    readonly kind: string;
    readonly language: string;
    readonly to: readonly object[];
    readonly subject: string;
    readonly html: string;
    readonly text: string;
  }[];
}

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START, {});
  await haveControllers(varsel, [aControllerOfTwo(1)]);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

const officer = () => varsel.api('officer');

async function preview(path: string, body: object = {}): Promise<Preview> {
  const response = await officer().post(`${path}/preview`).send(body);
  expect(response.status, JSON.stringify(response.body)).toBe(200);
  return response.body;
}

/** What a decision could write to. */
const written = () =>
  oneRow(
    varsel.database.pool,
    `select (select count(*) from messages) as messages, (select count(*) from events) as events,
       (select count(*) from answer_decisions) as decided, (select sum(version) from changes) as versions,
       (select count(*) from objections where status = 'pending') as pending,
       (select count(*) from approvals where status = 'unconfirmed') as unconfirmed,
       (select count(*) from contacts) as contacts`,
  );

/** The token of a link, as a mail has it. */
const LINK = /\/objections\/[\w-]+/g;
const withoutLinks = (text: string) => text.replaceAll(LINK, '/objections/…');

/** That what was sent is what was shown, but for the links: to each address the mail of its language. */
function expectSame(shown: Preview['mails'], sent: Readonly<Record<'da' | 'en', ReceivedMail | undefined>>): void {
  expect(shown.map(({ language }) => language).toSorted()).toEqual(['da', 'en']);
  for (const { language, subject, text } of shown) {
    const mail = sent[language as 'da' | 'en'];
    expect(mail?.subject).toBe(subject);
    expect(withoutLinks(mail?.text ?? '').trim()).toBe(withoutLinks(text).trim());
  }
}

/** The id of an objection through the link of the first contact. */
async function pendingObjection(changeId: string): Promise<string> {
  const link = await linkOf(varsel, changeId, 'kunde-1');
  return (await objectThrough(varsel, link.split('/').at(-1) ?? '', REASONS)).body.id;
}

describe('a preview of a resolution', () => {
  test('shows the mails that then go out, word for word, and writes nothing', async () => {
    const changeId = await announceAnother(varsel);
    await varsel.deliver();
    const id = await pendingObjection(changeId);
    await varsel.deliver();
    const before = await written();
    const decision = { outcome: 'accommodated', explanation: 'Behandlingen flyttes til Tyskland.' };
    const { result, mails } = await preview(`/v1/objections/${id}/resolve`, decision);
    expect(result).toMatchObject({ id, status: 'resolved', resolution: { outcome: 'accommodated' } });
    expect(mails.map(({ kind, to }) => ({ kind, to }))).toEqual([
      { kind: 'objection-resolved', to: [{ name: 'Dorthe Persson 1', email: DPO }] },
      { kind: 'objection-resolved', to: [{ name: 'Alice Brown 1', email: CISO }] },
    ]);
    for (const { text, html } of mails) {
      expect(text).toContain('Behandlingen flyttes til Tyskland.');
      expect(html).toContain('Behandlingen flyttes til Tyskland.');
      // Nobody but the controller is shown a link (D25).
      expect(text.match(LINK)?.every((each) => each === '/objections/cut-out')).toBe(true);
    }
    expect(await written()).toEqual(before);
    expect((await officer().get(`/v1/objections/${id}`)).body.status).toBe('pending');

    await officer().post(`/v1/objections/${id}/resolve`).send(decision).expect(200);
    await varsel.deliver();
    const [[da], [en]] = [mailsTo(varsel, DPO, SUBJECTS.resolved), mailsTo(varsel, CISO, SUBJECTS.resolved)];
    expectSame(mails, { da, en });
  });

  test('is refused as the decision would be', async () => {
    const changeId = await announceAnother(varsel);
    await varsel.deliver();
    const id = await pendingObjection(changeId);
    const refused = async (body: object) =>
      (await officer().post(`/v1/objections/${id}/resolve/preview`).send(body)).body.code;
    expect(await refused({ outcome: 'invalid' })).toBe('explanation-required');
    expect(await refused({ outcome: 'agreement-ended' })).toBe('agreement-running');
    await officer().post(`/v1/objections/${id}/resolve`).send({ outcome: 'invalid', explanation: 'Gentaget.' });
    expect(await refused({ outcome: 'withdrawn', explanation: 'Brev.' })).toBe('objection-already-resolved');
    expect((await varsel.api('reader').post(`/v1/objections/${id}/resolve/preview`).send({})).status).toBe(403);
  });
});

test('A preview of a classification shows what the answer would become, and the receipts or the rejections', async () => {
  const changeId = await announceAnother(varsel);
  await varsel.deliver();
  const notice = mailsTo(varsel, DPO, SUBJECTS.notice).at(-1);
  const { reply } = returnAddressesOf(notice!);
  await mailIn(varsel, anAnswer('Vi gør indsigelse mod USA.'), { from: DPO, to: reply });
  const [{ id }] = (await officer().get(`/v1/changes/${changeId}/answers`)).body.items;
  const before = await written();
  const asObjection = await preview(`/v1/answers/${id}/classify`, { decision: 'objection' });
  expect(asObjection.result.objection?.status).toBe('pending');
  expect(asObjection.mails.map(({ kind }) => kind)).toEqual(['objection-received', 'objection-received']);
  expect(asObjection.mails[0]?.text).toContain('Vi gør indsigelse mod USA.');
  const withoutReasons = await preview(`/v1/answers/${id}/classify`, { decision: 'objection', reasons: 'Ingen' });
  expect(withoutReasons.result.objection?.status).toBe('rejected');
  expect(withoutReasons.mails.map(({ kind }) => kind)).toEqual(['objection-rejected', 'objection-rejected']);
  const thanks = { decision: 'not-an-objection', explanation: 'De takker.' };
  expect((await preview(`/v1/answers/${id}/classify`, thanks)).mails).toEqual([]);
  expect(await written()).toEqual(before);
});

test('A preview of accepting a late objection shows its receipt', async () => {
  const changeId = await announceAnother(varsel);
  await varsel.deliver();
  const link = await linkOf(varsel, changeId, 'kunde-1');
  varsel.clock.set('2026-03-13T08:00:00Z');
  await objectThrough(varsel, link.split('/').at(-1) ?? '', REASONS);
  const [late] = (await officer().get(`/v1/changes/${changeId}/objections`)).body.items;
  const { mails } = await preview(`/v1/objections/${late.id}/accept-late`, { explanation: 'Brevet var forsinket.' });
  expect(mails.map(({ kind }) => kind)).toEqual(['objection-received', 'objection-received']);
  expect((await officer().get(`/v1/objections/${late.id}`)).body.status).toBe('rejected');
});

test('A preview of confirming an approval shows its receipts, and one of withdrawing it tells nobody who was never told', async () => {
  const changeId = await announceAnother(varsel, { subProcessor: inIndia(varsel.newCompany()) });
  await varsel.deliver();
  const id = await approvalToConfirm(varsel, changeId, 'kunde-1', '2026-03-02T09:00:00Z');
  const before = await written();
  const confirmed = await preview(`/v1/approvals/${id}/confirm`);
  expect(confirmed.result.status).toBe('waiting');
  expect(confirmed.mails.map(({ kind, language }) => `${kind} ${language}`)).toEqual([
    'approval-received da',
    'approval-received en',
  ]);
  const withdrawn = await preview(`/v1/approvals/${id}/withdraw`, { explanation: 'De har ringet og skrevet.' });
  expect(withdrawn).toMatchObject({ result: { status: 'withdrawn' }, mails: [] });
  expect(await written()).toEqual(before);
});
