import { activationFor } from '../db/activations.ts';
import { getApproval } from '../db/approvals.ts';
import { getObjection } from '../db/objections.ts';
import { newestCheckpoint } from '../db/seals.ts';
import type { MessageToCompose } from '../db/messages-to-compose.ts';
import type { Queryable } from '../db/postgres.ts';
import type { Change } from '../domain/change.ts';
import { changeFor } from '../domain/wave.ts';
import { carriesCode } from '../domain/mailed-code.ts';
import { contentOf } from '../domain/message-content.ts';
import type { MailMarks } from './as-sent.ts';
import type { MessageFacts } from './message-view.ts';

/** A message, the change that it is about, and what it tells the end of: the time to object, and to answer. */
export interface MessageInContext {
  readonly message: MessageToCompose;
  readonly change: Change;
  readonly deadline: Temporal.Instant | null;
  readonly answerBy: Temporal.Instant | null;
}

/** What stands in a message besides what is on record, and what its link is before its token. */
type Marks = Pick<MailMarks, 'tokenOf' | 'referenceOf' | 'codeOf'> & { readonly linkBase: string };

/** All that the templates need for one message. */
export async function factsOf(
  db: Queryable,
  { message, change, deadline, answerBy }: MessageInContext,
  { linkBase, tokenOf, referenceOf, codeOf }: Marks,
  composedAt: Temporal.Instant,
): Promise<MessageFacts> {
  const wave =
    change.scope === 'each' ? await activationFor(db, change.id, message.controllerId, message.createdAt) : null;
  const content = contentOf({
    kind: message.kind,
    change: changeFor(change, wave),
    deadline,
    answerBy,
    toldDeadline: message.toldDeadline,
    objection: message.objectionId === null ? null : await getObjection(db, message.objectionId),
    approval: message.approvalId === null ? null : await getApproval(db, message.approvalId),
  });
  return {
    ...content,
    language: message.language,
    controllerId: message.controllerId,
    controllerName: message.controllerName,
    contactName: message.name,
    link: linkBase + tokenOf(message.id),
    reference: message.windowNumber && referenceOf(message.windowNumber),
    code: carriesCode(message.kind) ? codeOf(message.id) : null,
    composedAt,
    checkpoint: message.objectionId === null && message.approvalId === null ? null : await newestCheckpoint(db),
  };
}
