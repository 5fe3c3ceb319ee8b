import { decideAnswer, findAnswer, getAnswer, type StoredAnswer } from '../db/answers.ts';
import { getApproval, type StoredApproval } from '../db/approvals.ts';
import { lockChange } from '../db/change-locks.ts';
import { getObjection, type StoredObjection } from '../db/objections.ts';
import type { Transaction } from '../db/postgres.ts';
import { reasonsIn, refuseClassification, type AnswerDecision } from '../domain/answer.ts';
import type { Author } from '../domain/author.ts';
import type { Change } from '../domain/change.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { withdrawApproval } from './end-approval.ts';
import { fileObjection } from './file-objection.ts';
import { recordApproval } from './record-approval.ts';
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
  /** Whether the officer found that a person wrote it. What counts of it always was. */
  readonly writtenByPerson: boolean;
  readonly explanation: string | null;
  readonly reasons: string | null;
  /** Of an approval: on what it rests that its writer may approve for the controller (D42). */
  readonly authority: string | null;
  /** Who approves or refuses, and as what, where the mail's sender does not say it. */
  readonly from: { readonly name: string | null; readonly role: string | null };
}

/** What an answer has become, or was until now; `null` where it never was one. */
interface Became {
  readonly objection: StoredObjection | null;
  readonly approval: StoredApproval | null;
}

export interface ClassifiedAnswer extends Became {
  readonly answer: StoredAnswer;
}

/**
 * Classifies an answer, for the first time or anew, and writes `answer.classified`. What it was taken for until now ends: an
 * objection that is pending is resolved as `invalid`, an approval or a refusal withdrawn, each told to its controller (D19, D42).
 * - As an objection it is filed with channel `email`, from the answer's sender, as received when the mail arrived (D14–D18), and
 *   may be rejected like any other. Where a change asks for approval alone, an objection is a refusal (D41).
 * - As an approval or a refusal it is recorded so; an approval waits for a second person (D42).
 * - As anything else it needs an explanation.
 *
 * What a person wrote proves that the controller was notified, and restores its window (D30); a later classification does not
 * take that back.
 * Refuses with `not-found`, and as `refuseClassification` and `recordApproval` do.
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
  const isRefusal = given.decision === 'objection' && change.regime.approval && !change.regime.objection;
  const meant = isRefusal ? { ...given, decision: 'refusal' as const } : given;
  expectClassifiable(answer, meant, change);
  const was = await takeBack(tx, answer, meant.explanation, by);
  const is = await become(tx, answer, meant, by);
  await decideAnswer(tx, answer, {
    decision: meant.decision,
    writtenByPerson: wasWrittenByPerson(answer, meant),
    explanation: meant.explanation,
    objectionId: is.objection?.id ?? null,
    approvalId: is.approval?.id ?? null,
    ...by,
  });
  const classified = await getAnswer(tx, id);
  if (classified.status !== 'unread' && classified.decision.writtenByPerson) {
    await restoreWindow(tx, change, answer.controllerId, { answerId: id }, by);
  }
  await recordEvents(tx, change.id, by.at, [{ type: 'answer.classified', answer: classified }]);
  return { answer: classified, objection: is.objection ?? was.objection, approval: is.approval ?? was.approval };
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

/** What a person wrote stays so (D30), and what counts was written by one. */
function wasWrittenByPerson(answer: StoredAnswer, { decision, writtenByPerson }: Classification): boolean {
  if (decision !== 'not-an-objection') return true;
  return writtenByPerson || (answer.status !== 'unread' && answer.decision.writtenByPerson);
}

/** Ends what the answer was taken for until now, and returns it. */
async function takeBack(
  tx: Transaction,
  answer: StoredAnswer,
  explanation: string | null,
  by: Author,
): Promise<Became> {
  if (answer.status === 'unread') return { objection: null, approval: null };
  const { objectionId, approvalId } = answer.decision;
  const objection = objectionId === null ? null : await getObjection(tx, objectionId);
  const approval = approvalId === null ? null : await getApproval(tx, approvalId);
  return {
    objection:
      objection?.status === 'pending'
        ? await resolveObjection(tx, objection.id, { outcome: 'invalid', explanation, mailId: null }, by)
        : objection,
    approval:
      approval?.ended === null
        ? await withdrawApproval(tx, approval.id, { explanation, mailId: null, messageId: null }, by)
        : approval,
  };
}

async function become(tx: Transaction, answer: StoredAnswer, given: Classification, by: Author): Promise<Became> {
  const { changeId, controllerId, from, receivedAt } = answer;
  const received = { changeId, controllerId, channel: 'email', receivedAt } as const;
  const text = given.reasons ?? reasonsIn(answer);
  const { decision } = given;
  switch (decision) {
    case 'not-an-objection':
      return { objection: null, approval: null };
    case 'objection': {
      const { objection } = await fileObjection(tx, { ...received, from, reasons: text }, by);
      return { objection, approval: null };
    }
    case 'approval':
    case 'refusal': {
      const { authority } = given;
      const name = given.from.name ?? from.name ?? from.email;
      const writer = { name, role: given.from.role, email: from.email };
      const said = { ...received, decision, from: writer, statement: text, authority, answerId: answer.id };
      return { objection: null, approval: await recordApproval(tx, said, by) };
    }
  }
}
