import { columnsOf, type ShownRow } from './shown-rows.ts';

/** What happened in the part of one controller, by the row that says so. */
export interface Moment {
  /** An instant, or of an activation its day. */
  readonly at: string;
  readonly what: What;
  readonly row: ShownRow;
  /** The message that was attempted or reported on, or the proposal that was decided about, where the rows have it. */
  readonly about?: ShownRow | undefined;
}

/** The column that says when, of each row that tells of something that happened. */
const MOMENTS = {
  proposed: ['proposals', 'proposed_at'],
  'proposal-decided': ['proposal_decisions', 'decided_at'],
  announced: ['changes', 'announced_at'],
  activated: ['activations', 'activated_at'],
  withdrawn: ['changes', 'withdrawn_at'],
  message: ['messages', 'created_at'],
  attempt: ['message_attempts', 'finished_at'],
  report: ['bounces', 'recorded_at'],
  arrival: ['arrival_statements', 'recorded_at'],
  letter: ['letters', 'recorded_at'],
  restoration: ['window_restorations', 'recorded_at'],
  objection: ['objections', 'received_at'],
  'further-attempt': ['further_attempts', 'received_at'],
  'withdrawal-request': ['withdrawal_requests', 'requested_at'],
  'objection-decision': ['objection_decisions', 'decided_at'],
  mail: ['inbound_mails', 'received_at'],
  'mail-decision': ['inbound_mail_decisions', 'decided_at'],
  'answer-decision': ['answer_decisions', 'decided_at'],
  code: ['mailed_codes', 'asked_at'],
  approval: ['approvals', 'received_at'],
  'approval-effect': ['approvals', 'effective_at'],
  'approval-end': ['approvals', 'ended_at'],
  nomination: ['nominations', 'nominated_at'],
  'nomination-confirmed': ['nominations', 'confirmed_at'],
  'nomination-rejected': ['nominations', 'rejected_at'],
  agreement: ['agreements', 'started_at'],
  'agreement-end': ['agreements', 'ended_at'],
  'in-force': ['activation_controllers', 'activated_on'],
  scan: ['scans', 'added_at'],
} as const satisfies Readonly<Record<string, readonly [table: string, column: string]>>;

export type What = keyof typeof MOMENTS;

const TOLD_ABOUT = ['messages', 'proposals'];

/** What happened, the earliest first: of one moment in the order above. */
export function timelineOf(rows: readonly ShownRow[]): Moment[] {
  const told = new Map(rows.filter(({ table }) => TOLD_ABOUT.includes(table)).map((row) => [row.key, row]));
  const moments = Object.entries(MOMENTS).flatMap(([what, [table, column]]) =>
    rows
      .filter((row) => row.table === table)
      .flatMap((row) => {
        const at = columnsOf(row)[column];
        return typeof at === 'string'
          ? [{ at, what: what as What, row, about: told.get(String(row.facts.message_id ?? row.facts.proposal_id)) }]
          : [];
      }),
  );
  // A day sorts before every instant of it.
  return moments.sort((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)));
}

/**
 * What a moment is told from: its row, with the authors that have a name in words, and of its message to whom it went and what kind it
 * is, or the kind of its proposal.
 */
export function toldOf({ row, about }: Moment, names: ReadonlyMap<string, string>): Readonly<Record<string, unknown>> {
  const { email, kind } = about === undefined ? {} : columnsOf(about);
  const told = Object.entries(columnsOf(row)).map(([column, value]) => [
    column,
    column.endsWith('_by') ? (names.get(String(value)) ?? value) : value,
  ]);
  return {
    ...Object.fromEntries(told),
    ...(about?.table === 'messages' && { to: email, message_kind: kind }),
    ...(about?.table === 'proposals' && { proposal_kind: kind }),
  };
}

/** What a row has in somebody's own words, or a mail server's: by table, the columns that a reader is shown word for word. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  proposal_decisions: ['reason'],
  message_attempts: ['response'],
  bounces: ['diagnostic'],
  arrival_statements: ['evidence'],
  letters: ['reference'],
  objections: ['reasons'],
  further_attempts: ['reasons'],
  withdrawal_requests: ['explanation'],
  objection_decisions: ['explanation'],
  inbound_mails: ['text'],
  inbound_mail_decisions: ['explanation'],
  answer_decisions: ['explanation'],
  approvals: ['statement', 'authority'],
};

/** Of a later moment of a row, whose first words were said before it. */
const OTHER_WORDS: Readonly<Partial<Record<What, readonly string[]>>> = {
  withdrawn: ['withdrawal_reason'],
  'approval-effect': [],
  'approval-end': ['ended_explanation'],
  'nomination-rejected': ['explanation'],
};

/** What was said at a moment, word for word. */
export function wordsOf({ what, row }: Moment): string[] {
  const columns = OTHER_WORDS[what] ?? WORDS[row.table] ?? [];
  const all = columnsOf(row);
  return columns.flatMap((column) => {
    const text = all[column];
    return typeof text === 'string' && text !== '' ? [text] : [];
  });
}

/** Of what somebody at the controller, or a mail server that refused, has said something: what a reader of many looks for. */
const REMARKABLE: readonly What[] = [
  'report',
  'letter',
  'objection',
  'further-attempt',
  'mail',
  'approval',
  'nomination',
  'scan',
  'agreement-end',
];

/** Whether more happened than that the controller was told. */
export const isRemarkable = (moments: readonly Moment[]): boolean =>
  moments.some(({ what }) => REMARKABLE.includes(what));
