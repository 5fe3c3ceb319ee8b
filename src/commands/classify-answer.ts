import { decideAnswer, findAnswerOfController, getAnswer, type StoredAnswer } from '../db/answers.ts';
import { lockChange } from '../db/change-locks.ts';
import { findWindow } from '../db/objection-windows.ts';
import type { StoredObjection } from '../db/objections.ts';
import type { Transaction } from '../db/postgres.ts';
import { reasonsIn, type AnswerDecision } from '../domain/answer.ts';
import type { Author } from '../domain/author.ts';
import { fileObjection } from './file-objection.ts';
import { notFound, Refused } from '../domain/refused.ts';

/**
 * Says what an unread answer is. One that is an objection is filed as one, by e-mail, from its sender, received when the
 * mail arrived (D14–D18): it may be rejected as any other. It states what the mail says, or what the officer reads in its
 * attachments. One that is none needs an explanation.
 * Refuses with `answer-already-classified`, `explanation-required`, and `window-not-open` for an objection of a controller
 * whose notice has bounced meanwhile: the answer stays unread, and blocks, until the controller has been notified again.
 */
export async function classifyAnswer(
  tx: Transaction,
  id: string,
  { decision, explanation, reasons }: { decision: AnswerDecision; explanation: string | null; reasons: string | null },
  by: Author,
): Promise<{ answer: StoredAnswer; objection: StoredObjection | null }> {
  const found = await findAnswerOfController(tx, id);
  if (found === null) throw notFound(`answer ${id}`);
  await lockChange(tx, found.changeId);
  const answer = await getAnswer(tx, id);
  if (answer.status !== 'unread') {
    throw new Refused('answer-already-classified', `Answer ${id} has been read: it is ${answer.status}.`);
  }
  if (decision === 'not-an-objection') {
    if (explanation === null) {
      const detail = 'An answer is found to be no objection with an explanation only.';
      throw new Refused('explanation-required', detail, { errors: [{ path: 'explanation', message: detail }] });
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
  // One that has left is not notified again: its attempt is on record as it is (D7).
  const counts = (await findWindow(tx, changeId, controllerId))?.leftAt === null;
  if (refusal === 'window-not-open' && counts) {
    const detail = `Controller ${answer.controller} is not notified: its notice has bounced. Notify it, then classify.`;
    throw new Refused('window-not-open', detail, { deadline: null });
  }
  await decideAnswer(tx, answer, { decision, explanation, objectionId: objection.id, ...by });
  return { answer: await getAnswer(tx, id), objection };
}
