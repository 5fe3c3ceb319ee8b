import { lockChange } from '../db/change-locks.ts';
import { hasManyRejected, recordFurtherAttempt } from '../db/further-attempts.ts';
import { findWindow } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import { judgeObjection, type ObjectionRefusal } from '../domain/objection.ts';
import { fileObjection, type FiledObjection, type ReceivedObjection } from './file-objection.ts';

/** An objection that came through the link of a message. */
export type ObjectionThroughLink = Omit<ReceivedObjection, 'channel' | 'messageId'> & { readonly messageId: string };

/** A rejected attempt that was counted, and has no number of its own. */
export interface CountedAttempt {
  readonly objection: null;
  readonly refusal: ObjectionRefusal;
  readonly deadline: Temporal.Instant | null;
}

/**
 * Files an objection that came through a link, as `fileObjection` does. Of very many rejected attempts through one link the
 * first are kept as any other, with an event each; the latest are kept with their texts, and all are counted (D15). An
 * objection that counts is filed whatever came before it.
 */
export async function objectThroughLink(
  tx: Transaction,
  given: ObjectionThroughLink,
  by: Author,
): Promise<FiledObjection | CountedAttempt> {
  const received = { ...given, channel: 'link' as const };
  const { changeId, controllerId, messageId, receivedAt, reasons } = received;
  const window = await findWindow(tx, changeId, controllerId);
  if (window !== null && (await hasManyRejected(tx, messageId, window.createdAt))) {
    const change = await lockChange(tx, changeId);
    const locked = change && (await findWindow(tx, changeId, controllerId));
    const verdict = locked && judgeObjection({ ...locked, ...change, receivedAt, reasons });
    if (verdict?.allowed === false) {
      const { because } = verdict;
      await recordFurtherAttempt(tx, messageId, { rejectedFor: because, name: given.from.name, reasons, receivedAt });
      return { objection: null, refusal: because, deadline: locked?.deadline ?? null };
    }
  }
  return fileObjection(tx, received, by);
}
