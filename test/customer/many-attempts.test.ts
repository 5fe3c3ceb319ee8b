import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  aControllerOfTwo,
  announceAnother,
  eventsOf,
  haveControllers,
  linkOf,
  notifyByLetter,
  objectionsOf,
  partOf,
} from '../support/story.ts';
import { pagesOf, type Page, type Pages } from '../support/pages.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const KEPT = 20;
const AFTER_DEADLINE = '2026-03-20T09:00:00Z';

let varsel: TestVarsel;
let pages: Pages;
let changeId: string;
let link: string;
let noticeId: string;

beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  pages = pagesOf(varsel);
  await haveControllers(varsel, [aControllerOfTwo(1)]);
});
afterAll(() => varsel.close());

let minutes = 0;
beforeEach(async () => {
  // The limiter of requests uses the machine's clock.
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-01-01T00:00:00Z') });
  varsel.clock.set('2026-03-03T09:00:00Z');
  changeId = await announceAnother(varsel);
  await notifyByLetter(varsel, changeId, ['kunde-1'], '2026-03-03');
  link = await linkOf(varsel, changeId, 'kunde-1');
  noticeId = (await partOf(varsel, changeId, 'kunde-1')).notices[0].id;
});
afterEach(() => vi.useRealTimers());

/** Sends so many, each with another text, as slowly as the limit of requests asks for. */
async function sendMany(times: number, reasons: (index: number) => string): Promise<Page[]> {
  const responses: Page[] = [];
  for (let index = 0; index < times; index += 1) {
    if (index % 25 === 0) vi.setSystemTime(new Date('2030-01-01T00:00:00Z').getTime() + (minutes += 1) * 120_000);
    responses.push(await pages.form(link, { reasons: reasons(index), name: `Nummer ${index}` }));
  }
  return responses;
}
const furtherAttempts = async () =>
  (await varsel.api('reader').get(`/v1/notices/${noticeId}`).expect(200)).body.furtherAttempts;

describe('very many rejected attempts through one link', () => {
  it('are kept with their texts, the first and the latest, and counted between', async () => {
    const responses = await sendMany(75, (index) => `${index}`);
    expect(new Set(responses.map(({ statusCode }) => statusCode))).toEqual(new Set([422]));
    const recorded = await objectionsOf(varsel, changeId);
    expect(recorded.map(({ reasons }) => reasons)).toEqual(Array.from({ length: KEPT }, (_, index) => `${index}`));
    expect(new Set(recorded.map(({ status }) => status))).toEqual(new Set(['rejected']));
    const { count, latest } = await furtherAttempts();
    expect(count).toBe(75 - KEPT);
    expect(latest.map(({ reasons }: { reasons: string }) => reasons)).toEqual(
      Array.from({ length: KEPT }, (_, index) => `${75 - KEPT + index}`),
    );
    expect(latest.at(-1)).toEqual({
      rejectedFor: 'reasons-required',
      name: 'Nummer 74',
      reasons: '74',
      receivedAt: '2026-03-03T09:00:00.000Z',
    });
    expect((await eventsOf(varsel, changeId)).filter((type) => type === 'objection.rejected')).toHaveLength(KEPT);
    expect(responses[KEPT - 1]?.body).toContain('gemt med hele sin tekst som nr.');
    expect(responses[KEPT]?.body).toContain('Vi tæller dem');
  });

  it('say to a program what is kept', async () => {
    await sendMany(KEPT, () => '');
    const { statusCode, body } = await pages.json(link, { reasons: '-' });
    expect(statusCode).toBe(422);
    expect(JSON.parse(body)).toMatchObject({
      code: 'reasons-required',
      detail: expect.stringContaining('counted') as string,
    });
  });

  it('never keep out an objection that counts, which has its number and its receipt', async () => {
    await sendMany(30, () => '?');
    const filed = await pages.form(link, { reasons: 'USA' });
    expect(filed.statusCode).toBe(303);
    const [valid, ...more] = (await objectionsOf(varsel, changeId)).filter(({ status }) => status === 'pending');
    expect(more).toEqual([]);
    expect(valid).toMatchObject({ reasons: 'USA', channel: 'link', messageId: noticeId });
    expect((await pages.get(String(filed.headers.location))).statusCode).toBe(200);
  });

  it('are late ones, too, whose first and latest texts an officer can read', async () => {
    varsel.clock.set(AFTER_DEADLINE);
    await sendMany(KEPT + 3, (index) => `Vi er uenige, ${index}`);
    const { count, latest } = await furtherAttempts();
    expect(count).toBe(3);
    expect(latest.map(({ reasons }: { reasons: string }) => reasons)).toEqual(
      [20, 21, 22].map((each) => `Vi er uenige, ${each}`),
    );
    const [first] = await objectionsOf(varsel, changeId);
    await varsel.api('officer').post(`/v1/objections/${first?.id}/accept-late`).send({}).expect(200);
  });

  it('are those of one link: a colleague’s is judged by itself', async () => {
    await sendMany(KEPT + 1, () => '!');
    const { notices } = await partOf(varsel, changeId, 'kunde-1');
    const other = `/objections/${varsel.links.tokenOf(notices[1].id)}`;
    expect((await pages.form(other, { reasons: '!' })).body).toContain('with its full text as no.');
  });
});
