import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { Claim } from '../concurrency/leases.ts';
import { findChanges } from '../db/changes.ts';
import { markClaimed, cancelMessages, lockDueMessages, type DueMessage } from '../db/message-claims.ts';
import { inTransactionAfter, type Queryable, type Transaction } from '../db/postgres.ts';
import type { Change } from '../domain/change.ts';
import { isMoot, statesDeadline } from '../domain/message.ts';
import { answerByOf, openingAt } from '../domain/objection-window.ts';
import type { MessageInContext } from '../mail/message-facts.ts';

/** A message with the change it is about and the deadline that it tells. */
export interface MessageToSend extends MessageInContext {
  readonly message: DueMessage;
  /**
   * The deadline in force. For a notice whose window is not open, the one it gets if it is accepted today (D11). `null` of a change
   * without time to object.
   */
  readonly deadline: Temporal.Instant | null;
  /** Whether this is a notice to a controller that is not notified. */
  readonly opensWindow: boolean;
}

/** A message that is on record as begun, so that after a crash it counts as perhaps sent. */
export interface ClaimedMessage extends MessageToSend {
  readonly lease: {
    readonly id: string;
    /** When it ends unless it is renewed. It is told to be old by this, and not by renewals. */
    readonly until: Temporal.Instant;
  };
}

/** The row that a claimed message stands in, and its lease. */
export function claimOf({ message, lease }: ClaimedMessage): Claim {
  return { id: message.id, leaseId: lease.id };
}

/** The changes that were used lately. An announced change never changes until it ends (D6), so it is read once. */
export type KnownChanges = LRUCache<string, Change>;

const CHANGES_KEPT = 100;

export function knownChanges(): KnownChanges {
  return new LRUCache({ max: CHANGES_KEPT });
}

/** The deadline that the message tells its contact; `null` where its kind tells none. */
export function printedDeadlineOf({ message, deadline }: MessageToSend): Temporal.Instant | null {
  return statesDeadline(message.kind) ? deadline : null;
}

/**
 * Claims up to `limit` due messages in one transaction: those to be sent are on record as begun, with the deadline that each
 * is about to tell (D11); moot ones, and those to who is no contact any more, are cancelled (D7, D24, D52). Returns how many were due, and the ones to be sent.
 */
export async function claimBatch(
  pool: pg.Pool,
  {
    known,
    limit,
    now,
    leasedUntil,
  }: { known: KnownChanges; limit: number; now: Temporal.Instant; leasedUntil: Temporal.Instant },
): Promise<{ due: number; claimed: ClaimedMessage[] }> {
  const leased = { id: randomUUID(), until: leasedUntil };
  const lockDue = (tx: Transaction) => lockDueMessages(tx, { now, limit });
  return inTransactionAfter(pool, lockDue, async (tx, due) => {
    const { toSend, moot } = await prepareMessages(tx, due, known, now);
    const begun = toSend.map((each) => ({ id: each.message.id, printedDeadline: printedDeadlineOf(each) }));
    if (begun.length > 0) await markClaimed(tx, { leaseId: leased.id, leasedUntil }, begun);
    if (moot.length > 0) await cancelMessages(tx, moot);
    return { due: due.length, claimed: toSend.map((each) => ({ ...each, lease: leased })) };
  });
}

/** What a notice that is accepted at some moment gives its controller time for, until when. */
interface Promised {
  readonly deadline: Temporal.Instant | null;
  readonly answerBy: Temporal.Instant | null;
}

function promisedAt(now: Temporal.Instant, change: Change): Promised {
  return { deadline: openingAt(now, change).deadline, answerBy: answerByOf(now, change) };
}

/** Parts messages into those to be sent at `now`, with their changes and deadlines, and the ids of those that are moot. */
async function prepareMessages(
  db: Queryable,
  messages: readonly DueMessage[],
  known: KnownChanges,
  now: Temporal.Instant,
): Promise<{ toSend: MessageToSend[]; moot: string[] }> {
  const changes = await changesByIdOf(db, messages, known);
  // All notices of a change are prepared at the same instant, so that is computed once.
  const computed = new Map<string, Promised>();
  const ifAccepted = (change: Change) => {
    const promised = computed.get(change.id) ?? promisedAt(now, change);
    computed.set(change.id, promised);
    return promised;
  };
  const toSend: MessageToSend[] = [];
  const moot: string[] = [];
  for (const message of messages) {
    const { kind, hasWindow, isToContact } = message;
    // Also of one that came back from a sender after its recipient had left.
    if (!isToContact) {
      moot.push(message.id);
      continue;
    }
    const change = changes.get(message.changeId);
    if (change === undefined) throw new Error(`no change ${message.changeId}`);
    const { notifiedAt } = message;
    const opensWindow = kind === 'notice' && hasWindow && notifiedAt === null;
    const promised = notifiedAt === null && kind === 'notice' ? ifAccepted(change) : null;
    const deadline = message.deadline ?? promised?.deadline ?? null;
    const answerBy = notifiedAt === null ? (promised?.answerBy ?? null) : answerByOf(notifiedAt, change);
    if (isMoot({ kind, change, hasWindow, deadline, answerBy }, now)) moot.push(message.id);
    else toSend.push({ message, change, deadline, answerBy, opensWindow });
  }
  return { toSend, moot };
}

/** The changes of the messages, by id: known ones unless their status has changed, the others read anew. */
async function changesByIdOf(
  db: Queryable,
  messages: readonly DueMessage[],
  known: KnownChanges,
): Promise<ReadonlyMap<string, Change>> {
  const changes = new Map<string, Change>();
  const unknown = new Set<string>();
  for (const { changeId, changeStatus } of messages) {
    const change = changes.get(changeId) ?? known.get(changeId);
    if (change?.status === changeStatus) changes.set(changeId, change);
    else unknown.add(changeId);
  }
  if (unknown.size === 0) return changes;
  for (const change of await findChanges(db, [...unknown])) {
    changes.set(change.id, change);
    known.set(change.id, change);
  }
  return changes;
}
