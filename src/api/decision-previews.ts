import { z } from 'zod';
import { inDryRun } from '../db/postgres.ts';
import { MESSAGE_KINDS } from '../domain/message.ts';
import { LANGUAGES } from '../domain/text.ts';
import type { Command, Query, Schema } from '../http/operation.ts';
import { mailsOfDecision, type MailOfDecision } from '../preview/preview-decision.ts';
import * as answers from './answers.ts';
import * as approvals from './approvals.ts';
import type { ApiDependencies } from './dependencies.ts';
import * as nominations from './nominations.ts';
import * as objections from './objections.ts';

const mail = z.object({
  kind: z.enum(MESSAGE_KINDS),
  language: z.enum(LANGUAGES),
  to: z.array(z.object({ name: z.string(), email: z.string() })),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
});

const exampleMail = {
  kind: 'objection-resolved',
  language: 'da',
  to: [{ name: 'Dorthe Persson', email: 'dpo@kunde.example' }],
  subject: 'TrueTalk: jeres indsigelse 17 er afsluttet [VS-00K7-9F3M]',
  html: '<!doctype html>…',
  text: 'Jeres indsigelse er afsluttet…',
};

/** What a decision would do and send. */
export type DecisionPreview = Query<
  ApiDependencies,
  Schema,
  Schema,
  Schema,
  { readonly result: unknown; readonly mails: readonly MailOfDecision[] }
>;

/**
 * An operation that says what a decision would do and send, by doing it and rolling it back (D64). It takes what the decision
 * takes, of whom may decide, and is refused as the decision would be.
 */
function previewOf(
  decision: Command<ApiDependencies>,
  { id, ...said }: Pick<Query<ApiDependencies>, 'operationId' | 'summary'> & { readonly id: string },
): DecisionPreview {
  const result = decision.responses[200];
  if (result === undefined) throw new Error(`${decision.operationId} has no response to show`);
  const [example] = (result.meta()?.examples as unknown[] | undefined) ?? [];
  const preview = z.object({ result, mails: z.array(mail) }).meta({
    id,
    description:
      '`result` is what the decision would get as its response. `mails` are what it would send to the controller: each kind about each change in each language once, made out to the first of its recipients. The link in it opens nothing. Nothing is written or sent.',
    examples: [{ result: example, mails: [exampleMail] }],
  });
  const { tag, scope, params, body, refusals } = decision;
  return {
    ...said,
    tag,
    scope,
    ...(params && { params }),
    ...(body && { body }),
    responses: { 200: preview },
    refusals,
    read: (pool, call, dependencies) =>
      dependencies.semaphore(() =>
        inDryRun(pool, async (tx) => {
          const { body: shown } = await decision.write(tx, call, dependencies);
          const { publicUrl, mailMarks } = dependencies;
          const marks = { linkBase: `${publicUrl()}/objections/`, referenceOf: mailMarks.referenceOf };
          return { result: shown, mails: await mailsOfDecision(tx, marks, call.by.at) };
        }),
      ),
  };
}

export const resolution = previewOf(objections.resolve, {
  id: 'ResolutionPreview',
  operationId: 'previewResolution',
  summary: 'See what resolving an objection would do, and the mails that it would send (D64)',
});

export const lateAcceptance = previewOf(objections.acceptLate, {
  id: 'LateAcceptancePreview',
  operationId: 'previewLateAcceptance',
  summary: 'See what accepting a late objection would do, and the mails that it would send (D64)',
});

export const classification = previewOf(answers.classify, {
  id: 'ClassificationPreview',
  operationId: 'previewClassification',
  summary: 'See what classifying an answer would do, and the mails that it would send (D64)',
});

export const confirmation = previewOf(approvals.confirm, {
  id: 'ConfirmationPreview',
  operationId: 'previewApprovalConfirmation',
  summary: 'See what confirming an approval would do, and the mails that it would send (D64)',
});

export const withdrawnApproval = previewOf(approvals.withdraw, {
  id: 'WithdrawnApprovalPreview',
  operationId: 'previewApprovalWithdrawal',
  summary: 'See what the withdrawal of an approval or a refusal would do, and the mails that it would send (D64)',
});

export const nomination = previewOf(nominations.confirm, {
  id: 'NominationPreview',
  operationId: 'previewNominationConfirmation',
  summary: 'See what confirming who may approve would do, and the mails that it would send (D64)',
});
