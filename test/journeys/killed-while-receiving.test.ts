import pg from 'pg';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { inboundTags } from '../../src/security/inbound-tags.ts';
import { createDatabase } from '../support/database.ts';
import { anAnswer, sendRaw } from '../support/inbound.ts';
import { talkTo } from '../support/smtp-talk.ts';
import { dataDirectory, endAll, startProcess, type Greeting } from './varsel-process.ts';

const APP_SECRET = 'a secret of the tests, of more than 32 bytes';
const SOON = { timeout: 20_000, interval: 50 };

afterAll(endAll);

/** Runs the example call of the greeting, and returns the id of the first notice. */
async function announceAsGreeted({ url, apiKey, curl }: Greeting, client: pg.Client): Promise<string> {
  const body = /-d '([^]*)'/.exec(curl)?.[1] ?? '';
  const { status } = await fetch(`${url}/v1/changes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body,
  });
  expect(status).toBe(201);
  const accepted = () => client.query(`select id from messages where status = 'accepted' order by id limit 1`);
  await vi.waitFor(async () => expect((await accepted()).rowCount).toBe(1), SOON);
  return (await accepted()).rows[0].id;
}

test('kill -9 between receiving and recording loses nothing that was answered with 250, and records nothing twice', async () => {
  const database = await createDatabase('PT0S');
  onTestFinished(() => database.close());
  const client = new pg.Client(database.url);
  await client.connect();
  onTestFinished(() => client.end());
  const env = { DATA_DIR: await dataDirectory(), DATABASE_URL: database.url, APP_SECRET };
  const recorded = async () =>
    (
      await client.query(
        'select (select count(*)::int from inbound_mails) as mails, (select count(*)::int from answers) as answers',
      )
    ).rows[0];

  const first = startProcess(env);
  const greeting = await first.up;
  const noticeId = await announceAsGreeted(greeting, client);
  const to = `reply+${inboundTags(APP_SECRET).tagOf(noticeId)}@svar.telenor.example`;
  const raw = anAnswer('Vi gør indsigelse, fordi vi er uenige.');

  // The process has received the whole mail, and waits for the change's lock to record it.
  await client.query('begin');
  await client.query('select from changes for update');
  const smtp = await talkTo(greeting.inboundPort);
  await smtp.envelope('dpo@kunde.example', to);
  expect(await smtp.say('DATA')).toMatch(/^354/);
  smtp.socket.write(`${raw.replaceAll('\n', '\r\n')}\r\n.\r\n`);
  await vi.waitFor(async () => {
    // A transaction sees the activity of its first look until this.
    await client.query('select pg_stat_clear_snapshot()');
    const { rowCount } = await client.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into inbound_mails%'
       and datname = current_database()`,
    );
    expect(rowCount).toBe(1);
  }, SOON);
  await first.stop('SIGKILL');
  expect(await smtp.reply()).toBe('');
  await client.query('rollback');
  expect(await recorded()).toEqual({ mails: 0, answers: 0 });

  // The mail system got no response, so it sends again. This time it gets 250 before the process is killed.
  const second = startProcess(env);
  const { inboundPort } = await second.up;
  expect(await sendRaw(inboundPort, raw, { from: 'dpo@kunde.example', to })).toMatchObject({ code: 250 });
  second.child.kill('SIGKILL');
  await second.ended;
  // It may have been read before the kill, or not: it is on record.
  expect((await recorded()).mails).toBe(1);

  // The mail system sends a third time, as if the 250 had been lost. What nobody had read is read after the claim has ended.
  await client.query('update inbound_mails set next_reading_at = received_at where taken_as is null');
  const third = startProcess(env);
  const { inboundPort: again } = await third.up;
  expect(await sendRaw(again, raw, { from: 'dpo@kunde.example', to })).toMatchObject({ code: 250 });
  await expect.poll(recorded, { timeout: 60_000 }).toEqual({ mails: 1, answers: 1 });
  expect((await third.stop()).code).toBe(0);
}, 120_000);
