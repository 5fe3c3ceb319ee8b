/** What a row of each table is, where it tells of a person. */
export const WHAT_TELLS = {
  answer_decisions: 'decision',
  api_keys: 'api-key',
  approvals: 'approval',
  arrival_statements: 'arrival-statement',
  audit_log: 'audit',
  bounces: 'delivery-report',
  changes: 'contact-person',
  contacts: 'contact',
  controllers: 'customer-data',
  further_attempts: 'rejected-attempt',
  idempotency_keys: 'stored-response',
  inbound_contents: 'raw-mail',
  inbound_mail_decisions: 'decision',
  inbound_mails: 'received-mail',
  legal_holds: 'legal-hold',
  kept_forms: 'kept-form',
  letters: 'letter',
  mailed_codes: 'code',
  message_attempts: 'sending',
  message_contents: 'sent-content',
  messages: 'sent-mail',
  nominations: 'nomination',
  objection_decisions: 'decision',
  objections: 'objection',
  operator_mails: 'mail-to-officers',
  people: 'person',
  products: 'product',
  proposal_decisions: 'decision',
  proposals: 'proposal',
  register_entries: 'contact-person',
  scans: 'scan',
  sessions: 'session',
  test_notices: 'test-notice',
  webhook_attempts: 'webhook-response',
  webhooks: 'webhook',
  withdrawal_requests: 'withdrawal',
} as const satisfies Readonly<Record<string, string>>;

export type TableOfPersons = keyof typeof WHAT_TELLS;
export type WhatTells = (typeof WHAT_TELLS)[TableOfPersons];

/**
 * Why something that tells of a person is kept (D52). `retention`: its case has ended, and the time to keep it has not. `case-open`:
 * its change or agreement goes on, or something that came in is unread. `legal-hold`: somebody has said so. `undecided`: a mail that
 * nobody has read, or said whose it is. `in-use`: it is a setting, a key, an entry of the register, or about to be sent.
 */
export const KEPT_BECAUSE = ['retention', 'case-open', 'legal-hold', 'undecided', 'in-use'] as const;
export type KeptBecause = (typeof KEPT_BECAUSE)[number];

/** A row that tells of a person, and why it is kept; `null` where it is not. `until` is `null` where nobody can say yet. */
export interface RowOfPerson {
  readonly table: TableOfPersons;
  /** Its primary key, as text. */
  readonly key: string;
  readonly changeId: string | null;
  /** The external id of its controller. */
  readonly controller: string | null;
  readonly because: KeptBecause | null;
  readonly until: Temporal.Instant | null;
}

/** So many things of one kind, and what became of them. */
export interface Counted {
  readonly what: WhatTells;
  readonly count: number;
}
export type CountedKept = Counted & Pick<RowOfPerson, 'until'> & { readonly because: KeptBecause };

/** How many rows of each kind these are. */
export function countRows(rows: readonly RowOfPerson[]): Counted[] {
  return [...Map.groupBy(rows, ({ table }) => WHAT_TELLS[table])].map(([what, { length: count }]) => ({ what, count }));
}

/** What is kept of these rows, by what it is, why, and until when. */
export function countKept(rows: readonly RowOfPerson[]): CountedKept[] {
  const kept = rows.flatMap(({ because, ...row }) => (because === null ? [] : [{ ...row, because }]));
  const groups = Map.groupBy(
    kept,
    ({ table, because, until }) => `${WHAT_TELLS[table]} ${because} ${until?.toString()}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { table, because, until } = first;
    return [{ what: WHAT_TELLS[table], count: group.length, because, until }];
  });
}
