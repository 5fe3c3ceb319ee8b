import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimOperatorMail } from '../../src/db/operator-mails.ts';
import { aController, aProduct } from '../support/examples.ts';
import { aBounce, anAnswer, mailIn, returnAddressesOf, sendRaw } from '../support/inbound.ts';
import {
  announce,
  haveControllers,
  haveProduct,
  mailsTo,
  objectThrough,
  REASONS,
  SUBJECTS,
  theMailTo,
  tokenOf,
  withdraw,
  wordsOf,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
/** The company routes it to Varsel. It bears no tag. */
const UNTAGGED = 'varsel@telenor.example';

let varsel: TestVarsel;
let stories = 0;
beforeAll(async () => {
  varsel = await startVarsel(START, { addresses: [UNTAGGED] });
});
afterAll(() => varsel.close());

interface Story {
  readonly product: string;
  /** Of the officers. */
  readonly officers: string;
  readonly company: string;
  readonly changeId: string;
  /** The address of the contact of its nth customer. */
  contact(number: number): string;
  /** The external id of its nth customer. */
  customer(number: number): string;
}

/** A product of its own, whose officers get mails, with a change that its customers are notified of. */
async function aStory(
  customers: number,
  refused: readonly number[] = [],
  holdMinutes = 0,
  announced: object = {},
): Promise<Story> {
  varsel.clock.set(START);
  stories += 1;
  const [product, officers, first] = [`talk-${stories}`, `jura-${stories}@telenor.example`, stories * 100];
  const contact = (number: number) => `dpo@kunde-${first + number}.example`;
  await haveProduct(varsel, aProduct({ id: product, name: `Talk ${stories}`, officersAddress: officers, holdMinutes }));
  const all = Array.from({ length: customers }, (_, index) => aController(first + index + 1, { products: [product] }));
  await haveControllers(varsel, all);
  // Each names its mailbox: ten in a row that name none would pause the sending.
  const noSuchUser = { code: 550, message: '5.1.1 No such user' };
  for (const number of refused) varsel.mailbox.refuse(contact(number), noSuchUser);
  const subProcessor = varsel.newCompany();
  const changeId = await announce(varsel, { product, subProcessor, ...announced });
  await varsel.deliver();
  return { product, officers, company: subProcessor.name, changeId, contact, customer: (n) => `kunde-${first + n}` };
}

async function at(instant: string): Promise<void> {
  varsel.clock.set(instant);
  await varsel.deliver();
}

const object = (story: Story, number: number, reasons = REASONS) =>
  objectThrough(varsel, tokenOf(varsel, story.contact(number)), reasons);

describe('A mail to the officers', () => {
  test('tells an objection, with the customer’s name, the deadline and a page that can be opened', async () => {
    const story = await aStory(1);
    varsel.clock.set('2026-03-04T13:05:00Z');
    const token = tokenOf(varsel, story.contact(1));
    const long = `${REASONS} Se ${varsel.url}/objections/${token}. ${'å'.repeat(600)}`;
    const { body: objection } = await object(story, 1, long);
    await object(story, 1, long);
    await varsel.deliver();
    const mail = theMailTo(varsel, story.officers);
    expect(mail.subject).toBe(
      `Talk ${stories}: Indsigelse nr. ${objection.number} fra Kunde ${stories}01 A/S mod ${story.company}`,
    );
    expect(wordsOf(mail)).toContain(
      `Kunde ${stories}01 A/S (kundenummer ${story.customer(1)}) har gjort indsigelse mod tilføjelse af ${story.company} som underdatabehandler ved levering af Talk ${stories}. Indsigelse nr. ${objection.number} blev modtaget onsdag den 4. marts 2026 kl. 14.05 dansk tid. Kundens frist udløber torsdag den 12. marts 2026 kl. 23.59 dansk tid, altså om 8 dage. Ændringen kan ikke gennemføres, før indsigelsen er afsluttet. Kundens begrundelse: ${REASONS}`,
    );
    expect(wordsOf(mail)).toMatch(/å \[…\] Hele indsigelsen findes i API’et: GET \/v1\/objections\//);
    expect(mail.text).not.toContain('å'.repeat(500));
    expect(`${mail.text}${String(mail.html)}`).not.toContain(token);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    await varsel.api('reader').get(`/v1/objections/${objection.id}`).expect(200);

    const link = /Ændringen i det offentlige register:\n(\S+)\n$/.exec(mail.text ?? '')?.[1] ?? '';
    expect(mail.html).toContain(`<a href="${link}">`);
    const { pathname, search, hash } = new URL(link);
    const page = await varsel.customer().get(`${pathname}${search}`).set('Accept', 'text/html').expect(200);
    expect(page.text).toContain(`id="${hash.slice(1)}"`);
    expect(page.text).toContain(story.company);

    const toCustomer = theMailTo(varsel, story.contact(1), SUBJECTS.received);
    expect(varsel.mailbox.mails.indexOf(toCustomer)).toBeLessThan(varsel.mailbox.mails.indexOf(mail));
  });

  test('tells an objection that came too late, which an officer may accept, and one that was accepted', async () => {
    const story = await aStory(1);
    await at('2026-03-13T08:00:00Z');
    await object(story, 1);
    await object(story, 1, '...');
    await varsel.deliver();
    const late = theMailTo(varsel, story.officers, /For sen/);
    expect(late.subject).toMatch(`For sen indsigelse nr. `);
    expect(wordsOf(late)).toContain(
      'men efter fristens udløb. Indsigelsen er derfor afvist og hindrer ikke, at ændringen gennemføres.',
    );
    expect(wordsOf(late)).toContain(
      'blev modtaget fredag den 13. marts 2026 kl. 09.00 dansk tid. Kundens frist udløb torsdag den 12. marts 2026 kl. 23.59 dansk tid. I kan godtage den alligevel, så længe ændringen ikke er gennemført eller trukket tilbage.',
    );
    const call = /POST (\/v1\/objections\/\S+\/accept-late)/.exec(late.text ?? '')?.[1] ?? '';
    await varsel.api('officer').post(call).send({ explanation: 'Den lå i vores postrum.' }).expect(200);
    await varsel.deliver();
    const accepted = theMailTo(varsel, story.officers, /: Indsigelse nr/);
    expect(wordsOf(accepted)).toContain(
      'Den kom efter kundens frist, som udløb torsdag den 12. marts 2026 kl. 23.59 dansk tid, og er godtaget alligevel.',
    );
  });

  test('tells an answer, and a mail that nobody can attribute; what answers it comes back to nobody', async () => {
    const story = await aStory(1);
    varsel.clock.set('2026-03-03T08:13:00Z');
    const { reply } = returnAddressesOf(theMailTo(varsel, story.contact(1), SUBJECTS.notice));
    await mailIn(varsel, anAnswer('Hvor ligger jeres servere?'), { from: story.contact(1), to: reply });
    await mailIn(varsel, 'From: Ukendt <hvem@ved.example>\nSubject: Data\n\nHvem er I?\n', {
      from: 'hvem@ved.example',
      to: UNTAGGED,
    });
    await varsel.deliver();
    const answer = theMailTo(varsel, story.officers, /Svar fra/);
    expect(answer.subject).toBe(`Talk ${stories}: Svar fra Kunde ${stories}01 A/S om ${story.company} skal læses`);
    expect(wordsOf(answer)).toContain(
      'Svaret er fra Dorthe Persson <dpo@kunde-1.example> og blev modtaget tirsdag den 3. marts 2026 kl. 09.13 dansk tid. En af jer skal læse svaret og afgøre, om det er en indsigelse. Indtil det er afgjort, kan ændringen ikke gennemføres. Emne: SV: Ny underdatabehandler til TrueTalk Hvor ligger jeres servere?',
    );
    const call = /GET (\/v1\/answers\/\S+)/.exec(answer.text ?? '')?.[1] ?? '';
    await varsel.api('officer').get(call).expect(200);
    const unattributed = theMailTo(varsel, story.officers, /ikke kan henføres/);
    expect(wordsOf(unattributed)).toContain(
      'Ukendt <hvem@ved.example> har skrevet til os. Det fremgår ikke, hvilken ændring e-mailen handler om, og den hindrer derfor ikke, at en ændring gennemføres.',
    );
    const before = varsel.mailbox.mails.length;
    await sendRaw(varsel.inboundPort, `In-Reply-To: ${answer.messageId}\nSubject: Autosvar\n\nJeg er på ferie.\n`, {
      from: story.officers,
      to: UNTAGGED,
    });
    await varsel.readMails();
    await varsel.deliver();
    expect(varsel.mailbox.mails).toHaveLength(before);
  });

  test('tells once that the last deadline is near, with what is still open', async () => {
    const story = await aStory(2);
    await object(story, 2);
    await at('2026-03-09T22:59:00Z');
    expect(mailsTo(varsel, story.officers, /Fristen/)).toEqual([]);
    await at('2026-03-09T23:00:00Z');
    await at('2026-03-10T09:00:00Z');
    const mail = theMailTo(varsel, story.officers, /Fristen/);
    expect(mail.subject).toBe(`Talk ${stories}: Fristen for indsigelser mod ${story.company} udløber 12. marts 2026`);
    expect(wordsOf(mail)).toContain(
      `udløber torsdag den 12. marts 2026 kl. 23.59 dansk tid. Ændringen er planlagt til fredag den 13. marts 2026. Status lige nu: - 2 kunder kan stadig gøre indsigelse. - 1 indsigelse venter på at blive afsluttet, fra Kunde ${stories}02 A/S (kundenummer ${story.customer(2)}). - Ingen svar venter på at blive læst.`,
    );
  });
});

describe('The mail about the last deadline', () => {
  const upstream = {
    noticeReceivedOn: '2026-02-20',
    objectBy: '2026-03-20',
    effectiveOn: '2026-05-01',
    reference: null,
  };

  async function wordsOfDeadline(story: Story): Promise<string> {
    await at('2026-03-09T23:00:00Z');
    await at('2026-03-10T09:00:00Z');
    return wordsOf(theMailTo(varsel, story.officers, /Fristen/));
  }

  test('says what the sub-processor itself has told, and until when to announce (D45)', async () => {
    const story = await aStory(1, [], 0, { upstream: { ...upstream, reference: 'mail 7' } });
    const words = await wordsOfDeadline(story);
    expect(words).toContain(
      'Underdatabehandleren har selv varslet ændringen (mail 7): modtaget fredag den 20. februar 2026, gældende fra fredag den 1. maj 2026. I kan selv gøre indsigelse til og med fredag den 20. marts 2026. Skal kundernes frister udløbe inden da, skal ændringen varsles senest lørdag den 7. marts 2026.',
    );
    expect(words).not.toContain('først efter den dag');
  });

  test('says that the last deadline falls after the last day to object upstream', async () => {
    const story = await aStory(1, [], 0, { upstream: { ...upstream, objectBy: '2026-03-11' } });
    const words = await wordsOfDeadline(story);
    expect(words).toContain('til og med onsdag den 11. marts 2026.');
    expect(words).toContain('Den sidste kundefrist udløber først efter den dag.');
  });

  test('says no such day where nothing is known of one', async () => {
    const story = await aStory(1, [], 0, { upstream: { ...upstream, objectBy: null } });
    const words = await wordsOfDeadline(story);
    expect(words).toContain('Underdatabehandleren har selv varslet ændringen: modtaget fredag den 20. februar 2026');
    expect(words).not.toContain('I kan selv gøre indsigelse');
  });
});

describe('The digest to the officers', () => {
  test('tells the notices of the hours before that failed or bounced, and nothing when nothing did', async () => {
    const story = await aStory(13, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    await at('2026-03-02T10:04:59Z');
    expect(mailsTo(varsel, story.officers)).toEqual([]);
    await at('2026-03-02T10:05:00Z');
    const mail = theMailTo(varsel, story.officers);
    expect(mail.subject).toBe(`Talk ${stories}: 12 underretninger kunne ikke afleveres`);
    const words = wordsOf(mail);
    expect(words).toContain(
      'Opgørelsen omfatter det, der er sket indtil mandag den 2. marts 2026 kl. 11.00 dansk tid, og som ikke er meddelt jer før.',
    );
    expect(words).toContain(
      `Om tilføjelse af ${story.company} som underdatabehandler ved levering af Talk ${stories}: - 12 underretninger kunne ikke afleveres eller kom retur, til Kunde ${stories}01 A/S (kundenummer ${story.customer(1)}), Kunde ${stories}02 A/S`,
    );
    expect(words).toContain(`(kundenummer ${story.customer(10)}) og 2 andre.`);
    expect(words).toContain('- 12 kunder er ikke underrettet, og ingen underretning er på vej: ');

    await at('2026-03-02T10:30:00Z');
    const { bounce } = returnAddressesOf(theMailTo(varsel, story.contact(13), SUBJECTS.notice));
    await mailIn(varsel, aBounce(story.contact(13)), { from: '', to: bounce });
    varsel.mailbox.refuse(story.contact(1), null);
    const again = `/v1/changes/${story.changeId}/controllers/${story.customer(13)}/resend`;
    await varsel.api('officer').post(again).expect(202);
    await at('2026-03-02T11:04:59Z');
    expect(mailsTo(varsel, story.officers)).toHaveLength(1);
    await at('2026-03-02T11:05:00Z');
    await at('2026-03-02T12:05:00Z');
    await at('2026-03-04T12:05:00Z');
    const [, second, ...more] = mailsTo(varsel, story.officers);
    expect(more).toEqual([]);
    expect(second?.subject).toBe(`Talk ${stories}: 1 underretning kunne ikke afleveres`);
    expect(second && wordsOf(second)).toContain(
      `- 1 underretning kunne ikke afleveres eller kom retur, til Kunde ${stories}13 A/S (kundenummer ${story.customer(13)}). - Kundernes status`,
    );
  });

  test('folds what comes in very many mails within an hour', async () => {
    const story = await aStory(2);
    varsel.clock.set('2026-03-02T09:30:00Z');
    for (let number = 1; number <= 32; number += 1) {
      const { status } = await object(story, 1 + (number % 2), `${REASONS} Det er nr. ${number}.`);
      expect(status).toBe(201);
    }
    await varsel.deliver();
    expect(mailsTo(varsel, story.officers)).toHaveLength(20);
    await at('2026-03-02T10:05:00Z');
    const digest = theMailTo(varsel, story.officers, /samlet/);
    expect(digest.subject).toBe(`Talk ${stories}: 12 henvendelser er samlet i denne e-mail`);
    expect(digest.text?.match(/^- Talk \d+: Indsigelse nr\. \d+ fra Kunde/gm)).toHaveLength(10);
    expect(wordsOf(digest)).toContain('- og 2 andre');
    await at('2026-03-02T11:05:00Z');
    expect(mailsTo(varsel, story.officers)).toHaveLength(21);
  });
});

test('Officers hear nothing of a change that is held and withdrawn', async () => {
  const story = await aStory(1, [], 60);
  await withdraw(varsel, story.changeId);
  await at('2026-03-13T09:00:00Z');
  expect(mailsTo(varsel, story.officers)).toEqual([]);
});

test('Mails to officers wait while a mail to a customer is due', async () => {
  const story = await aStory(1);
  await object(story, 1);
  const { pool } = varsel.database;
  const claim = () =>
    claimOperatorMail(pool, {
      now: varsel.clock.now(),
      leaseId: '019ac0de-0000-7000-8000-00000000000c',
      leasedUntil: varsel.clock.now(),
    });
  expect(await claim()).toBeNull();
  await pool.query(`update messages set status = 'cancelled' where status = 'pending'`);
  expect(await claim()).toMatchObject({ recipient: story.officers });
});
