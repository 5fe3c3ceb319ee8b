import { decideAnswer, findAnswer, getAnswer, type StoredAnswer } from '../db/answers.ts';
import { lockChange } from '../db/change-locks.ts';
import type { StoredObjection } from '../db/objections.ts';
import type { Transaction } from '../db/postgres.ts';
import { reasonsIn, type AnswerDecision } from '../domain/answer.ts';
import type { Author } from '../domain/author.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { fileObjection } from './file-objection.ts';
import { restoreWindow } from './restore-window.ts';

/**
 * An officer's decision about an answer. `reasons` replace the answer's text, for example when they are in an attachment.
 */
export interface Classification {
  readonly decision: AnswerDecision;
  /** Whether the officer found that a person wrote it. An objection always counts as that. */
  readonly writtenByPerson: boolean;
  readonly explanation: string | null;
  readonly reasons: string | null;
}

/**
 * Classifies an unread answer. An objection is filed with channel `email`, from the answer's sender, as received when the
 * mail arrived (D14–D18), and may be rejected like any other. Anything else needs an explanation. What a person wrote proves
 * that the controller was notified, and restores its window (D30).
 * Refuses with `not-found`, `answer-already-classified` and `explanation-required`.
 */
export async function classifyAnswer(
  tx: Transaction,
  id: string,
  { decision, writtenByPerson, explanation, reasons }: Classification,
  by: Author,
): Promise<{ answer: StoredAnswer; objection: StoredObjection | null }> {
  const found = await findAnswer(tx, id);
  if (found === null) throw notFound(`answer ${id}`);
  const change = await lockChange(tx, found.changeId);
  if (change === null) throw notFound(`answer ${id}`);
  const answer = await getAnswer(tx, id);
  if (answer.status !== 'unread') {
    throw new Refused('answer-already-classified', `Answer ${id} has been read: it is ${answer.status}.`);
  }
  if (decision === 'not-an-objection') {
    if (explanation === null) {
      const detail = 'An answer is found to be no objection with an explanation only.';
      throw refusedAt('explanation', 'explanation-required', detail);
    }
    await decideAnswer(tx, answer, { decision, writtenByPerson, explanation, objectionId: null, ...by });
    if (writtenByPerson) await restoreWindow(tx, change, answer.controllerId, { answerId: id }, by);
    return { answer: await getAnswer(tx, id), objection: null };
  }
  const { changeId, controllerId, from, receivedAt } = answer;
  const { objection } = await fileObjection(
    tx,
    { changeId, controllerId, channel: 'email', from, reasons: reasons ?? reasonsIn(answer), receivedAt },
    by,
  );
  await decideAnswer(tx, answer, { decision, writtenByPerson: true, explanation, objectionId: objection.id, ...by });
  await restoreWindow(tx, change, controllerId, { answerId: id }, by);
  return { answer: await getAnswer(tx, id), objection };
}
