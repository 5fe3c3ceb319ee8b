import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announce, haveControllers, SUBJECTS, theMailTo } from '../support/story.ts';
import { aController } from '../support/examples.ts';
import { returnAddressesOf, mailIn } from '../support/inbound.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/*
 * Mails in the shapes that mail systems, programs and people give them, written for these tests: a folder for each thing
 * that a mail can be. All are about the notice to dpo@kunde-1.example, and come over real SMTP.
 */

const CORPUS = path.join(import.meta.dirname, 'corpus');
const mailsIn = (folder: string) =>
  readdirSync(path.join(CORPUS, folder))
    .sort()
    .map((file) => [file.replace(/\.eml$/, ''), readFileSync(path.join(CORPUS, folder, file))] as const);

let varsel: TestVarsel;
let addresses: { bounce: string; reply: string };

beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', { maxPerMessage: 1_000 });
  await haveControllers(varsel, [aController(1)]);
  await announce(varsel);
  await varsel.deliver();
  addresses = returnAddressesOf(theMailTo(varsel, 'dpo@kunde-1.example', SUBJECTS.notice));
});
afterAll(() => varsel.close());

interface Taken {
  taken_as: string;
  known_by: string;
  action: string | null;
  status: string | null;
  diagnostic: string | null;
  from_name: string | null;
  from_email: string | null;
  text: string | null;
  quoted: string | null;
  attachments: { filename: string; contentType: string; bytes: number }[] | null;
}

/** Sends a mail and returns what it was taken for; checked to be kept byte for byte. */
async function take(raw: Buffer, envelope: { from: string; to: string }): Promise<Taken> {
  expect(await mailIn(varsel, raw, envelope)).toMatchObject({ code: 250 });
  const { rows } = await varsel.database.pool.query<Taken & { raw: Buffer }>(
    `select m.taken_as, m.known_by, c.raw, b.action, b.status, b.diagnostic, m.from_name, m.from_email, m.text, m.quoted,
       m.attachments
     from inbound_mails m join inbound_contents c on c.sha256 = m.sha256
       left join bounces b on b.inbound_mail_id = m.id
     order by m.id desc limit 1`,
  );
  const [taken] = rows;
  if (taken === undefined) throw new Error('nothing was recorded');
  const withLineEnds = (text: string) => text.replaceAll(/\r?\n/g, '\n').trimEnd();
  expect(withLineEnds(taken.raw.toString('latin1'))).toBe(withLineEnds(raw.toString('latin1')));
  return taken;
}

const byMachine = () => ({ from: '', to: addresses.bounce });
const byPerson = () => ({ from: 'dpo@kunde-1.example', to: addresses.reply });

describe.each(['failed', 'delayed', 'delivered', 'relayed', 'expanded'])('a report of %s', (action) => {
  test.each(mailsIn(action))('in the shape of %s is known', async (_name, raw) => {
    expect(await take(raw, byMachine())).toMatchObject({ taken_as: 'report', action });
  });
});

describe('of a failed delivery', () => {
  test.each([
    ['postfix-unknown-user', '5.1.1', 'User unknown in virtual mailbox table'],
    ['postfix-expired-after-five-days', '4.4.1', 'Connection timed out'],
    ['office365-recipient-not-found', '5.1.10', 'RecipientNotFound'],
    ['exchange-onpremises-mailbox-full', '5.2.2', 'QuotaExceeded'],
    ['qmail', '5.1.1', 'no mailbox here by that name'],
    ['exim-plain', '5.1.1', 'No such user here'],
  ])('the status and the words of %s are kept', async (name, status, words) => {
    const raw = Buffer.concat([readFileSync(path.join(CORPUS, 'failed', `${name}.eml`)), Buffer.from('\n')]);
    const taken = await take(raw, byMachine());
    expect(taken).toMatchObject({ status });
    expect(taken.diagnostic).toContain(words);
  });
});

test.each(mailsIn('automatic'))('the automatic reply %s is kept, and nobody has to read it', async (_name, raw) => {
  expect(await take(raw, byMachine())).toMatchObject({ taken_as: 'automatic' });
});

test.each(mailsIn('automatic'))('the automatic reply %s is known without the null sender, too', async (_name, raw) => {
  expect(await take(Buffer.concat([raw, Buffer.from('\n')]), byPerson())).toMatchObject({ taken_as: 'automatic' });
});

describe('an answer', () => {
  const OWN = /Vi gør indsigelse, fordi|We object to this sub-processor because/;
  const NOTICE = /I kan gøre indsigelse senest|Nordlys Hosting|Sendt: |Sent: |varsel@telenor\.example/;
  const WITHOUT_OBJECTION = ['thanks-only', 'quotes-only-above-nothing-below'];

  test.each(mailsIn('answer'))('in the shape of %s is for a person to read', async (name, raw) => {
    const taken = await take(raw, byPerson());
    expect(taken.taken_as).toBe('answer');
    if (WITHOUT_OBJECTION.includes(name)) return;
    const words = taken.text?.replaceAll(/\s+/g, ' ') ?? '';
    expect(words).toMatch(OWN);
    expect(words).not.toMatch(NOTICE);
    expect(taken.quoted).not.toMatch(OWN);
  });

  const again = (name: string) =>
    take(Buffer.concat([readFileSync(path.join(CORPUS, 'answer', `${name}.eml`)), Buffer.from('\n')]), byPerson());

  test('keeps what stands among and below the lines it quotes', async () => {
    const interleaved = await again('thunderbird-english-interleaved');
    expect(interleaved.text).toContain('And this company is unknown to us.');
    expect((await again('thunderbird-danish-bottom-posted')).text).toMatch(/^Vi gør indsigelse/);
  });

  test('that is nothing but quotation is not cut to nothing', async () => {
    expect(await again('quotes-only-above-nothing-below')).toMatchObject({
      text: expect.stringContaining('I kan gøre indsigelse'),
      quoted: '',
    });
  });

  test('is from who wrote it, whoever the notice was to', async () => {
    expect(await again('from-another-address')).toMatchObject({
      from_name: 'Jensen, Advokat',
      from_email: 'advokat@firma.example',
    });
  });

  test('names what is attached to it', async () => {
    expect((await again('with-a-letter-attached')).attachments).toEqual([
      { filename: 'indsigelse.pdf', contentType: 'application/pdf', bytes: 24 },
    ]);
  });
});

/** Of each kind of mail that was once read wrongly, or is easily: what it is, what is shown of it, and what is not. */
describe('a mail that is easily misread', () => {
  const NOTICE = 'Vi planlægger at tage';
  const AUDIT = 'fordi der mangler en revisionserklæring';
  const answers: readonly [name: string, shown: readonly string[], hidden?: readonly string[]][] = [
    ['formal-sentence-skrev-colon', ['følgende bemærkninger:', 'Vi gør indsigelse. Nordlys har ikke svaret']],
    ['banner-and-underscores-above-the-answer', ['Vi gør indsigelse mod Nordlys Hosting ApS, fordi data flyttes']],
    ['letterhead-in-own-text', ['Emne: Indsigelse', AUDIT]],
    ['inline-under-outlook-head', ['MH: Det gør vi indsigelse imod.']],
    ['own-words-below-a-quoted-separator', [AUDIT, 'Jens, vil du svare?']],
    ['ticket-system-betaenkeligheder', ['Vi har alvorlige betænkeligheder']],
    ['ticket-system-oensker-ikke', ['Vi ønsker ikke']],
    ['ticket-system-vi-siger-nej', ['Vi siger nej']],
    ['ticket-system-we-reject', ['We reject the use']],
    ['x-autorespond-human', ['Vi gør indsigelse']],
    ['subject-on-leave-human', ['Vi siger nej']],
    ['postmaster-person-who-mentions-a-failure', ['kunne ikke leveres', 'gør jeg indsigelse']],
    ['stub-text-beside-html', ['Din mailklient', AUDIT]],
    ['smime-opaque', []],
    ['calendar-only', []],
    ['objection-as-attached-mail', ['Til orientering.']],
    ['quoted-signature-marked-own-words', ['Det gør vi indsigelse imod.', 'Ja, hermed.']],
    ['swedish-outlook', ['Vi har inga invändningar.'], [NOTICE, 'Från:']],
    ['norwegian-gmail-open-bracket', ['Greit for oss.'], ['I kan gøre indsigelse inden 14 dage.', 'skrev Telenor']],
    ['dashes-in-text', ['Vores svar', 'Vi gør indsigelse.', 'Mette']],
    ['line-begins-with-on', ['On your remote host', 'We object.'], ['We plan to engage']],
    ['null-sender-human-redirected', ['Vi gør indsigelse']],
    ['only-own-marked-lines', ['Vi gør indsigelse']],
    ['smime-signed', ['Vi gør indsigelse']],
    ['winmail-only', []],
    [
      's-nail-reply-to-the-from-address',
      ['Hej Telenor', 'Vi gør indsigelse mod Nordlys Hosting ApS', 'Dorthe Persson'],
    ],
    ['mailman-moderator-rejects', ['has been rejected by the list moderator', 'Kun medlemmer']],
  ];
  const automatic = [
    'absence-swedish-subject-only',
    'absence-norwegian',
    'absence-swedish-automatiskt',
    'absence-x-auto-response-suppress-no-subject',
    'precedence-bulk-null-sender',
    'arf-complaint',
  ];
  const failed = [
    'daemon-unknown-words-auto-replied',
    'dsn-fields-in-the-text-part',
    'haraka',
    'mimecast-postmaster',
    'office365-sender',
    'opensmtpd-envelope-expired',
    'opensmtpd-error',
    'relay-boundary-damaged',
    'report-from-empty-name',
    'sieve-reject-disposition-notification',
    'smartermail-failure',
  ];
  const FROM_NOBODY = [...failed, 'null-sender-human-redirected', 'precedence-bulk-null-sender', 'arf-complaint'];
  const takeCase = (name: string) =>
    take(
      readFileSync(path.join(CORPUS, 'cases', `${name}.eml`)),
      FROM_NOBODY.includes(name) ? byMachine() : byPerson(),
    );

  test.each(answers)('%s is for a person, who sees all that was written', async (name, shown, hidden = []) => {
    const { taken_as: takenAs, text, quoted } = await takeCase(name);
    expect(takenAs).toBe('answer');
    const flat = (part: string | null) => part?.replaceAll(/\s+/g, ' ') ?? '';
    for (const words of shown) {
      expect(flat(text)).toContain(words);
      expect(flat(quoted)).not.toContain(words);
    }
    for (const words of hidden) {
      expect(flat(text)).not.toContain(words);
      expect(flat(quoted)).toContain(words);
    }
  });

  test.each(automatic)('%s is automatic', async (name) => {
    expect(await takeCase(name)).toMatchObject({ taken_as: 'automatic' });
  });

  test.each(failed)('%s is a report of a failure, with its reason', async (name) => {
    expect(await takeCase(name)).toMatchObject({
      taken_as: 'report',
      action: 'failed',
      diagnostic: expect.stringMatching(/\w/),
    });
  });

  test('each of them is named here', () => {
    const named = [...answers.map(([name]) => name), ...automatic, ...failed];
    expect(named.toSorted()).toEqual(mailsIn('cases').map(([name]) => name));
  });
});
