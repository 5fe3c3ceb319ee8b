import { z } from 'zod';
import { recordBounce } from '../commands/record-bounce.ts';
import { stateArrival } from '../commands/state-arrival.ts';
import { BOUNCE_EFFECTS, REPORTED_ACTIONS } from '../domain/delivery-report.ts';
import { instantText } from '../domain/instant.ts';
import { command } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { externalId, instantOut, openEnum, prose, uuid } from './fields.ts';

const providersReport = z
  .strictObject({
    action: z.enum(REPORTED_ACTIONS),
    status: z
      .string()
      .regex(/^[245]\.\d{1,3}\.\d{1,3}$/, 'Expected an enhanced status code like 5.1.1')
      .meta({ maxLength: 9, examples: ['5.1.1'] })
      .nullable()
      .default(null),
    diagnostic: prose(2_000).nullable().default(null),
    evidence: z.record(z.string(), z.unknown()),
  })
  .meta({
    id: 'DeliveryReport',
    description:
      'What a mail provider says became of a notice, in the words of RFC 3464, with its own report as evidence.',
    examples: [
      {
        action: 'failed',
        status: '5.1.1',
        diagnostic: '550 5.1.1 No such user here',
        evidence: { provider: 'mail.example', event: 'hard_bounce', occurredAt: '2026-11-25T08:15:00Z' },
      },
    ],
  });

const recorded = z
  .object({
    id: uuid,
    noticeId: uuid,
    controller: z.string(),
    effect: openEnum(BOUNCE_EFFECTS),
  })
  .meta({
    id: 'RecordedReport',
    description:
      '`none`: it is on record. `revoked`: the notice does not stand any more. `reopened`: no notice to its controller does, nothing proves that one arrived, and its window has closed as not notified (D12, D30). `incident`: the same, once the change is in force for the controller.',
    examples: [{ id: EXAMPLE_ID, noticeId: EXAMPLE_ID, controller: 'kunde-1001', effect: 'reopened' }],
  });

const arrival = z
  .object({
    id: uuid,
    noticeId: uuid,
    controller: externalId,
    effect: openEnum(['none', 'restored']),
    deadline: instantOut.nullable(),
  })
  .meta({
    id: 'StatedArrival',
    description:
      '`restored`: the window that a bounce had closed as not notified stands again, until `deadline`. `none`: it stood already. The statement is on record either way, and no later bounce closes the window (D30).',
    examples: [
      {
        id: EXAMPLE_ID,
        noticeId: EXAMPLE_ID,
        controller: 'kunde-1001',
        effect: 'restored',
        deadline: '2026-12-03T23:00:00.000Z',
      },
    ],
  });

const params = z.object({ id: uuid });

export const bounce = command({
  operationId: 'recordBounce',
  summary: 'Record what a mail provider reports of a notice (D12)',
  tag: 'Notices',
  scope: 'notices:write',
  params,
  body: providersReport,
  responses: { 200: recorded },
  refusals: ['not-found', 'notice-in-flight'],
  write: async (tx, { params: { id: wanted }, body: { evidence, ...given }, by }) => {
    const { message, effect, ...bounced } = await recordBounce(
      tx,
      wanted,
      { ...given, recipients: [] },
      { evidence },
      by,
    );
    return { status: 200, body: { id: bounced.id, noticeId: message.id, controller: message.controller, effect } };
  },
  alarm: ({ body }) =>
    (body as z.output<typeof recorded>).effect === 'incident' ? 'a notice bounced after activation' : null,
});

export const reached = command({
  operationId: 'recordArrival',
  summary: 'State, with evidence, that a notice reached its controller (D30)',
  tag: 'Notices',
  scope: 'notices:write',
  params,
  body: z.strictObject({ evidence: prose(5_000) }).meta({
    id: 'ArrivalEvidence',
    examples: [{ evidence: 'Dorthe Persson har bekræftet i telefonen 2. december, at hun læste underretningen.' }],
  }),
  responses: { 200: arrival },
  refusals: ['not-found', 'change-ended', 'notice-never-accepted'],
  write: async (tx, { params: { id: wanted }, body: { evidence }, by }) => {
    const { id, notice: stated, isRestored, deadline } = await stateArrival(tx, wanted, evidence, by);
    return {
      status: 200,
      body: {
        id,
        noticeId: stated.id,
        controller: stated.controller,
        effect: isRestored ? 'restored' : 'none',
        deadline: deadline && instantText(deadline),
      },
    };
  },
});
