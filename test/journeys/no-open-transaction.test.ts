import { expect, onTestFinished, test, vi } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { aController, anAnnouncement } from '../support/examples.ts';
import { startReceiver } from '../support/receiver.ts';
import { announce, haveControllers, objectThrough, REASONS, tokenOf } from '../support/story.ts';
import { startVarsel } from '../support/varsel.ts';

/** A transaction that ends by itself is over by then; one that waits for the call is not. */
const ENDS_WITHIN_MS = 3_000;

test('no transaction is open during a call to a mail server or a webhook', async () => {
  const varsel = await startVarsel();
  const receiver = await startReceiver();
  onTestFinished(async () => {
    await varsel.close();
    await receiver.close();
  });
  const noneIsOpen = async () =>
    expect(
      await rows(
        varsel.database.owner,
        `select query from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
      ),
    ).toEqual([]);
  const calls = { mail: 0, webhook: 0 };
  const heldOpen: unknown[] = [];
  /** Holds a call until no transaction is open. */
  const look = async (kind: keyof typeof calls) => {
    calls[kind] += 1;
    await vi.waitFor(noneIsOpen, ENDS_WITHIN_MS).catch((error: unknown) => heldOpen.push({ kind, error }));
  };
  varsel.mailbox.beforeTaking = () => look('mail');
  receiver.respond(async (response) => {
    await look('webhook');
    response.writeHead(204).end();
  });

  const { body: webhook } = await varsel
    .api()
    .post('/v1/webhooks')
    .send({ url: receiver.url, events: ['*'] })
    .expect(201);
  await haveControllers(varsel, [aController(1), aController(2)]);
  // These two are sent at once, within their requests.
  await varsel.api().post(`/v1/webhooks/${webhook.id}/test`).expect(200);
  await varsel
    .api('officer')
    .post('/v1/changes/preview/notice')
    .send({ announcement: anAnnouncement(), to: { email: 'eva@telenor.example', name: 'Eva Lund', language: 'da' } })
    .expect(200);
  expect(calls).toEqual({ mail: 1, webhook: 1 });
  await announce(varsel);
  await varsel.deliver();
  // A receipt, and events.
  await objectThrough(varsel, tokenOf(varsel, 'dpo@kunde-1.example'), REASONS);
  await varsel.deliver();

  expect(heldOpen).toEqual([]);
  expect(calls.mail).toBeGreaterThanOrEqual(4);
  expect(calls.webhook).toBeGreaterThanOrEqual(3);
});
