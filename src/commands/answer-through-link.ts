import type { StoredApproval } from '../db/approvals.ts';
import { lockChange } from '../db/change-locks.ts';
import type { CodePurpose } from '../db/mailed-codes.ts';
import { keepStatement } from '../db/page-statements.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import type { PreparedApproval } from '../domain/mailed-code.ts';
import type { PageStatement } from '../domain/page-statement.ts';
import { notFound } from '../domain/refused.ts';
import { lockApproval, withdrawApproval } from './end-approval.ts';
import { mailCode, tryCode, type SentCode, type WrongCode } from './mail-code.ts';
import { judgeApproval, recordApproval, type ReceivedApproval } from './record-approval.ts';

/** Whose link it is: a contact, or a former one, of a controller that a change concerns. */
export interface Answering {
  readonly changeId: string;
  readonly controllerId: string;
  readonly email: string;
  /** The message whose link it is. */
  readonly messageId: string;
}

/** A refusal as it was typed: it needs no name, role or words, and refuses what stands, whatever its writer has read of it. */
export interface TypedRefusal {
  readonly name: string | null;
  readonly role: string | null;
  readonly statement: string | null;
  /** What the page stated; `null` where a program answers. */
  readonly stated: PageStatement | null;
}

/** What became of a typed code. */
export type TypedAnswer = { readonly isRight: true; readonly approval: StoredApproval } | WrongCode;

/** What a code is for: to approve, or to withdraw the refusal with this id. */
export function codeFor({ changeId, controllerId, email }: Answering, refusalId: string | null): CodePurpose {
  return { kind: 'approval-code', changeId, controllerId, email, objectionId: null, approvalId: refusalId };
}

/**
 * Mails a code to a contact who wants to approve (D42), for exactly what it has read and typed. Nothing is approved by that.
 * Refuses as `recordApproval` and `mailCode` do.
 */
export async function askToApprove(
  tx: Transaction,
  answering: Answering,
  approving: Omit<PreparedApproval, 'statedSha256'>,
  stated: PageStatement | null,
  by: Author,
): Promise<SentCode> {
  await judgeApproval(tx, approvalOf(answering, approving, by.at), by);
  const statedSha256 = stated === null ? undefined : await keepStatement(tx, stated);
  return mailCode(tx, codeFor(answering, null), { ...approving, statedSha256 }, by);
}

/**
 * Approves what the contact had a code mailed for (D42). A wrong try is counted: the caller commits in both cases. Refuses as
 * `recordApproval` does; the code is not used then.
 */
export async function approveWithCode(
  tx: Transaction,
  answering: Answering,
  isCodeOf: (messageId: string) => boolean,
  by: Author,
): Promise<TypedAnswer> {
  await lockChange(tx, answering.changeId);
  const typed = await tryCode(tx, codeFor(answering, null), isCodeOf, by.at);
  if (!typed.isRight) return typed;
  const { approving } = typed.code;
  if (approving === null) throw new Error(`the code of message ${typed.code.messageId} approves nothing`);
  return { isRight: true, approval: await recordApproval(tx, approvalOf(answering, approving, by.at), by) };
}

/** Refuses, at once and without a code (D42): a false refusal costs time alone. Refuses as `recordApproval` does. */
export async function refuseThroughLink(
  tx: Transaction,
  { email, ...link }: Answering,
  { name, role, statement, stated }: TypedRefusal,
  by: Author,
): Promise<StoredApproval> {
  const from = { name, role, email };
  const statedSha256 = stated === null ? null : await keepStatement(tx, stated);
  const refusal = { decision: 'refusal', channel: 'link', authority: null, receivedAt: by.at, statedSha256 } as const;
  return recordApproval(tx, { ...link, ...refusal, from, statement }, by);
}

/**
 * Mails a code to a contact who wants to withdraw a refusal that stands (D42): it moves the change towards its activation.
 * Refuses with `not-found` and as `mailCode` does.
 */
export async function askToWithdrawRefusal(
  tx: Transaction,
  answering: Answering,
  id: string,
  by: Author,
): Promise<SentCode> {
  await expectStanding(tx, answering, id);
  return mailCode(tx, codeFor(answering, id), null, by);
}

/** Withdraws a refusal with the code that was mailed for it. A wrong try is counted: the caller commits in both cases. */
export async function withdrawRefusalWithCode(
  tx: Transaction,
  answering: Answering,
  id: string,
  isCodeOf: (messageId: string) => boolean,
  by: Author,
): Promise<TypedAnswer> {
  await expectStanding(tx, answering, id);
  const typed = await tryCode(tx, codeFor(answering, id), isCodeOf, by.at);
  if (!typed.isRight) return typed;
  const evidence = { explanation: null, mailId: null, messageId: answering.messageId };
  return { isRight: true, approval: await withdrawApproval(tx, id, evidence, by) };
}

async function expectStanding(tx: Transaction, { changeId, controllerId }: Answering, id: string): Promise<void> {
  const { approval } = await lockApproval(tx, id);
  const isOwn = approval.changeId === changeId && approval.controllerId === controllerId;
  if (!isOwn || approval.status !== 'standing') throw notFound(`refusal ${id} that stands`);
}

function approvalOf(
  { email, ...link }: Answering,
  approving: PreparedApproval,
  at: Temporal.Instant,
): ReceivedApproval {
  const { contentHash, name, role, statement, statedSha256 = null } = approving;
  const from = { name, role, email };
  return {
    ...link,
    decision: 'approval',
    channel: 'link',
    authority: null,
    receivedAt: at,
    contentHash,
    from,
    statement,
    statedSha256,
  };
}
