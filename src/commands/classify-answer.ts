import { decideAnswer, findAnswer, getAnswer, type StoredAnswer } from '../db/answers.ts';
import { lockChange } from '../db/change-locks.ts';
import { findWindow } from '../db/objection-windows.ts';
import type { StoredObjection } from '../db/objections.ts';
import type { Transaction } from '../db/postgres.ts';
import { reasonsIn, type AnswerDecision } from '../domain/answer.ts';
import type { Author } from '../domain/author.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { fileObjection } from './file-objection.ts';

/** What an officer finds an answer to be. `reasons`: what the officer reads in its attachments, instead of its text. */
export interface Classification {
  readonly decision: AnswerDecision;
  readonly explanation: string | null;
  readonly reasons: string | null;
}

/**
 * Says what an unread answer is. An objection is filed by e-mail, from the answer's sender, as received when the mail
 * arrived (D14–D18): it may be rejected as any other. Anything else needs an explanation.
 * Refuses with `not-found`, `answer-already-classified`, `explanation-required`, and `window-not-open` for an objection of a
 * controller whose notice has bounced since: the answer stays unread, and blocks, until the controller is notified again.
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
  // A controller that has left is not notified again: its attempt stays on record as it is (D7).
  const hasLeft = (await findWindow(tx, changeId, controllerId))?.leftAt !== null;
  if (refusal === 'window-not-open' && !hasLeft) {
    const detail = `Controller ${answer.controller} is not notified: its notice has bounced. Notify it, then classify.`;
    throw new Refused('window-not-open', detail, { deadline: null });
  }
  await decideAnswer(tx, answer, { decision, explanation, objectionId: objection.id, ...by });
  return { answer: await getAnswer(tx, id), objection };
}
