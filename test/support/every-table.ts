import { activateChange } from '../../src/commands/activate-change.ts';
import { beginTestNotice } from '../../src/commands/begin-test-notice.ts';
import { confirmApproval, withdrawApproval } from '../../src/commands/end-approval.ts';
import { endAgreement } from '../../src/commands/end-agreement.ts';
import { fileObjection } from '../../src/commands/file-objection.ts';
import { recordApproval } from '../../src/commands/record-approval.ts';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { stateArrival } from '../../src/commands/state-arrival.ts';
import { withdrawChange } from '../../src/commands/withdraw-change.ts';
import { inTransaction, rows } from '../../src/db/postgres.ts';
import type { Regime } from '../../src/domain/regime.ts';
import { approve } from './approving.ts';
import type { TestDatabase } from './database.ts';
import { aController, anAnnouncement, aSubProcessor } from './examples.ts';
import { contentOf, recordMailTo, recordUntaggedMail, takeMailOf } from './mails.ts';
import { acceptNotice, announce, at, controllerId, notifyAll, seed } from './seed.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const DAY_AFTER = '2026-03-03T09:00:00Z';
const LATER = '2026-03-20T09:00:00Z';

/** Fills a database with rows of every table, in as many states as a small story has. Returns the announced change's id. */
export async function fillEveryTable({ pool, owner }: TestDatabase): Promise<string> {
  await seed(pool, 3, ANNOUNCED);
  const [announced, activated, withdrawn] = [await aChange(1), await aChange(2), await aChange(3)];
  await aChange(4, 60);
  async function aChange(number: number, holdMinutes = 0, regime?: Regime): Promise<string> {
    const plannedActivationOn = Temporal.PlainDate.from('2026-03-13');
    const subProcessor = aSubProcessor(number);
    const listedInTerms = ['2026-03'];
    const asked = regime && { regime };
    return (
      await announce(pool, ANNOUNCED, { subProcessor, plannedActivationOn, holdMinutes, listedInTerms, ...asked })
    ).id;
  }
  const object = async (changeId: string, reasons: string | null, when: string) => {
    const received = {
      changeId,
      controllerId: await controllerId(pool, 'kunde-1'),
      channel: 'link',
      from: { name: null, email: null },
      reasons,
      receivedAt: Temporal.Instant.from(when),
    } as const;
    await inTransaction(pool, (tx) => fileObjection(tx, received, at(when)));
  };
  await notifyAll(pool, activated, 3, ANNOUNCED);
  await inTransaction(pool, (tx) => activateChange(tx, activated, at(LATER)));
  await object(withdrawn, 'Vi er uenige', DAY_AFTER);
  await inTransaction(pool, (tx) => withdrawChange(tx, withdrawn, { da: 'Fejl' }, at(DAY_AFTER)));

  const each = await announce(pool, ANNOUNCED, {
    subProcessor: aSubProcessor(5, {
      locations: [{ country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } }],
    }),
    plannedActivationOn: Temporal.PlainDate.from('2026-03-13'),
    scope: 'each',
    separation: { da: 'Egen database' },
  });
  await notifyAll(pool, each.id, 3, ANNOUNCED);
  await approve({ database: { pool } }, each.id, ['kunde-1'], ANNOUNCED);
  await inTransaction(pool, (tx) => activateChange(tx, each.id, at(LATER)));

  const bounced = await acceptNotice(pool, announced, 'kunde-1', ANNOUNCED);
  const report = { action: 'failed', status: '5.1.1', diagnostic: null, recipients: [] } as const;
  await take(bounced.messageId, 'en rapport', { takenAs: 'report', knownBy: 'RFC 3464', reports: [report] });
  await inTransaction(pool, (tx) => stateArrival(tx, bounced.messageId, 'Bekræftet i telefonen', at(DAY_AFTER)));
  async function take(messageId: string, text: string, verdict: object): Promise<void> {
    await recordMailTo(pool, messageId, text, Temporal.Instant.from(DAY_AFTER));
    await takeMailOf(pool, messageId, { content: contentOf(text), ...verdict } as Parameters<typeof takeMailOf>[2]);
  }
  const answered = await acceptNotice(pool, announced, 'kunde-2', ANNOUNCED);
  await take(answered.messageId, 'Et svar', { takenAs: 'answer', knownBy: 'nothing else' });
  await take(answered.messageId, 'Endnu et svar', { takenAs: 'answer', knownBy: 'nothing else' });
  await recordUntaggedMail(pool, 'varsel@telenor.example', 'Til hvem?', Temporal.Instant.from(DAY_AFTER));
  await object(announced, 'Vi er uenige', DAY_AFTER);
  await object(announced, null, DAY_AFTER);
  await object(announced, 'For sent', LATER);
  const joining = { ...aController(4), termsVersions: { truetalk: '2026-03' } };
  await inTransaction(pool, (tx) => saveControllers(tx, [joining], at(DAY_AFTER)));
  await inTransaction(pool, (tx) => endAgreement(tx, 'kunde-3', 'truetalk', at(DAY_AFTER)));
  const asking = await aChange(6, 0, { objection: true, approval: true });
  for (const [number, decision] of [
    [1, 'refusal'],
    [1, 'approval'],
    [2, 'approval'],
  ] as const) {
    const said = {
      changeId: asking,
      controllerId: await controllerId(pool, `kunde-${number}`),
      decision,
      channel: 'letter',
      from: { name: 'Dorthe Persson', role: null, email: null },
      statement: 'Ja',
      authority: 'CVR',
    } as const;
    const received = { ...said, receivedAt: Temporal.Instant.from(DAY_AFTER) };
    const { id } = await inTransaction(pool, (tx) => recordApproval(tx, received, at(DAY_AFTER)));
    const by = { ...at(DAY_AFTER), actor: 'somebody else' };
    if (decision === 'refusal') {
      const evidence = { explanation: 'Brev', mailId: null, messageId: null };
      await inTransaction(pool, (tx) => withdrawApproval(tx, id, evidence, by));
    } else if (number === 1) await inTransaction(pool, (tx) => confirmApproval(tx, id, by));
  }
  const reader = { email: 'eva@telenor.example', name: 'Eva Lund', language: 'da' } as const;
  await inTransaction(pool, (tx) => beginTestNotice(tx, anAnnouncement(), reader, at(ANNOUNCED)));
  for (const statement of PLAIN) await rows(pool, statement);
  for (const statement of OWNED) await rows(owner, statement);
  return announced;
}

/** What the application does not write. */
const OWNED = [
  `insert into erasures (at, by, because, rows) values ('${LATER}', 'system', 'retention', 1)`,
  `insert into sealed_rows (epoch, position, table_name, row_key, version, hash)
   values (1, 0, 'erasures', (select id::text from erasures), 1, sha256(''))`,
  `insert into seal_keys (id, public_key, recorded_at) values (encode(sha256(sha256('')), 'hex'), sha256(''), '${LATER}')`,
  `insert into seal_epochs (number, origin, began_at, identity) values (1, 'varsel.example/1-0', '${LATER}', '-')`,
  `insert into checkpoints (epoch, size, root, at, horizon, key_id, note)
   select 1, 1, sha256(''), '${LATER}', 0, id, '-' from seal_keys`,
  `insert into seal_tiles (epoch, level, index, hash) values (1, 8, 0, sha256(''))`,
  `insert into checkpoint_timestamps (epoch, size, stamped_at, authority, response) values (1, 1, '${LATER}', '-', '-')`,
  `select pseudonym_of(controller_id, email) from contacts limit 1`,
];

/** What no guard is about, as plain SQL of the application's role. */
const PLAIN = [
  `insert into page_statements (sha256, language, text) values (sha256('x'), 'da', 'x')`,
  `insert into message_contents (sha256, form) values (sha256('["x"]'), '["x"]')`,
  `update controllers set metadata = '{"EAN": "5790000000001"}' where external_id = 'kunde-1'`,
  `insert into further_attempts (message_id, slot, number, rejected_for, reasons, received_at)
   select id, 0, 20, 'reasons-required', '-', '${DAY_AFTER}' from messages where kind = 'notice' limit 1`,
  `insert into messages (kind, change_id, controller_id, objection_id, controller_name, email, name, language, created_at,
     next_attempt_at)
   select 'withdrawal-code', o.change_id, o.controller_id, o.id, 'Ærø Kommune', c.email, c.name, c.language, '${DAY_AFTER}', '${DAY_AFTER}'
   from objections o join contacts c using (controller_id), generate_series(1, 2) where o.status = 'pending'`,
  `insert into mailed_codes (message_id, asked_at, asked_by, expires_at)
   select id, '${DAY_AFTER}', 'link ' || id, '${LATER}' from messages where kind = 'withdrawal-code'`,
  `update mailed_codes set used_at = '${DAY_AFTER}' where message_id in (select message_id from mailed_codes limit 1)`,
  `insert into withdrawal_requests (objection_id, code_message_id, email, delay_hours, requested_at, requested_by)
   select m.objection_id, c.message_id, m.email, 24, c.used_at, 'link ' || m.id
   from mailed_codes c join messages m on m.id = c.message_id where c.used_at is not null`,
  `insert into nominations (change_id, controller_id, message_id, email, name, role, nominated_at, nominated_by)
   select change_id, controller_id, id, email, name, 'Direktør', '${DAY_AFTER}', 'link ' || id from messages where kind = 'notice' limit 2`,
  `update nominations set confirmed_at = '${LATER}', confirmed_by = 'test' where id in (select id from nominations limit 1)`,
  `insert into answer_decisions (answer_id, decision, written_by_person, explanation, decided_at, decided_by)
   select id, 'not-an-objection', true, 'Et spørgsmål', '${LATER}', 'test' from answers order by id limit 1`,
  `update answers set status = 'not-an-objection' where id in (select answer_id from answer_decisions)`,
  `insert into inbound_mail_decisions (inbound_mail_id, decision, explanation, decided_at, decided_by)
   select id, 'dismissed', 'Reklame', '${LATER}', 'test' from inbound_mails limit 1`,
  `insert into scans (change_id, controller_id, letter_id, media_type, sha256, bytes, content, added_at, added_by)
   select change_id, controller_id, id, 'application/pdf', sha256('%PDF-1.7'), 8, '%PDF-1.7', '${LATER}', 'test' from letters limit 2`,
  `insert into people (name, email, issuer, subject, created_at, created_by)
   values ('Anne Holm', 'anne@telenor.example', 'https://login.telenor.example', 'a-1', '${ANNOUNCED}', 'test')`,
  `insert into person_roles (person_id, role, source, given_at, given_by)
   select id, 'admin', 'given', '${ANNOUNCED}', 'test' from people`,
  `insert into person_roles (person_id, role, source, given_at, given_by, ended_at, ended_by)
   select id, 'reader', 'given', '${ANNOUNCED}', 'test', '${LATER}', 'test' from people`,
  `insert into sessions (person_id, hash, method, started_at, expires_at, seen_at, user_agent)
   select id, '\\x01', 'link', '${ANNOUNCED}', '${ANNOUNCED}'::timestamptz + interval '8 hours', '${ANNOUNCED}', 'Firefox' from people`,
  `insert into announcement_drafts (person_id, fields, created_at, saved_at)
   select id, '{"kind":"addition"}', '${ANNOUNCED}', '${ANNOUNCED}' from people`,
  `insert into passkeys (person_id, credential_id, public_key, counter, transports, is_synced, name, registered_at)
   select id, '\\x01', '\\x01', 1, '{internal}', true, 'Telefon', '${ANNOUNCED}' from people`,
  `insert into answered_challenges (hash, good_until) values ('\\x01', '${LATER}')`,
  `insert into sign_in_links (person_id, hash, purpose, created_at, created_by, expires_at)
   select id, '\\x01', 'invitation', '${ANNOUNCED}', 'test', '${LATER}' from people`,
  `insert into api_keys (name, role, hash, created_at, created_by)
   values ('en', 'reader', '\\x01', '${ANNOUNCED}', 'test'), ('to', 'admin', '\\x02', '${ANNOUNCED}', 'test')`,
  `update api_keys set revoked_at = '${LATER}', revoked_by = 'test' where name = 'to'`,
  `insert into kept_forms (person_id, kept_at, route, params, query, form)
   select id, '${ANNOUNCED}', '/console/people/new', '{}', '{}', '{"name": "x"}' from people`,
  `insert into idempotency_keys (caller_id, key, request_hash, status, headers, body, created_at)
   select id, 'x', '\\x01', 200, '{}', '{}', '${ANNOUNCED}' from api_keys limit 1`,
  `insert into legal_holds (controller_id, reason, placed_at, placed_by)
   select id, 'Retssag', '${ANNOUNCED}', 'test' from controllers order by external_id limit 2`,
  `update legal_holds set released_at = '${LATER}', released_by = 'test', release_reason = 'Forlig'
   where id in (select id from legal_holds order by id limit 1)`,
  `insert into operator_mails (kind, subject, body, created_at, next_attempt_at)
   values ('test', 'x', 'x', '${ANNOUNCED}', '${ANNOUNCED}')`,
  ...['activation', 'terms', 'invalid'].map(
    (
      kind,
    ) => `insert into proposals (kind, product_id, subject, content_hash, content, persons, hash, controllers, proposed_at,
       proposed_by, expires_at)
     select '${kind}', 'truetalk', case '${kind}' when 'terms' then 'truetalk' else c.id::text end, content_hash,
       '{"act": {"kind": "${kind}", "explanation": null}, "outcome": {}}', '{"act/explanation": "Anne har ringet"}', repeat('a', 64), 3,
       '${ANNOUNCED}', 'test', '${ANNOUNCED}'::timestamptz + interval '168 hours' from changes c order by id limit 1`,
  ),
  `insert into proposal_decisions (proposal_id, decision, decided_at, decided_by, reason)
   select p.id, d.decision, '${DAY_AFTER}', d.by, 'Udskudt' from proposals p
     join (select 'activation', 'rejected', 'person ' || id from people union all select 'invalid', 'cancelled', 'test')
       as d (kind, decision, by) using (kind)`,
  `insert into proposal_decisions (proposal_id, decision, decided_at, decided_by, made)
   select p.id, 'approved', products.updated_at, 'person ' || people.id, 'truetalk' from proposals p, products, people
   where p.kind = 'terms' and products.id = 'truetalk'`,
  `insert into verifications (began_at, ended_at, rows, faults) values ('${ANNOUNCED}', '${ANNOUNCED}', 1, 0)`,
  `insert into sending_rate (next_at) values ('${ANNOUNCED}')`,
  `insert into webhooks (url, events, created_at, created_by, enabled)
   values ('https://consumer.example/', '{change.*}', '${ANNOUNCED}', 'test', true)`,
  `insert into webhook_deliveries (webhook_id, event_id, created_at, next_attempt_at)
   select w.id, e.id, '${ANNOUNCED}', '${ANNOUNCED}' from webhooks w, events e order by e.id limit 2`,
  `update webhook_deliveries set status = 'delivered', finished_at = '${LATER}'
   where id in (select id from webhook_deliveries limit 1)`,
  `insert into webhook_attempts (webhook_id, started_at, duration_ms) select id, '${ANNOUNCED}', 1 from webhooks`,
  `insert into webhook_replays (webhook_id, since, created_at, created_by)
   select id, '${ANNOUNCED}', '${LATER}', 'test' from webhooks`,
];
