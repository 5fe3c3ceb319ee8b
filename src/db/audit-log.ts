import type { Author } from '../domain/author.ts';
import { apart } from '../domain/persons.ts';
import { rows, type Transaction } from './postgres.ts';

/** The acts of the audit log. */
export const AUDIT_ACTIONS = [
  'product.saved',
  'register.loaded',
  'controller.created',
  'controller.updated',
  'controller.emptied',
  'agreement.ended',
  'person.erased',
  'notice.resent',
  'test-notice.sent',
  'change.wording-confirmed',
  'change.withdrawn',
  'person.added',
  'person.invited',
  'person.disabled',
  'role.given',
  'role.ended',
  'session.started',
  'session.ended',
  'passkey.registered',
  'passkey.removed',
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

const CONTROLLER = ['name', 'registrationNumber', 'reference', 'metadata', 'email'];

/** The fields of an act's details, at any depth, that are of persons (D48): a sole trader's name is its own. */
const PERSONAL: Readonly<Record<AuditAction, readonly string[]>> = {
  'product.saved': ['officersAddress'],
  'register.loaded': ['contactPerson'],
  'controller.created': CONTROLLER,
  'controller.updated': CONTROLLER,
  'controller.emptied': [],
  'agreement.ended': [],
  'person.erased': [],
  'notice.resent': [],
  'test-notice.sent': [],
  'change.wording-confirmed': [],
  'change.withdrawn': [],
  'person.added': [],
  'person.invited': ['name', 'email'],
  'person.disabled': [],
  'role.given': [],
  'role.ended': [],
  'session.started': [],
  'session.ended': [],
  'passkey.registered': [],
  'passkey.removed': [],
  'key.created': ['name'],
  'key.revoked': ['name'],
  'webhook.created': ['description'],
  'webhook.changed': ['description'],
  'webhook.deleted': [],
  'webhook.secret-rotated': [],
  'webhook.secret-revoked': [],
  'webhook.replayed': [],
};

/** Records acts that have no row of their own elsewhere, with their author (D28). What their details say of persons stands apart. */
export async function appendToAuditLog(
  tx: Transaction,
  by: Author,
  entries: readonly { action: AuditAction; subject: string; details: unknown }[],
): Promise<void> {
  await rows(
    tx,
    `insert into audit_log (at, actor, action, subject, details, persons)
     select $1, $2, action, subject, coalesce(details, 'null'), persons
     from jsonb_to_recordset($3) as given(action text, subject text, details jsonb, persons jsonb)`,
    [by.at, by.actor, JSON.stringify(entries.map(entryOf))],
  );
}

function entryOf({ action, subject, details }: { action: AuditAction; subject: string; details: unknown }) {
  const asJson: unknown = JSON.parse(JSON.stringify(details ?? null));
  const { facts, persons } = apart(asJson, (key) => PERSONAL[action].includes(key));
  return { action, subject, details: facts, persons };
}
