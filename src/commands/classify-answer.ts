import { decideAnswer, findAnswer, getAnswer, type StoredAnswer } from '../db/answers.ts';
import { lockChange } from '../db/change-locks.ts';
import { findWindow } from '../db/objection-windows.ts';
import type { StoredObjection } from '../db/objections.ts';
import type { Transaction } from '../db/postgres.ts';
import { reasonsIn, type AnswerDecision } from '../domain/answer.ts';
import type { Author } from '../domain/author.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { fileObjection } from './file-objection.ts';

/**
 * An officer's decision about an answer. `reasons` replace the answer's text, for example when they are in an attachment.
 */
export interface Classification {
  readonly decision: AnswerDecision;
  readonly explanation: string | null;
  readonly reasons: string | null;
}

/**
 * Classifies an unread answer. An objection is filed with channel `email`, from the answer's sender, as received when the
 * mail arrived (D14–D18), and may be rejected like any other. Anything else needs an explanation.
 * Refuses with `not-found`, `answer-already-classified`, `explanation-required`, and `window-not-open` for an objection of a
 * controller whose notice has bounced since: the answer then stays unread, and blocks, until the controller is notified
 * again.
 */
export async function classifyAnswer(
  tx: Transaction,
  id: string,
  { decision, explanation, reasons }: Classification,
  by: Author,
): Promise<{ answer: StoredAnswer; objection: StoredObjection | null }> {
  const found = await findAnswer(tx, id);
  if (found === null) throw notFound(`answer ${id}`);
  await lockChange(tx, found.changeId);
  const answer = await getAnswer(tx, id);
  if (answer.status !== 'unread') {
    throw new Refused('answer-already-classified', `Answer ${id} has been read: it is ${answer.status}.`);
  }
  if (decision === 'not-an-objection') {
    if (explanation === null) {
      const detail = 'An answer is found to be no objection with an explanation only.';
      throw refusedAt('explanation', 'explanation-required', detail);
    }
    await decideAnswer(tx, answer, { decision, explanation, objectionId: null, ...by });
    return { answer: await getAnswer(tx, id), objection: null };
  }
  const { changeId, controllerId, from, receivedAt } = answer;
  const { objection, refusal } = await fileObjection(
    tx,
    { changeId, controllerId, channel: 'email', from, reasons: reasons ?? reasonsIn(answer), receivedAt },
    by,
  );
  // A controller that has left is not notified again, so its rejected attempt is kept (D7).
  const hasLeft = (await findWindow(tx, changeId, controllerId))?.leftAt !== null;
  if (refusal === 'window-not-open' && !hasLeft) {
    const detail = `Controller ${answer.controller} is not notified: its notice has bounced. Notify it, then classify.`;
    throw new Refused('window-not-open', detail, { deadline: null });
  }
  await decideAnswer(tx, answer, { decision, explanation, objectionId: objection.id, ...by });
  return { answer: await getAnswer(tx, id), objection };
}
