import { revokeKeysOf } from '../db/api-keys.ts';
import { appendToAuditLog } from '../db/audit-log.ts';
import { endInvitations } from '../db/invitations.ts';
import type { PersonOnRecord } from '../db/people-on-record.ts';
import { disablePerson as writeDisabled } from '../db/people.ts';
import { lockActingAdministrators } from '../db/person-roles.ts';
import { deletePasskeysOf } from '../db/passkeys.ts';
import type { Transaction } from '../db/postgres.ts';
import { endSessionsOf } from '../db/session-list.ts';
import type { Author } from '../domain/author.ts';
import { expectEnabledPerson, onRecord } from './invite-person.ts';
import { refuseLastAdministrator } from './person-roles.ts';

/**
 * Keeps a person from signing in, at once and for good (D57): its sessions end, its links, passkeys and API keys are good no more. What it
 * did stays on record under its id. Refuses with `not-found`, `person-disabled` and `last-administrator`.
 */
export async function disablePerson(tx: Transaction, id: string, by: Author): Promise<PersonOnRecord> {
  const administrators = await lockActingAdministrators(tx);
  await expectEnabledPerson(tx, id);
  refuseLastAdministrator(administrators, id);
  await writeDisabled(tx, id, by);
  await endInvitations(tx, id, by.at);
  const sessions = await endSessionsOf(tx, id, by);
  const keys = await revokeKeysOf(tx, id, by);
  const passkeys = await deletePasskeysOf(tx, id);
  await appendToAuditLog(tx, by, [
    { action: 'person.disabled', subject: id, details: { sessions: sessions.length, keys: keys.length } },
    ...passkeys.map((passkey) => ({ action: 'passkey.removed' as const, subject: passkey.id, details: {} })),
    ...keys.map(({ id: key, name }) => ({ action: 'key.revoked' as const, subject: key, details: { name } })),
  ]);
  return onRecord(tx, id, by);
}
