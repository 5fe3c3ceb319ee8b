import { z } from 'zod';
import { SHOWN_APPROVAL_STATES } from '../domain/approval-progress.ts';
import { CHANGE_KINDS, CHANGE_STATUSES, SCOPES } from '../domain/change.ts';
import { CLAUSES, ELEMENTS, WORDED } from '../domain/regime.ts';
import { exampleAnnouncements } from './announcement-examples.ts';
import { refuseMisfit, WHERE_THEY_ARE_READ } from './announcement-fit.ts';
import { EXAMPLE_HASH, EXAMPLE_ID, exampleChange, exampleChangeInEvent } from './examples.ts';
import {
  contactPerson,
  country,
  day,
  dayOut,
  holdMinutes,
  instantOut,
  line,
  location,
  locations,
  productId,
  termsVersion,
  text,
  uuid,
} from './fields.ts';

const subProcessor = z
  .strictObject({
    name: line(200),
    registrationNumber: line(50)
      .refine((number) => /[\p{L}\p{N}]/u.test(number), 'Expected letters or digits')
      .nullable(),
    address: line(500),
    country,
    contactPerson: contactPerson.nullable(),
    parentId: uuid.nullable().default(null),
    processing: text,
    personalData: text,
    locations,
  })
  .meta({
    id: 'SubProcessor',
    description:
      'What a controller needs to know of a sub-processor (D2). `registrationNumber` and `contactPerson` are null only in an amendment of an entry that has none.',
  });

const stricter = z.strictObject({ objection: z.boolean().default(false), approval: z.boolean().default(false) });

const child = z
  .discriminatedUnion('then', [
    z.strictObject({ entry: uuid, then: z.literal('leaves') }),
    z.strictObject({ entry: uuid, then: z.literal('stays'), parentId: uuid.nullable() }),
  ])
  .meta({
    id: 'ChildDecision',
    description:
      'What becomes of a sub-processor of an entry that leaves the register (D47). Where it `stays`, `parentId` is the entry that it is then under; null is the processor itself. In a replacement, the entry that is replaced means the company that takes its place, here and in `elements`.',
    examples: [{ entry: EXAMPLE_ID, then: 'leaves' }],
  });

const upstream = z
  .strictObject({
    noticeReceivedOn: day,
    objectBy: day.nullable().default(null),
    effectiveOn: day,
    reference: line(200).nullable().default(null),
  })
  .meta({
    id: 'Upstream',
    description: 'What your own sub-processor has told you of the change (D45).',
    examples: [{ noticeReceivedOn: '2026-11-20', objectBy: '2026-12-20', effectiveOn: '2027-01-01', reference: null }],
  });

const listedInTerms = z
  .array(termsVersion)
  .max(100)
  .refine((versions) => new Set(versions).size === versions.length, 'Expected each version once')
  .meta({
    description:
      'The versions of the product’s terms that list the change already. Who joins on one of them has approved it by contract, and is not asked (D46). More can be added while the change is announced.',
  });

const announced = z.strictObject({
  product: productId,
  kind: z.enum(CHANGE_KINDS),
  replaces: uuid.nullable().default(null),
  amends: uuid.nullable().default(null),
  removes: uuid.nullable().default(null),
  entries: z
    .array(z.strictObject({ entry: uuid, ...location.shape }))
    .max(100)
    .default([]),
  children: z.array(child).max(100).default([]),
  subProcessor: subProcessor.nullable().default(null),
  wordingOnly: z.array(z.enum(WORDED)).max(WORDED.length).default([]),
  regime: stricter.default({ objection: false, approval: false }),
  scope: z.enum(SCOPES).default('all'),
  separation: text.nullable().default(null),
  upstream: upstream.nullable().default(null),
  listedInTerms: listedInTerms.default([]),
  reason: text,
  plannedActivationOn: day,
  supersedes: uuid.nullable().default(null),
  farDate: z.boolean().default(false).meta({
    description: 'Whether a `plannedActivationOn` more than two years away is meant; it is refused otherwise.',
  }),
  holdMinutes: holdMinutes.optional().meta({
    description:
      'Minutes to the first notice; left out, as many as the product says. Until then the change is on record and nobody is told: no notice, no event, nothing in the public register. Withdrawn before, nobody is ever told of it (D33).',
  }),
});

export const announcement = announced
  .superRefine(refuseMisfit, WHERE_THEY_ARE_READ)
  .meta({ id: 'Announcement', examples: exampleAnnouncements });

const expectation = z
  .strictObject({
    hash: z
      .string()
      .length(64)
      .regex(/^[0-9a-f]{64}$/, 'Expected the hash of a preview: 64 hexadecimal digits in lower case'),
    controllers: z.number().int().min(0),
  })
  .meta({
    id: 'Expectation',
    description:
      'What a preview has shown: its `hash` and the total of its `controllers`. The announcement is made only while that is what would go out; the number of controllers may differ by 10 or by 1 %, whichever is more (D34).',
    examples: [{ hash: EXAMPLE_HASH, controllers: 3 }],
  });

/** What is announced, and what it is expected to be. */
export const announcementToMake = announced
  .extend({ expect: expectation.nullable().default(null) })
  .superRefine(refuseMisfit, WHERE_THEY_ARE_READ)
  .meta({ id: 'AnnouncementToMake', examples: exampleAnnouncements.map((example) => ({ ...example, expect: null })) });

/** Where `upstream` says until when the processor can object. */
export const announceNoLaterThan = dayOut.nullable().meta({
  description:
    'The last day to announce, so that you can still object to your own sub-processor in time: notices accepted the day after leave controllers their whole time, and then two days are left up to `upstream.objectBy` (D45). Null where there is no such day.',
});

/** What a change, or one of its elements, needs of controllers (D39). */
export const regime = z.object({ objection: z.boolean(), approval: z.boolean() });

export const changeElement = z
  .object({
    entry: uuid.nullable(),
    company: z.string(),
    element: z.enum(ELEMENTS),
    from: z.unknown(),
    to: z.unknown(),
    regime,
    clause: z.enum(CLAUSES),
  })
  .meta({
    id: 'ChangeElement',
    description: 'One thing that changes: what it is today, what it shall be, and what the clause demands (D39).',
    examples: [
      {
        entry: null,
        company: 'Nordlys Hosting ApS',
        element: 'company',
        from: null,
        to: 'Nordlys Hosting ApS',
        regime: { objection: true, approval: false },
        clause: 'B.2',
      },
    ],
  });

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
    announcedBy: z.string(),
    heldUntil: instantOut.nullable().meta({
      description: 'Until when nobody is told of the change (D33); null where it was announced without a hold.',
    }),
    toldSince: instantOut.nullable().meta({
      description:
        'When controllers began to be told: at once, or when the hold had ended. Null while the change is held, and for good where it was withdrawn before: then nobody was ever told of it, `version` is 0 and so are the counts.',
    }),
    plannedActivationOn: dayOut,
    activatedAt: instantOut.nullable(),
    activatedBy: z.string().nullable(),
    withdrawnAt: instantOut.nullable(),
    withdrawnBy: z.string().nullable(),
    withdrawalReason: text.nullable(),
    companies: z.array(z.string()).meta({
      description: 'The companies that the change is about: one, but of a `transfer-basis`.',
    }),
    subProcessor: subProcessor.nullable(),
    replaces: uuid.nullable(),
    amends: uuid.nullable(),
    removes: uuid.nullable(),
    entries: z.array(z.object({ entry: uuid, ...location.shape })),
    children: z.array(child),
    regime,
    elements: z.array(changeElement),
    wordingOnly: z.array(z.enum(WORDED)).meta({
      description: 'The texts of which it is stated that only their words change. A second person confirms it (D39).',
    }),
    wordingConfirmedAt: instantOut.nullable(),
    wordingConfirmedBy: z.string().nullable(),
    scope: z.enum(SCOPES),
    separation: text.nullable(),
    upstream: z
      .object({
        noticeReceivedOn: dayOut,
        objectBy: dayOut.nullable(),
        effectiveOn: dayOut,
        reference: z.string().nullable(),
      })
      .nullable(),
    announceNoLaterThan,
    listedInTerms: z.array(z.string()),
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
    approvals: counts(SHOWN_APPROVAL_STATES).nullable().meta({
      description:
        'How many controllers stand how; null where the change asks for no approval. `approved` and `contract` (its agreement lists the change) let it be activated. `unanswered`: no answer came in time, which is a no; so is `none`, whose time has not come (D41).',
    }),
    answers: counts(['total', 'unread']),
    lastDeadline: instantOut.nullable(),
    activations: counts(['count', 'controllers']).meta({
      description: 'Of scope `each`: its waves, and the controllers in them (D43).',
    }),
    activation: z.object({
      allowed: z.boolean(),
      earliestAt: instantOut.nullable(),
      blockers: z.array(z.looseObject({ code: z.string() })),
      shownOnly: z.array(z.looseObject({ code: z.string() })).meta({
        description:
          'What would block a change of another regime, and does not block this one (D40): who could not be reached, and of a change that only informs what is unread. As `blockers`.',
      }),
    }),
  })
  .meta({ id: 'Change', examples: [exampleChange] });

const exampleWave = {
  number: 1,
  activatedAt: '2026-12-14T08:00:00.000Z',
  activatedOn: '2026-12-14',
  activatedBy: 'officer',
  controllers: { count: 1, externalIds: ['kunde-1001'] },
};

/** The waves of a change (D43). */
export const waves = z
  .object({
    activations: z.array(
      z.object({
        number: z.number().int(),
        activatedAt: instantOut,
        activatedOn: dayOut,
        activatedBy: z.string(),
        controllers: z.object({ count: z.number().int(), externalIds: z.array(z.string()) }).meta({
          description: 'How many, and the external ids of the first 100 of them.',
        }),
      }),
    ),
  })
  .meta({
    id: 'Activations',
    description: 'A change of scope `each` is activated in waves; one of scope `all` has none.',
    examples: [{ activations: [exampleWave] }],
  });

export const changeInEvent = change
  .omit({ announcedBy: true, wordingConfirmedBy: true, activatedBy: true, withdrawnBy: true })
  .meta({
    id: 'ChangeInEvent',
    description:
      'Without who did what, and with null for every contact person, as `contactPerson` and as the values of an element that is one: ask the API (D48).',
    examples: [exampleChangeInEvent],
  });
