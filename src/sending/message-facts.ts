import { findChanges } from '../db/changes.ts';
import type { DueMessage } from '../db/message-claims.ts';
import { getObjection } from '../db/objections.ts';
import type { Queryable } from '../db/postgres.ts';
import { findEntries, namesAbove } from '../db/register.ts';
import type { Change } from '../domain/change.ts';
import { isMoot } from '../domain/message.ts';
import { contentOf } from '../domain/message-content.ts';
import { deadlineOf } from '../domain/objection-window.ts';
import type { RegisterEntry, SubProcessor } from '../domain/register.ts';
import type { MessageFacts } from '../mail/compose.ts';

/** A message with the change it is about and the deadline that it tells. */
export interface PreparedMessage {
  readonly message: DueMessage;
  readonly change: Change;
  /** Of a notice: the deadline in force, or for a window not yet open the one it gets when it is accepted today (D11). */
  readonly deadline: Temporal.Instant | null;
  /** A notice to a controller whose window has not opened. */
  readonly opensWindow: boolean;
  /** It has lost its point and is not sent (`isMoot`). */
  readonly isMoot: boolean;
}

/** What is known of changes, and need not be read again for each message. */
export type KnownChanges = Map<string, Change>;

/** The changes and deadlines of messages. An announced change never changes until it ends (D6): it is read once and kept. */
export async function prepareMessages(
  db: Queryable,
  messages: readonly DueMessage[],
  { known, now }: { known: KnownChanges; now: Temporal.Instant },
): Promise<PreparedMessage[]> {
  const isNew = ({ changeId, changeStatus }: DueMessage) => known.get(changeId)?.status !== changeStatus;
  const newIds = new Set(messages.filter(isNew).map(({ changeId }) => changeId));
  if (newIds.size > 0) for (const change of await findChanges(db, [...newIds])) known.set(change.id, change);
  // One computation for all notices of a change: they are prepared at the same instant.
  const computed = new Map<Change, Temporal.Instant>();
  const deadlineFrom = (change: Change) => {
    const deadline = computed.get(change) ?? deadlineOf(now, change.terms);
    computed.set(change, deadline);
    return deadline;
  };
  return messages.map((message) => {
    const change = known.get(message.changeId);
    if (change === undefined) throw new Error(`no change ${message.changeId}`);
    const isNotice = message.kind === 'notice';
    const deadline = message.deadline ?? (isNotice ? deadlineFrom(change) : null);
    const { kind, hasWindow } = message;
    return {
      message,
      change,
      deadline,
      opensWindow: isNotice && hasWindow && message.deadline === null,
      isMoot: isMoot({ kind, changeStatus: change.status, hasWindow, deadline }, now),
    };
  });
}

/** What a message says beside its change: read once per change and kept, because an announced change never changes. */
export interface Surroundings {
  readonly replaced: RegisterEntry | null;
  /** From the processor down to the parent of the sub-processor. */
  readonly chain: readonly string[];
  /** The same for the replaced entry; empty where nothing is replaced. */
  readonly replacedChain: readonly string[];
}

/** The replaced entry and the chains of a change. */
export async function surroundingsOf(db: Queryable, change: Change): Promise<Surroundings> {
  const [replaced = null] = change.replaces === null ? [] : await findEntries(db, [change.replaces]);
  const chainAbove = async (company: SubProcessor) => [change.processor.name, ...(await namesAbove(db, company))];
  const chain = await chainAbove(change.subProcessor);
  return { replaced, chain, replacedChain: replaced === null ? [] : await chainAbove(replaced) };
}

/** All that the templates need for one message. */
export async function factsOf(
  db: Queryable,
  { message, change, deadline }: PreparedMessage,
  surroundings: Surroundings,
  link: string,
  composedAt: Temporal.Instant,
): Promise<MessageFacts> {
  const content = contentOf({
    kind: message.kind,
    change,
    deadline,
    toldDeadline: message.toldDeadline,
    objection: message.objectionId === null ? null : await getObjection(db, message.objectionId),
  });
  return {
    ...content,
    language: message.language,
    ...surroundings,
    controllerId: message.controllerId,
    controllerName: message.controllerName,
    contactName: message.name,
    link,
    composedAt,
  };
}
