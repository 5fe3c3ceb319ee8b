import { getObjection } from '../db/objections.ts';
import type { MessageToCompose } from '../db/messages-to-compose.ts';
import type { Queryable } from '../db/postgres.ts';
import { findEntries, namesAbove } from '../db/register.ts';
import type { Change } from '../domain/change.ts';
import { contentOf } from '../domain/message-content.ts';
import type { RegisterEntry, SubProcessor } from '../domain/register.ts';
import type { MessageFacts } from '../mail/message-view.ts';
import type { Sending } from './sending.ts';

/** What a message says of the register: the same for all messages on a change, because an announced change never changes. */
export interface RegisterContext {
  readonly replaced: RegisterEntry | null;
  /** From the processor down to the parent of the sub-processor. */
  readonly chain: readonly string[];
  /** The same for the replaced entry; empty where nothing is replaced. */
  readonly replacedChain: readonly string[];
}

/** The replaced entry and the chains of a change. */
export async function registerContextOf(db: Queryable, change: Change): Promise<RegisterContext> {
  const [replaced = null] = change.replaces === null ? [] : await findEntries(db, [change.replaces]);
  const chainAbove = async (company: SubProcessor) => [change.processor.name, ...(await namesAbove(db, company))];
  const chain = await chainAbove(change.subProcessor);
  return { replaced, chain, replacedChain: replaced === null ? [] : await chainAbove(replaced) };
}

/** A message, the change that it is about, and the deadline that it tells. */
export interface MessageInContext {
  readonly message: MessageToCompose;
  readonly change: Change;
  readonly deadline: Temporal.Instant | null;
}

/** All that the templates need for one message. */
export async function factsOf(
  db: Queryable,
  { message, change, deadline }: MessageInContext,
  registerContext: RegisterContext,
  { linkOf, referenceOf, codeOf }: Pick<Sending, 'linkOf' | 'referenceOf' | 'codeOf'>,
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
    ...registerContext,
    controllerId: message.controllerId,
    controllerName: message.controllerName,
    contactName: message.name,
    link: linkOf(message.id),
    reference: message.windowNumber && referenceOf(message.windowNumber),
    code: message.kind === 'withdrawal-code' ? codeOf(message.id) : null,
    composedAt,
  };
}
