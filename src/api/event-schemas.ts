import { z } from 'zod';
import { ANSWER_STATUSES } from '../domain/answer.ts';
import { BOUNCE_EFFECTS } from '../domain/delivery-report.ts';
import { CHANGE_EVENT_TYPES, EVENT_TYPES, type ChangeEventType } from '../domain/event.ts';
import { approvalInEvent, exampleApprovalInEvent } from './approval-schemas.ts';
import { checkpointInEvent, exampleCheckpoint } from './checkpoint-schemas.ts';
import { changeInEvent } from './change-schemas.ts';
import { EXAMPLE_ID, exampleChangeInEvent } from './examples.ts';
import { externalId, instantOut, uuid } from './fields.ts';
import { objectionOfController } from './objection-schemas.ts';

const exampleObjection = {
  id: EXAMPLE_ID,
  number: 7,
  changeId: EXAMPLE_ID,
  controller: 'kunde-1001',
  channel: 'link',
  receivedAt: '2026-11-24T10:12:00.000Z',
  status: 'pending',
  rejectedFor: null,
  resolution: null,
};
const exampleAnswer = {
  id: EXAMPLE_ID,
  controller: 'kunde-1001',
  receivedAt: '2026-11-24T10:12:00.000Z',
  status: 'unread',
  objectionId: null,
  approvalId: null,
};
const exampleNotice = { id: EXAMPLE_ID, controller: 'kunde-1001' };
const exampleBounce = { ...exampleNotice, effect: 'reopened' };
const exampleControllers = { count: 1, externalIds: ['kunde-1001'] };
const exampleDeadline = {
  at: '2026-12-04T23:00:00.000Z',
  windowsOpen: 2,
  objectionsPending: 1,
  answersUnread: 0,
  answersAwaited: 0,
};
const exampleEntitlement = {
  entries: [{ entry: EXAMPLE_ID, act: 'enters', name: 'Nordlys Hosting ApS' }],
  controllers: null,
};
const exampleWebhook = { id: EXAMPLE_ID, url: 'https://example.com', because: 'gone', failingSince: null };

const objectionInEvent = objectionOfController
  .omit({
    from: true,
    reasons: true,
    messageId: true,
    withdrawal: true,
  })
  .extend({ resolution: z.object({ outcome: z.string(), resolvedAt: instantOut }).nullable() })
  .meta({
    id: 'ObjectionInEvent',
    description: 'Without reasons, sender and withdrawals that are asked for, which may be confidential: ask the API.',
    examples: [exampleObjection],
  });

const noticeInEvent = z
  .object({ id: uuid, controller: externalId })
  .meta({ id: 'NoticeInEvent', examples: [exampleNotice] });

const bounceInEvent = z
  .object({ id: uuid, controller: externalId, effect: z.enum(BOUNCE_EFFECTS).exclude(['none']) })
  .meta({
    id: 'BounceInEvent',
    description:
      '`effect`: the notice alone is taken back (`revoked`), or its controller counts as not notified again (`reopened`; once the change is in force for it an `incident`).',
    examples: [exampleBounce],
  });

const answerInEvent = z
  .object({
    id: uuid,
    controller: externalId,
    receivedAt: instantOut,
    status: z.enum(ANSWER_STATUSES),
    objectionId: uuid.nullable(),
    approvalId: uuid.nullable(),
  })
  .meta({
    id: 'AnswerInEvent',
    description: 'Without sender and words, which may be confidential: ask the API.',
    examples: [exampleAnswer],
  });

const controllersInEvent = z.object({ count: z.number().int(), externalIds: z.array(externalId) }).meta({
  id: 'ControllersInEvent',
  description: 'How many, and the external ids of the first 100 of them.',
  examples: [exampleControllers],
});

const waveInEvent = z.object({ number: z.number().int(), controllers: controllersInEvent }).meta({
  id: 'WaveInEvent',
  description: 'For whom a change of scope `each` is activated now (D43).',
  examples: [{ number: 1, controllers: exampleControllers }],
});

const deadlineInEvent = z
  .object({
    at: instantOut,
    windowsOpen: z.number().int(),
    objectionsPending: z.number().int(),
    answersUnread: z.number().int(),
    answersAwaited: z.number().int(),
  })
  .meta({
    id: 'DeadlineInEvent',
    description:
      'The last deadline of the change, to object or to answer by, and what is open as it comes near. `answersAwaited`: controllers that have not answered a request for their approval (D41).',
    examples: [exampleDeadline],
  });

const entitlementInEvent = z
  .object({
    entries: z.array(z.object({ entry: uuid, act: z.enum(['enters', 'amends', 'leaves']), name: z.string() })),
    controllers: controllersInEvent.nullable(),
  })
  .meta({
    id: 'EntitlementInEvent',
    description:
      'Entries of the register that came, that are otherwise than before, and that left; `controllers`: for whom, null for all. Ask `GET /v1/products/{product}/entitlement`, or for their registers.',
    examples: [exampleEntitlement],
  });

const webhookInEvent = z
  .object({
    id: uuid,
    url: z.string().meta({ description: 'Its origin; the whole is for admins.' }),
    because: z.enum(['failing', 'gone']),
    failingSince: instantOut.nullable(),
  })
  .meta({
    id: 'WebhookInEvent',
    examples: [exampleWebhook],
  });

const sequence = z.number().int().meta({
  description: '`change.version`: whoever keeps the highest per change is in sync, whatever order deliveries come in.',
});

/** What an event is about beside the change: by its type, or by what the type begins with. Schema and example. */
const ABOUT: Readonly<Record<string, { fields: z.core.$ZodLooseShape; example: object }>> = {
  'change.activated': { fields: { wave: waveInEvent.optional() }, example: {} },
  objection: { fields: { objection: objectionInEvent }, example: { objection: exampleObjection } },
  approval: { fields: { approval: approvalInEvent }, example: { approval: exampleApprovalInEvent } },
  refusal: {
    fields: { approval: approvalInEvent },
    example: { approval: { ...exampleApprovalInEvent, decision: 'refusal', status: 'standing' } },
  },
  'answers.approaching': {
    fields: { deadline: deadlineInEvent },
    example: { deadline: { ...exampleDeadline, windowsOpen: 0, answersAwaited: 2 } },
  },
  answer: { fields: { answer: answerInEvent }, example: { answer: exampleAnswer } },
  notice: { fields: { notice: noticeInEvent }, example: { notice: exampleNotice } },
  'notice.bounced': { fields: { notice: bounceInEvent }, example: { notice: exampleBounce } },
  controller: { fields: { controllers: controllersInEvent }, example: { controllers: exampleControllers } },
  contact: { fields: { controllers: controllersInEvent }, example: { controllers: exampleControllers } },
  entitlement: { fields: { entitlement: entitlementInEvent }, example: { entitlement: exampleEntitlement } },
  deadline: { fields: { deadline: deadlineInEvent }, example: { deadline: exampleDeadline } },
};
const aboutOf = (type: ChangeEventType) =>
  ABOUT[type] ?? ABOUT[type.replace(/\..*/, '')] ?? { fields: {}, example: {} };

const DESCRIPTIONS: Readonly<Record<(typeof EVENT_TYPES)[number] | 'webhook.test', string>> = {
  'change.announced': 'A change has been announced (D5).',
  'change.wording-confirmed': 'A second person has confirmed that only words change (D39).',
  'change.notified': 'The last controller has been reached (D20). Once per change.',
  'change.windows-closed': 'The last objection window has closed (D9). Once per change.',
  'change.activated':
    'The register is what the change makes of it (D23). Of scope `each` once for each `wave`: for its controllers, and the change stays announced (D43).',
  'change.closed': 'A change of scope `each` has had its last wave, and has ended (D43).',
  'change.withdrawn': 'The change has been withdrawn for good (D24).',
  'change.corrected':
    'Counts of the change were wrong, and have been corrected. They should never be: Varsel has alarmed.',
  'entitlement.changed':
    'Which companies may be used for whose data has changed: with an activation for all, or a wave for some (D44).',
  'change.listed-in-terms':
    'Another version of the product’s terms lists the change: who joins on it from then on is not asked (D46).',
  'deadline.approaching':
    'In three days the last objection window closes: what is still open. Once per change, as soon as the last deadline is known.',
  'answers.approaching':
    'In three days the last time to answer a request for approval ends, of those who have said nothing: that is a no (D41). Once per change.',
  'controller.joined':
    'Controllers have joined the product and count from now on (D7), or are asked after all because their agreement was put on terms that do not list the change (D46). One event for all of one transaction.',
  'controller.left': 'Controllers have left the product and count no more (D7). One event for all of one transaction.',
  'controller.notified':
    'Controllers are notified by letter (D13), or after `change.notified` because they joined or a notice to them had bounced.',
  'contact.untold': 'Of a controller nobody who is a contact now has been told of the change, which blocks it.',
  'objection.received': 'A controller has objected; the change is blocked until it is resolved (D18).',
  'objection.rejected': 'An attempt to object was rejected and is on record (D15, D16).',
  'objection.resolved': 'An objection has an outcome (D19).',
  'approval.received':
    'A controller has approved in writing (D41). It counts once it is `effective`; what an officer recorded is confirmed by a second person first.',
  'approval.confirmed':
    'A second person has confirmed that the writer of an approval may approve (D42): its receipts go out.',
  'approval.effective': 'An approval counts from now on (D42).',
  'approval.withdrawn':
    'An approval has ended: withdrawn in writing, or a contact said “that was not us”. One that is still `effective` was withdrawn when the change was in force for its controller: nothing leaves the register by itself, and a person has to act (D42).',
  'refusal.received': 'A controller has refused in writing (D41). That stands over its approval until it is withdrawn.',
  'refusal.withdrawn': 'A controller has withdrawn its refusal in writing: an approval that stood stands again (D42).',
  'answer.received':
    'A controller has written back; the change is blocked until an officer has said what it is (D17, D20).',
  'answer.classified': 'An officer has said what an answer is, for the first time or anew (D17).',
  'notice.failed': 'A notice to one contact has failed for good: no mail system has taken it (D12).',
  'notice.bounced': 'A notice that a mail system had accepted has come back (D12).',
  'notice.reached':
    'A controller whose notice had bounced is proved to have been notified: its window stands again (D30). `change` counts it.',
  'webhook.disabled': 'An endpoint is disabled: it failed for five days, or answered 410. Its events are kept.',
  'webhook.test': 'Sent on request, and in no feed.',
};

const timestamp = '2026-11-24T10:12:00.000Z';

/** The body of every type of event, as the OpenAPI document has it under `webhooks`: description, schema, example. */
export const WEBHOOK_BODIES = [
  ...CHANGE_EVENT_TYPES.map((type) => ({
    type,
    data: z.object({
      eventId: uuid,
      checkpoint: checkpointInEvent,
      sequence,
      change: changeInEvent,
      ...aboutOf(type).fields,
    }),
    example: {
      eventId: EXAMPLE_ID,
      checkpoint: exampleCheckpoint,
      sequence: 1,
      change: exampleChangeInEvent,
      ...aboutOf(type).example,
    },
  })),
  {
    type: 'webhook.disabled' as const,
    data: z.object({ eventId: uuid, checkpoint: checkpointInEvent, webhook: webhookInEvent }),
    example: { eventId: EXAMPLE_ID, checkpoint: exampleCheckpoint, webhook: exampleWebhook },
  },
  {
    type: 'webhook.test' as const,
    data: z.object({ eventId: uuid, checkpoint: checkpointInEvent, webhook: z.object({ id: uuid }) }),
    example: { eventId: EXAMPLE_ID, checkpoint: exampleCheckpoint, webhook: { id: EXAMPLE_ID } },
  },
].map(({ type, data, example }) => ({
  type,
  description: DESCRIPTIONS[type],
  schema: z.object({ type: z.literal(type), timestamp: instantOut, data }),
  example: { type, timestamp, data: example },
}));
