import { z } from 'zod';
import { CHANGE_KINDS, CHANGE_STATUSES } from '../domain/change.ts';
import { exampleAnnouncement, exampleChange } from './examples.ts';
import { contactPerson, country, day, dayOut, instantOut, line, locations, productId, text, uuid } from './fields.ts';

const subProcessor = z
  .strictObject({
    name: line(200),
    registrationNumber: line(50).refine((number) => /[\p{L}\p{N}]/u.test(number), 'Expected letters or digits'),
    address: line(500),
    country,
    contactPerson,
    parentId: uuid.nullable().default(null),
    processing: text,
    personalData: text,
    locations,
  })
  .meta({ id: 'SubProcessor', description: 'What a controller needs to know of a sub-processor (D2).' });

export const announcement = z
  .strictObject({
    product: productId,
    kind: z.enum(CHANGE_KINDS),
    replaces: uuid.nullable().default(null),
    subProcessor,
    reason: text,
    plannedActivationOn: day,
    supersedes: uuid.nullable().default(null),
  })
  .superRefine(({ kind, replaces }, context) => {
    const fault = (message: string) => context.addIssue({ code: 'custom', path: ['replaces'], message });
    if (kind === 'replacement' && replaces === null) fault('Expected the id of the register entry that is replaced');
    if (kind === 'addition' && replaces !== null) fault('Expected nothing: an addition replaces no entry');
  })
  .meta({ id: 'Announcement', examples: [exampleAnnouncement] });

const counts = (names: readonly string[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, z.number().int()])));

export const change = z
  .object({
    id: uuid,
    product: productId,
    kind: z.enum(CHANGE_KINDS),
    status: z.enum(CHANGE_STATUSES),
    version: z.number().int(),
    announcedAt: instantOut,
    plannedActivationOn: dayOut,
    activatedAt: instantOut.nullable(),
    withdrawnAt: instantOut.nullable(),
    withdrawalReason: text.nullable(),
    subProcessor,
    replaces: uuid.nullable(),
    supersedes: uuid.nullable(),
    reason: text,
    objectionWindowDays: z.number().int(),
    controllers: counts(['total', 'notified', 'windowsOpen']),
    notices: counts(['total', 'accepted', 'pending', 'failed', 'cancelled']).meta({
      description:
        '`cancelled` are those that were not sent because the change or an agreement ended first; `total` is without them.',
    }),
    sending: z
      .object({ startedAt: instantOut, perSecond: z.number(), secondsLeft: z.number().int().nullable() })
      .nullable()
      .meta({
        description:
          'How fast the notices of an announced change go out, lately, and how long that takes for those that are pending; null when none is.',
      }),
    objections: counts(['total', 'pending']),
    answers: counts(['total', 'unread']),
    lastDeadline: instantOut.nullable(),
    activation: z.object({
      allowed: z.boolean(),
      earliestAt: instantOut.nullable(),
      blockers: z.array(z.looseObject({ code: z.string() })),
    }),
  })
  .meta({ id: 'Change', examples: [exampleChange] });
