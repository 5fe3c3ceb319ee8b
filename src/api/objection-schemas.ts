import { z } from 'zod';
import {
  MAX_REASONS_LENGTH,
  OBJECTION_CHANNELS,
  OBJECTION_REFUSALS,
  OBJECTION_STATUSES,
  RESOLUTION_OUTCOMES,
} from '../domain/objection.ts';
import { charactersIn, storable } from '../domain/text.ts';
import { WITHDRAWAL_STATUSES } from '../domain/withdrawal.ts';
import { EXAMPLE_ID } from './examples.ts';
import { externalId, instantOut, uuid } from './fields.ts';

const example = {
  id: EXAMPLE_ID,
  number: 17,
  changeId: EXAMPLE_ID,
  controller: 'kunde-1001',
  channel: 'link',
  messageId: EXAMPLE_ID,
  from: { name: 'Dorthe Persson', email: 'dpo@kunde.example' },
  reasons: 'Vi er uenige i overførslen til USA.',
  receivedAt: '2026-11-25T08:15:00.000Z',
  status: 'pending',
  rejectedFor: null,
  resolution: null,
  withdrawal: null,
};

/** An objection as its controller is shown it. */
export const objectionOfController = z
  .object({
    id: uuid,
    number: z.number().int(),
    changeId: uuid,
    controller: externalId,
    channel: z.enum(OBJECTION_CHANNELS),
    messageId: uuid.nullable(),
    from: z.object({ name: z.string().nullable(), email: z.string().nullable() }),
    reasons: z.string().nullable(),
    receivedAt: instantOut,
    status: z.enum(OBJECTION_STATUSES),
    rejectedFor: z.enum(OBJECTION_REFUSALS).nullable(),
    resolution: z
      .object({
        outcome: z.enum(RESOLUTION_OUTCOMES),
        explanation: z.string().nullable(),
        mailId: uuid.nullable(),
        resolvedAt: instantOut,
        resolvedBy: z.string(),
      })
      .nullable(),
    withdrawal: z
      .object({
        status: z.enum(WITHDRAWAL_STATUSES),
        email: z.string(),
        explanation: z.string().nullable(),
        delayHours: z.number().int(),
        requestedAt: instantOut,
        takesEffectAt: instantOut.nullable(),
        endedAt: instantOut.nullable(),
        endedBy: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({
    id: 'ObjectionOfController',
    description:
      'An objection, or an attempt that was rejected and is kept on record (D15, D16). `messageId` is the message whose link it came through; of very many attempts through one link, `/v1/notices/{messageId}` has the number. `withdrawal` is the latest that the controller asked for with a code (D31): while it is `waiting`, the objection is pending and blocks; `takesEffectAt` is known once every contact has been told. `mailId` is the mail that a decision rests on.',
    examples: [example],
  });

/** An objection as the company's own programs are shown it. */
export const objection = objectionOfController
  .extend({
    recordedAt: instantOut,
    recordedBy: z.string(),
    acceptedLate: z
      .object({ explanation: z.string().nullable(), acceptedAt: instantOut, acceptedBy: z.string() })
      .nullable(),
  })
  .meta({
    id: 'Objection',
    description:
      'As `ObjectionOfController`, with who put it on record, and who accepted it although it came late (D16).',
    examples: [
      {
        ...example,
        recordedAt: '2026-11-25T08:15:00.000Z',
        recordedBy: 'Dorthe Persson <dpo@kunde.example>',
        acceptedLate: null,
      },
    ],
  });

/** Reasons as they were received. Having none is not a fault of the request: the attempt is recorded and rejected (D15). */
export const reasons = z
  .string()
  .refine((text) => charactersIn(text) <= MAX_REASONS_LENGTH, {
    error: ({ input }) =>
      `Expected at most ${MAX_REASONS_LENGTH} characters, found ${typeof input === 'string' ? charactersIn(input) : 'none'}`,
  })
  .meta({ maxLength: MAX_REASONS_LENGTH })
  .transform(storable);
