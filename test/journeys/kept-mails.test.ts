import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { anotherApp } from '../support/another-app.ts';
import { approveThroughLink, inIndia, withApprover } from '../support/answering.ts';
import { tokenIn, type ReceivedMail } from '../support/mailbox.ts';
import { mailMarks } from '../support/mails.ts';
import { pagesOf } from '../support/pages.ts';
import {
  activate,
  announceAnother,
  haveControllers,
  linkOf,
  mailsTo,
  objectionsOf,
  objectThrough,
  SUBJECTS,
  withdraw,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { APP_SECRET } from '../support/webhooks.ts';
import { requestWithdrawal } from '../support/withdrawing.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const EMAIL = 'dpo@kunde-1.example';

let varsel: TestVarsel;
let messages: { id: string; kind: string }[];

/** A story in which mails of many kinds go out, to a controller whose name needs every encoding there is. */
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', {});
  const pages = pagesOf(varsel);
  const { contacts, ...controller } = withApprover(1);
  await haveControllers(varsel, [
    {
      ...controller,
      name: '"Kommunen" Ærø & <Ø> – .=',
      contacts: contacts.map((contact, index) => ({
        ...contact,
        ...(index === 1 && { name: 'Åse "Ø" Ærø-Østergård, jurist i den allerstørste afdeling af dem alle' }),
      })),
    },
  ]);
  const withdrawn = await announceAnother(varsel);
  const asking = await announceAnother(varsel, { subProcessor: inIndia(varsel.newCompany()) });
  await varsel.deliver();
  const token = tokenIn(mailsTo(varsel, EMAIL, SUBJECTS.notice).at(0)!);
  await objectThrough(varsel, token, 'Vi er uenige.\n.\n“Æ” <b>');
  await varsel.deliver();
  const [objection] = await objectionsOf(varsel, withdrawn);
  await requestWithdrawal({ varsel, pages }, { link: `/objections/${token}`, id: objection!.id, email: EMAIL });
  await varsel.deliver();
  await approveThroughLink({ varsel, pages }, { link: await linkOf(varsel, asking, 'kunde-1'), email: EMAIL });
  await varsel.deliver();
  varsel.clock.set('2026-03-12T09:00:00Z');
  await varsel.deliver();
  await varsel.deliver();
  await withdraw(varsel, withdrawn);
  await varsel.deliver();
  varsel.clock.set('2026-04-15T09:00:00Z');
  expect(await activate(varsel, asking)).toEqual([]);
  await varsel.deliver();
  // What is another now than it was when the mails went out.
  await haveControllers(varsel, [{ ...controller, name: 'Et andet navn', contacts: contacts.slice(0, 1) }]);
  messages = await rows(varsel.database.pool, 'select id, kind from messages order by id');
});
afterAll(() => varsel.close());

const mailOf = (id: string, attempt = '', role: 'reader' | 'officer' = 'officer') =>
  varsel.api(role).get(`/v1/notices/${id}/mail${attempt}`).responseType('blob');
const idOf = ({ headers }: Pick<ReceivedMail, 'headers'>) => headers.get('x-notice-id') as string;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const bodyOf = (response: { body: Buffer }) => JSON.parse(response.body.toString()) as { code: string; detail: string };

describe('A mail that was sent', () => {
  test('is given byte for byte as it arrived, of every kind, whatever has changed since', async () => {
    const kinds = new Set(messages.map(({ kind }) => kind));
    for (const kind of [
      'notice',
      'objection-received',
      'objection-resolved',
      'withdrawal-code',
      'withdrawal-requested',
      'approval-code',
      'approval-received',
      'reminder',
      'change-withdrawn',
      'change-activated',
    ])
      expect(kinds).toContain(kind);
    const arrived = varsel.mailbox.mails.filter(({ headers }) => messages.some(({ id }) => id === idOf({ headers })));
    expect(arrived).toHaveLength(messages.length);
    for (const mail of arrived) {
      const response = await mailOf(idOf(mail));
      expect(response.status).toBe(200);
      expect(response.headers['content-type']).toBe('message/rfc822');
      expect(sha256(response.body), mail.subject).toBe(mail.sha256);
    }
  });

  test('is on record by its hash with its attempt, and thousands of its kind share one form', async () => {
    const [notice] = messages;
    const { hash } = await oneRow<{ hash: string }>(
      varsel.database.pool,
      `select encode(mail_sha256, 'hex') as hash from message_attempts where message_id = $1`,
      [notice!.id],
    );
    expect(hash).toBe(sha256((await mailOf(notice!.id)).body));
    const shared = await rows<{ form: string }>(
      varsel.database.pool,
      `select c.form from message_contents c where about is null`,
    );
    // Of persons it holds places alone: of the contact, and of the sub-processor's own contact person.
    for (const { form } of shared)
      expect(form).not.toMatch(/Kommunen|Dorthe|Åse|=C3=85se|dpo@kunde|Signe|privacy@nordlys/);
    const [withPerson] = shared.filter(({ form }) => form.includes('personEmail0'));
    expect(withPerson).toBeDefined();
    const own = await rows<{ about: string }>(
      varsel.database.pool,
      'select about from message_contents where about is not null',
    );
    expect(own.length).toBeGreaterThan(5);
  });

  test('is for officers, of an attempt that there is', async () => {
    const [{ id } = { id: '' }] = messages;
    expect((await mailOf(id, '', 'reader')).status).toBe(403);
    expect((await mailOf(id, '?attempt=1')).status).toBe(200);
    expect(bodyOf(await mailOf(id, '?attempt=2'))).toMatchObject({
      code: 'not-found',
      detail: expect.stringContaining('attempt 2'),
    });
    expect((await mailOf(id, '?attempt=0')).status).toBe(400);
    expect((await mailOf(id.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).status).toBe(404);
  });

  test('is not given as what was sent where the secret is another, by which its link is derived', async () => {
    const { tokenOf, tagOf, ...rest } = mailMarks;
    const other = { ...rest, tagOf, tokenOf: (id: string) => tokenOf(id).replace(/.$/, '-') };
    const app = await anotherApp(varsel, { mailMarks: other });
    onTestFinished(() => app.close());
    const [notice] = messages;
    const { statusCode, json } = await app.inject({
      url: `/v1/notices/${notice!.id}/mail`,
      headers: { authorization: 'Bearer officer-key-of-the-tests' },
    });
    expect(statusCode).toBe(409);
    expect(json()).toMatchObject({ code: 'mail-not-the-same', detail: expect.stringContaining('APP_SECRET') });
  });

  test('is made again by a later version whose templates all say something else', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'varsel-later-'));
    try {
      await cp(path.join(ROOT, 'src'), path.join(folder, 'src'), { recursive: true });
      await cp(path.join(ROOT, 'emails'), path.join(folder, 'emails'), { recursive: true });
      await cp(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
      await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
      const compiled = path.join(folder, 'emails/compiled');
      for (const file of await readdir(compiled)) await writeFile(path.join(compiled, file), 'Something else.');
      await writeFile(path.join(folder, 'make-again.ts'), MAKE_AGAIN);
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['make-again.ts', varsel.database.url, APP_SECRET, JSON.stringify(messages.map(({ id }) => id))],
        { cwd: folder },
      );
      const made = JSON.parse(stdout) as { id: string; status: string; sha256: string }[];
      const recorded = await rows<{ id: string; status: string; sha256: string }>(
        varsel.database.pool,
        `select message_id as id, 'kept' as status, encode(mail_sha256, 'hex') as sha256 from message_attempts
         where outcome = 'accepted' order by message_id`,
      );
      expect(made).toEqual(recorded);
      expect(made.length).toBeGreaterThan(15);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('is gone when a person in it has been erased: its hash stays with the attempt', async () => {
    const { owner, pool } = varsel.database;
    const { id: erasure } = await oneRow<{ id: string }>(
      owner,
      `insert into erasures (at, by, because, rows) values (now(), 'system', 'request', 1) returning id`,
    );
    const emptied = messages.find(({ kind }) => kind === 'objection-received')!;
    const { about } = await oneRow<{ about: string }>(
      pool,
      `select encode(c.sha256, 'hex') as about from message_contents c join message_attempts a on a.content_sha256 = c.sha256
       where a.message_id = $1`,
      [emptied.id],
    );
    await rows(owner, `select empty_rows($1, 'message_contents', array['\\x' || $2])`, [erasure, about]);
    await rows(owner, `select empty_rows($1, 'messages', array[$2])`, [erasure, messages[0]!.id]);
    for (const { id } of [emptied, messages[0]!]) {
      const response = await mailOf(id);
      expect(response.status).toBe(410);
      expect(bodyOf(response)).toMatchObject({ code: 'mail-erased' });
      const { kept } = await oneRow<{ kept: boolean }>(
        pool,
        'select mail_sha256 is not null as kept from message_attempts where message_id = $1',
        [id],
      );
      expect(kept).toBe(true);
    }
  });

  test('is made of forms that nobody alters, and no attempt is recorded without its form', async () => {
    const { owner, pool } = varsel.database;
    await expect(owner.query(`update message_contents set form = ''`)).rejects.toThrow('append-only (D28)');
    await expect(owner.query('delete from page_statements')).rejects.toThrow('append-only (D28)');
    await expect(
      pool.query(`insert into message_contents (sha256, form) values (sha256('a'), '["b"]')`),
    ).rejects.toThrow('check constraint');
    await expect(
      pool.query(
        `insert into message_attempts (message_id, started_at, finished_at, outcome, mail_sha256, content_sha256)
         values ($1, now(), now(), 'retry', sha256('x'), sha256('none'))`,
        [messages[0]!.id],
      ),
    ).rejects.toThrow('(D50)');
  });
});

/** A program of that later version. */
const MAKE_AGAIN = `
import pg from 'pg';
import { connectionOptions } from './src/db/connection-options.ts';
import { mailAsSent } from './src/mail/as-sent.ts';
import { inboundTags } from './src/security/inbound-tags.ts';
import { mailedCodes } from './src/security/mailed-codes.ts';
import { objectionLinks } from './src/security/objection-links.ts';
import { references } from './src/security/references.ts';
import { mailMarksOf } from './src/service/mail-marks.ts';
import { signInSecrets } from './src/security/sign-in-links.ts';

const [url, secret, ids] = process.argv.slice(2);
const marks = mailMarksOf(
  { tags: inboundTags(secret), links: objectionLinks(secret), references: references(secret) },
  mailedCodes(secret),
  signInSecrets(secret),
);
const pool = new pg.Pool(connectionOptions(url));
const made = [];
for (const id of JSON.parse(ids)) {
  const { status, sha256 } = await mailAsSent(pool, marks, id);
  made.push({ id, status, sha256 });
}
await pool.end();
console.log(JSON.stringify(made));
`;
