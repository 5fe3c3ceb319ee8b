import { z } from 'zod';
import { APPROVAL_DECISIONS, APPROVAL_STATUSES } from '../domain/approval.ts';
import { OBJECTION_CHANNELS } from '../domain/objection.ts';
import { EXAMPLE_ID } from './examples.ts';
import { externalId, instantOut, uuid } from './fields.ts';

const example = {
  id: EXAMPLE_ID,
  number: 4,
  changeId: EXAMPLE_ID,
  controller: 'kunde-1001',
  decision: 'approval',
  contentHash: 'sha256:2f0c…',
  channel: 'letter',
  messageId: null,
  answerId: null,
  from: { name: 'Dorthe Persson', role: 'Direktør', email: null },
  statement: 'Vi godkender, at Gintel også behandler trafikdata.',
  authority: 'Tegningsberettiget efter CVR, opslag 24. november.',
  receivedAt: '2026-11-24T10:12:00.000Z',
  recordedAt: '2026-11-24T10:30:00.000Z',
  recordedBy: `Jura (key ${EXAMPLE_ID})`,
  status: 'unconfirmed',
  confirmation: null,
  takesEffectAt: null,
  effectiveAt: null,
  receiptsFailedAt: null,
  ended: null,
};

const fields = {
  id: uuid,
  number: z.number().int(),
  changeId: uuid,
  controller: externalId,
  decision: z.enum(APPROVAL_DECISIONS),
  contentHash: z.string(),
  channel: z.enum(OBJECTION_CHANNELS),
  status: z.enum(APPROVAL_STATUSES),
  receivedAt: instantOut,
  takesEffectAt: instantOut.nullable(),
  effectiveAt: instantOut.nullable(),
};

/** An approval or a refusal, with who wrote and recorded it. */
export const approval = z
  .object({
    ...fields,
    messageId: uuid.nullable(),
    answerId: uuid.nullable(),
    from: z.object({ name: z.string().nullable(), role: z.string().nullable(), email: z.string().nullable() }),
    statement: z.string().nullable(),
    authority: z.string().nullable(),
    recordedAt: instantOut,
    recordedBy: z.string(),
    confirmation: z.object({ confirmedAt: instantOut, confirmedBy: z.string() }).nullable(),
    receiptsFailedAt: instantOut.nullable(),
    ended: z
      .object({
        endedAt: instantOut,
        endedBy: z.string(),
        explanation: z.string().nullable(),
        mailId: uuid.nullable(),
        messageId: uuid.nullable(),
      })
      .nullable(),
  })
  .meta({
    id: 'Approval',
    description:
      'What a controller has answered to a request for its written approval (D41, D42). An approval is `unconfirmed` until a second person has confirmed what an officer recorded, `waiting` until it takes effect, some hours after the first receipt was accepted (`takesEffectAt`), then `effective`. A refusal is `standing`, over every approval of its controller. Both end as `withdrawn`; an approval also as `stopped`, because a contact said “that was not us”. `ended` of one that is `effective`: it was withdrawn when the change was in force already. `receiptsFailedAt`: no receipt arrived, so it does not take effect.',
    examples: [example],
  });

export const exampleApprovalInEvent = {
  id: EXAMPLE_ID,
  number: 4,
  controller: 'kunde-1001',
  decision: 'approval',
  contentHash: 'sha256:2f0c…',
  channel: 'letter',
  status: 'unconfirmed',
  receivedAt: '2026-11-24T10:12:00.000Z',
  takesEffectAt: null,
  effectiveAt: null,
  endedAt: null,
};

const { changeId: _change, ...inEvent } = fields;
export const approvalInEvent = z.object({ ...inEvent, endedAt: instantOut.nullable() }).meta({
  id: 'ApprovalInEvent',
  description: 'Without who wrote what, which may be confidential: ask the API.',
  examples: [exampleApprovalInEvent],
});
