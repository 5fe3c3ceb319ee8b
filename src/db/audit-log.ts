import type { Author } from '../domain/author.ts';
import { rows, type Transaction } from './postgres.ts';

/** The acts of the audit log. */
export const AUDIT_ACTIONS = [
  'product.saved',
  'register.loaded',
  'controller.created',
  'controller.updated',
  'agreement.ended',
  'notice.resent',
  'test-notice.sent',
  'change.wording-confirmed',
  'change.withdrawn',
  'key.created',
  'key.revoked',
  'webhook.created',
  'webhook.changed',
  'webhook.deleted',
  'webhook.secret-rotated',
  'webhook.secret-revoked',
  'webhook.replayed',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Records acts that have no row of their own elsewhere, with their author (D28). */
export async function appendToAuditLog(
  tx: Transaction,
  by: Author,
  entries: readonly { action: AuditAction; subject: string; details: unknown }[],
): Promise<void> {
  await rows(
    tx,
    `insert into audit_log (at, actor, action, subject, details)
     select $1, $2, action, subject, coalesce(details, 'null')
     from jsonb_to_recordset($3) as given(action text, subject text, details jsonb)`,
    [by.at, by.actor, JSON.stringify(entries)],
  );
}
