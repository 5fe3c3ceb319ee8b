import { z } from 'zod';
import { recordBounce } from '../commands/record-bounce.ts';
import { BOUNCE_EFFECTS, REPORTED_ACTIONS } from '../domain/delivery-report.ts';
import { command } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { prose, uuid } from './fields.ts';

const report = z
  .strictObject({
    action: z.enum(REPORTED_ACTIONS),
    status: z
      .string()
      .regex(/^[245]\.\d{1,3}\.\d{1,3}$/, 'Expected an enhanced status code like 5.1.1')
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
    effect: z.enum(BOUNCE_EFFECTS),
  })
  .meta({
    id: 'RecordedReport',
    description:
      '`none`: it is on record. `revoked`: the notice does not stand any more. `reopened`: no notice to its controller does, and its window has closed as not notified (D12). `incident`: the same, after activation.',
    examples: [{ id: EXAMPLE_ID, noticeId: EXAMPLE_ID, controller: 'kunde-1001', effect: 'reopened' }],
  });

export const bounce = command({
  summary: 'Record what a mail provider reports of a notice (D12)',
  tag: 'Notices',
  role: 'officer',
  params: z.object({ id: uuid }),
  body: report,
  responses: { 200: recorded },
  refusals: ['not-found', 'notice-in-flight'],
  write: async (tx, { params, body: { evidence, ...given }, by }) => {
    const { message, effect, ...bounced } = await recordBounce(
      tx,
      params.id,
      { ...given, recipients: [] },
      { evidence },
      by,
    );
    return { status: 200, body: { id: bounced.id, noticeId: message.id, controller: message.controller, effect } };
  },
  alarm: ({ body }) =>
    (body as z.output<typeof recorded>).effect === 'incident' ? 'a notice bounced after activation' : null,
});
