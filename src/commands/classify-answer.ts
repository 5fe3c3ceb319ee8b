import { decideAnswer, findAnswer, getAnswer, type StoredAnswer } from '../db/answers.ts';
import { lockChange } from '../db/change-locks.ts';
import { getObjection, type StoredObjection } from '../db/objections.ts';
import type { Transaction } from '../db/postgres.ts';
import { reasonsIn, refuseClassification, type AnswerDecision } from '../domain/answer.ts';
import type { Author } from '../domain/author.ts';
import type { Change } from '../domain/change.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { fileObjection } from './file-objection.ts';
import { recordEvents } from './record-events.ts';
import { resolveObjection } from './resolve-objection.ts';
import { restoreWindow } from './restore-window.ts';

/**
 * An officer's decision about an answer. `reasons` replace the answer's text, for example when they are in an attachment.
 */
export interface Classification {
  readonly decision: AnswerDecision;
  /** What the officer saw it classified as; `null` for one that is unread. */
  readonly insteadOf: AnswerDecision | null;
  /** Whether the officer found that a person wrote it. An objection always counts as that. */
  readonly writtenByPerson: boolean;
  readonly explanation: string | null;
  readonly reasons: string | null;
}

export interface ClassifiedAnswer {
  readonly answer: StoredAnswer;
  /** The objection that the answer has become, or that it was until now; `null` where it never was one. */
  readonly objection: StoredObjection | null;
}

/**
 * Classifies an answer, for the first time or anew, and writes `answer.classified`.
 * - As an objection it is filed with channel `email`, from the answer's sender, as received when the mail arrived (D14–D18), and
 *   may be rejected like any other.
 * - As anything else it needs an explanation. The objection that it was taken for until now, if it is pending, is resolved as
 *   `invalid` with that explanation, and its controller is told like of every outcome (D19).
 *
 * What a person wrote proves that the controller was notified, and restores its window (D30); a later classification does not
 * take that back.
 * Refuses with `not-found`, and as `refuseClassification` does.
 */
export async function classifyAnswer(
  tx: Transaction,
  id: string,
  given: Classification,
  by: Author,
): Promise<ClassifiedAnswer> {
  const found = await findAnswer(tx, id);
  const change = found && (await lockChange(tx, found.changeId));
  if (!change) throw notFound(`answer ${id}`);
  const answer = await getAnswer(tx, id);
  expectClassifiable(answer, given, change);
  const objection =
    given.decision === 'objection'
      ? await becomeObjection(tx, answer, given, by)
      : await becomeNoObjection(tx, answer, given, by);
  const classified = await getAnswer(tx, id);
  if (classified.status !== 'unread' && classified.decision.writtenByPerson) {
    await restoreWindow(tx, change, answer.controllerId, { answerId: id }, by);
  }
  await recordEvents(tx, change.id, by.at, [{ type: 'answer.classified', answer: classified }]);
  return { answer: classified, objection };
}

function expectClassifiable(answer: StoredAnswer, given: Classification, change: Change): void {
  const refusal = refuseClassification(answer, given, change);
  switch (refusal) {
    case null:
      return;
    case 'answer-already-classified':
      throw new Refused(
        refusal,
        `Answer ${answer.id} has been read: it is ${answer.status}. To classify it anew, say insteadOf: what it is now.`,
      );
    case 'change-ended':
      throw new Refused(refusal, `The change is ${change.status}: what answer ${answer.id} was found to be is final.`);
    case 'no-objection-window':
      throw new Refused(
        refusal,
        `The change only informs: there is no time to object to it (D40). Classify answer ${answer.id} as not-an-objection, and answer it.`,
      );
    case 'explanation-required': {
      const detail =
        answer.status === 'unread'
          ? 'An answer is found to be no objection with an explanation only.'
          : `Answer ${answer.id} is ${answer.status}: it is classified anew with an explanation only.`;
      throw refusedAt('explanation', refusal, detail);
    }
  }
}

async function becomeObjection(
  tx: Transaction,
  answer: StoredAnswer,
  { explanation, reasons }: Classification,
  by: Author,
): Promise<StoredObjection> {
  const { changeId, controllerId, from, receivedAt } = answer;
  const { objection } = await fileObjection(
    tx,
    { changeId, controllerId, channel: 'email', from, reasons: reasons ?? reasonsIn(answer), receivedAt },
    by,
  );
  const objectionId = objection.id;
  await decideAnswer(tx, answer, { decision: 'objection', writtenByPerson: true, explanation, objectionId, ...by });
  return objection;
}

/** Returns the objection that the answer was until now, resolved. */
async function becomeNoObjection(
  tx: Transaction,
  answer: StoredAnswer,
  given: Classification,
  by: Author,
): Promise<StoredObjection | null> {
  const { explanation } = given;
  if (explanation === null) throw new Error('refused above');
  const objectionId = answer.status === 'unread' ? null : answer.decision.objectionId;
  const taken = objectionId === null ? null : await getObjection(tx, objectionId);
  const objection =
    taken?.status === 'pending'
      ? await resolveObjection(tx, taken.id, { outcome: 'invalid', explanation, mailId: null }, by)
      : taken;
  // What a person wrote stays so (D30).
  const writtenByPerson = given.writtenByPerson || (answer.status !== 'unread' && answer.decision.writtenByPerson);
  const decision = 'not-an-objection';
  await decideAnswer(tx, answer, { decision, writtenByPerson, explanation, objectionId: null, ...by });
  return objection;
}
