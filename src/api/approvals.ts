import { z } from 'zod';
import { confirmApproval, withdrawApproval } from '../commands/end-approval.ts';
import { recordApproval } from '../commands/record-approval.ts';
import { findApproval } from '../db/approvals.ts';
import { findController } from '../db/controllers.ts';
import { APPROVAL_DECISIONS, viewOfApproval } from '../domain/approval.ts';
import { RECORDED_CHANNELS } from '../domain/objection.ts';
import { notFound } from '../domain/refused.ts';
import { command, query } from '../http/operation.ts';
import { approval } from './approval-schemas.ts';
import { EXAMPLE_ID } from './examples.ts';
import { email, externalId, instant, line, prose, uuid } from './fields.ts';

const params = z.object({ id: uuid });
/** Who has approved or refused in writing, as far as the letter or mail says it. */
export const writer = z.strictObject({
  name: line(200).nullable().default(null),
  role: line(200).nullable().default(null),
  email: email.nullable().default(null),
});

/** What an officer records of an approval, and of a refusal. */
export const receivedFields = {
  controller: externalId,
  channel: z.enum(RECORDED_CHANNELS),
  receivedAt: instant,
  authority: prose(5_000).nullable().default(null),
  contentHash: z.string().max(200).optional(),
};

const received = z
  .strictObject({
    ...receivedFields,
    decision: z.enum(APPROVAL_DECISIONS),
    from: writer,
    statement: prose(20_000).nullable().default(null),
  })
  .refine(({ decision, from, statement }) => decision === 'refusal' || (from.name !== null && statement !== null), {
    error: 'Expected from.name and statement: an approval says who approves, and what; a refusal needs neither',
  })
  .meta({
    id: 'ReceivedApproval',
    description:
      'An approval says what is approved (`statement`), by whom, and in `authority` on what it rests that the writer may approve for the controller. A conditional yes, or one to a part of the change, is none. A refusal needs no words. `contentHash`: of the request that was answered, where the letter names it.',
    examples: [
      {
        controller: 'kunde-1001',
        decision: 'approval',
        channel: 'letter',
        receivedAt: '2026-11-24T10:12:00Z',
        from: { name: 'Dorthe Persson', role: 'Direktør' },
        statement: 'Vi godkender, at Gintel også behandler trafikdata.',
        authority: 'Tegningsberettiget efter CVR, opslag 24. november.',
      },
    ],
  });

export const record = command({
  operationId: 'recordApproval',
  summary: 'Record an approval or a refusal that came by e-mail or letter (D41, D42)',
  tag: 'Approvals',
  scope: 'approvals:record',
  params,
  body: received,
  responses: { 201: approval },
  refusals: [
    'not-found',
    'received-at-out-of-range',
    'change-ended',
    'approval-not-asked',
    'agreement-ended',
    'already-in-force',
    'approval-of-another-version',
    'approval-stands',
    'refusal-stands',
    'authority-required',
    'erased',
  ],
  write: async (tx, { params: { id: changeId }, body: { controller, contentHash, ...given }, by }) => {
    const from = await findController(tx, controller);
    if (from === null) throw notFound(`controller ${controller}`);
    const said = { ...given, changeId, controllerId: from.id, ...(contentHash !== undefined && { contentHash }) };
    const recorded = await recordApproval(tx, said, by);
    return { status: 201, headers: { location: `/v1/approvals/${recorded.id}` }, body: viewOfApproval(recorded) };
  },
});

export const get = query({
  operationId: 'getApproval',
  summary: 'An approval or a refusal',
  tag: 'Approvals',
  scope: 'approvals:read',
  params,
  responses: { 200: approval },
  refusals: ['not-found'],
  read: async (db, { params: { id } }) => {
    const found = await findApproval(db, id);
    if (found === null) throw notFound(`approval ${id}`);
    return viewOfApproval(found);
  },
});

export const confirm = command({
  operationId: 'confirmApproval',
  summary: 'Confirm, as a second person, that the writer of a recorded approval may approve (D42)',
  tag: 'Approvals',
  scope: 'approvals:confirm',
  params,
  responses: { 200: approval },
  refusals: [
    'not-found',
    'approval-already-confirmed',
    'approval-already-ended',
    'change-ended',
    'already-in-force',
    'second-person-needed',
  ],
  write: async (tx, { params: { id }, by }) => ({
    status: 200,
    body: viewOfApproval(await confirmApproval(tx, id, by)),
  }),
});

export const withdraw = command({
  operationId: 'withdrawApproval',
  summary: 'Record that a controller has withdrawn its approval or its refusal in writing (D42)',
  tag: 'Approvals',
  scope: 'approvals:record',
  params,
  body: z
    .strictObject({ explanation: prose(5_000).nullable().default(null), mailId: uuid.nullable().default(null) })
    .meta({
      id: 'WithdrawnApproval',
      description:
        'With its evidence: an explanation, or mailId, the mail on record that shows it. An approval of a change that is in force for its controller stays `effective`: that it was withdrawn is on record, and told to officers.',
      examples: [{ mailId: EXAMPLE_ID }, { explanation: 'Brev af 2. december fra direktøren.' }],
    }),
  responses: { 200: approval },
  refusals: [
    'not-found',
    'approval-already-ended',
    'change-ended',
    'already-in-force',
    'explanation-required',
    'mail-unknown',
  ],
  write: async (tx, { params: { id }, body, by }) => ({
    status: 200,
    body: viewOfApproval(await withdrawApproval(tx, id, { ...body, messageId: null }, by)),
  }),
});
