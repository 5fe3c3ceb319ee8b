/** Columns to which the application's role can give some value that the application would not, each with the reason. */
export const UPDATES: Readonly<Record<string, string>> = Object.fromEntries(
  (
    [
      [
        'what a product is called and who answers for it, for the next change; announced ones keep theirs (D6)',
        'products',
        ['name', 'processor', 'objection_address', 'updated_at'],
      ],
      [
        'how long the next withdrawal waits; one that waits keeps its time, and every contact is told of it first (D31)',
        'products',
        ['withdrawal_delay_hours'],
      ],
      ['how long the next announcement is held (D33); one that is held keeps its time', 'products', ['hold_minutes']],
      ['who gets mails about what is on record anyway', 'products', ['officers_address']],
      ['how long what is of persons is kept; the audit log has what the API saved (D51)', 'products', ['retention']],
      [
        'tries of a code are only added, and a code is used once: a withdrawal by it is told to every contact (D31)',
        'mailed_codes',
        ['wrong_tries', 'used_at'],
      ],
      ['how many attempts were rejected is only raised (D15)', 'further_attempts', ['number']],
      [
        'what a controller is called and filed under; the audit log has what the API saved',
        'controllers',
        ['name', 'registration_number', 'registration_key', 'reference', 'metadata', 'updated_at'],
      ],
      [
        'who is told next, as a contact that is removed and another that is added; who has not been told of a change blocks it (D35)',
        'contacts',
        ['position', 'email', 'name', 'language'],
      ],
      [
        'who may approve: an approval takes a code from the mailbox of that address, and every contact is told before it counts (D42)',
        'contacts',
        ['may_approve'],
      ],
      [
        'the version of the terms that an agreement is on; none leaves a window by contract without terms that list its change (D46)',
        'agreements',
        ['terms_version'],
      ],
      ['a version only rises, and the unique sequence of events shows a gap', 'changes', ['version']],
      [
        'a milestone that is marked is not told: its event, and no window',
        'changes',
        [
          'notified_event_at',
          'deadline_approaching_event_at',
          'answers_approaching_event_at',
          'windows_closed_event_at',
        ],
      ],
      ['a deadline only moves later (D11), which costs time and no objection', 'objection_windows', ['deadline']],
      ['a reminder is no part of a window (D8)', 'objection_windows', ['reminded_at', 'answer_reminded_at']],
      [
        'where a message stands in the queue; what it has told is in its attempts. A notice that is cancelled or put off opens no window, so it blocks activation',
        'messages',
        ['status', 'attempts', 'next_attempt_at', 'leased_until', 'printed_deadline', 'last_error'],
      ],
      [
        'what was read in a mail, while nobody has read it: reading writes it anew, from the mail byte for byte',
        'inbound_mails',
        [
          'from_name',
          'from_email',
          'subject',
          'text',
          'quoted',
          'attachments',
          'judged_at',
          'next_reading_at',
          'readings',
        ],
      ],
      ['a key is revoked once, at whatever time, and that is final', 'api_keys', ['revoked_at', 'revoked_by']],
      ['when a key was used last is a hint', 'api_keys', ['last_used_at']],
      [
        'mails to the company are no record of a change',
        'operator_mails',
        ['status', 'attempts', 'next_attempt_at', 'lease_id', 'leased_until', 'last_error'],
      ],
      [
        'endpoints are settings; what changes them over the API is in the audit log',
        'webhooks',
        [
          'url',
          'events',
          'products',
          'description',
          'secret_version',
          'secret_rotated_at',
          'previous_secret_until',
          'told_failing_at',
          'told_ending_at',
          'paused_until',
          'served_at',
        ],
      ],
      [
        'an event that a consumer was not told of is still in the feed',
        'webhook_deliveries',
        ['status', 'attempts', 'next_attempt_at', 'finished_at'],
      ],
      [
        'a replay tells again what is in the feed',
        'webhook_replays',
        ['reached_xact_id', 'reached_position', 'finished_at'],
      ],
      [
        'a stored response is none of the record: it tells that a person in it has been erased (D52)',
        'idempotency_keys',
        ['status'],
      ],
      ['how fast mails go out', 'sending_rate', ['next_at']],
    ] satisfies [string, string, string[]][]
  ).flatMap(([reason, table, columns]) => columns.map((column) => [`${table}.${column}`, reason])),
);

/** Tables into which the application's role inserts, each with what stands there by plain SQL although it did not happen. */
export const INSERTS: Readonly<Record<string, string>> = {
  activation_controllers: 'as activations',
  activations:
    'a wave that no officer began, of who has approved and is in none: listed with its change, with no change.activated in the feed',
  agreements: 'a customer that is none: it gets a window, and blocks until it is notified',
  answer_decisions:
    'what no officer decided, under an officer’s name: the controller’s words stay on record, and the decision is in the API',
  answers: 'an answer that nobody wrote blocks, and points to the mail that it came in',
  api_keys: 'a key of whoever inserts it: listed by GET /v1/keys, with no key.created in the audit log',
  approvals:
    'an approval that no officer recorded, under an officer’s name: it waits for a second person, and every contact gets a receipt before it counts; a refusal blocks',
  arrival_statements: 'what no officer stated: shown with the notice',
  audit_log: 'an act that nobody did, and no act is taken away',
  bounces: 'a failure that nobody reported closes a window as not notified, which blocks (D12)',
  checkpoint_timestamps: 'a time stamp that no service gave: whoever verifies a pack of that checkpoint sees it',
  checkpoints: 'a checkpoint without the signature of a key: nothing more is sealed, which alarms',
  changes: 'a change that no officer announced: told to nobody, and not activated before everybody has a window',
  contacts: 'somebody who is no contact gets the next notice: the audit log has the contacts that the API saved',
  controllers: 'as agreements',
  erasures: 'an emptying that did not happen: no row names it',
  events: 'what did not happen: the numbers of a change’s events follow its version',
  further_attempts: 'a rejected attempt that nobody made',
  fan_outs: 'that windows are being written: it is not finished before they are',
  gate_facts:
    'what the gate did not see, of an activation from before it was put on record: each of later ones has its facts, once',
  idempotency_keys: 'a stored response',
  inbound_contents: 'a mail that nobody sent',
  inbound_mail_decisions: 'what no officer decided: the mail stays on record',
  inbound_mails: 'a mail that nobody sent blocks until it is read',
  nominations: 'somebody who is named as one who may approve, and may not before an officer has confirmed it (D42)',
  legal_holds: 'a hold that nobody placed: what it keeps is kept, and GET /v1/legal-holds lists it',
  letters: 'a letter that nobody sent opens a window: shown in the API, with no act in the access log',
  listed_in_terms: 'that terms list a change: who joins on them is not asked. It is in the API, with who said so',
  message_attempts: 'that a mail system accepted what was never sent: the mail system’s own log has no such Message-ID',
  message_contents: 'the form of a mail that nobody sent: no attempt has its hash (D50)',
  messages: 'a mail that no command wrote: each is on record with its attempts',
  objection_decisions:
    'that an objection was resolved, with an outcome that fits: it is told to the controller, and is in the API',
  objection_windows: 'a window more, which blocks',
  objections: 'an objection that nobody made blocks; a rejected one counts for nothing',
  operator_mails: 'a mail to the company',
  page_statements: 'what no page stated: no objection and no answer has its hash (D50)',
  product_terms: 'terms that no admin gave; they are on record, and hold for the changes announced later (D9)',
  products: 'a product without controllers',
  register_entries: 'the first register of a product that has none (D21)',
  seal_epochs:
    'a tree that no restore began: its checkpoints name the one before, and the log and every receiver see it',
  seal_keys: 'a key that the one before it has not signed: nothing more is sealed, which alarms',
  seal_tiles: 'hashes that are not those of the leaves: no root fits, and nothing more is sealed, which alarms',
  sending_rate: 'how fast mails go out',
  mailed_codes: 'a code that nobody asked for: the mail that carries it is on record, and goes to a contact',
  verifications:
    'that the record was verified: the log of the process has no such verification, and the next night has one',
  withdrawal_requests:
    'a withdrawal that nobody asked for, by a code that seems used: it is told to every contact before it is due (D31)',
  test_notices: 'a test notice that nobody sent: its page is marked as a sample, and it is of no change',
  webhook_attempts: 'a post that was not made',
  webhook_deliveries: 'an event that is delivered once more',
  webhook_replays: 'as webhook_deliveries',
  webhooks: 'a consumer that is none: listed by GET /v1/webhooks, with no webhook.created in the audit log',
  window_restorations: 'nothing: the window stands again only where an arrival is proved (D30)',
};
