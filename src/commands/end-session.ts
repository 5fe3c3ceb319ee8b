import { appendToAuditLog } from '../db/audit-log.ts';
import type { Transaction } from '../db/postgres.ts';
import { findSession, type SessionOnRecord } from '../db/session-list.ts';
import { endSession as writeEnded } from '../db/sessions.ts';
import type { Author } from '../domain/author.ts';
import { notFound } from '../domain/refused.ts';

/** Ends a session, at once; a second time does nothing. `ofPerson`: only where it is of this person. Refuses with `not-found`. */
export async function endSessionOf(
  tx: Transaction,
  { id, ofPerson }: { readonly id: string; readonly ofPerson: string | null },
  by: Author,
): Promise<SessionOnRecord> {
  const found = await findSession(tx, id, by.at);
  if (found === null || (ofPerson !== null && found.person.id !== ofPerson)) throw notFound(`session ${id}`);
  // Of two who end it at once, one has ended it.
  if (found.isRunning && (await writeEnded(tx, id, by))) {
    await appendToAuditLog(tx, by, [{ action: 'session.ended', subject: id, details: { person: found.person.id } }]);
  }
  return (await findSession(tx, id, by.at)) ?? found;
}
