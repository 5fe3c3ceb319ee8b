import { z } from 'zod';
import { activateChange } from '../commands/activate-change.ts';
import { announceChange } from '../commands/announce-change.ts';
import { recordLetter, resendNotice } from '../commands/notify-controller.ts';
import { notFound } from '../domain/refused.ts';
import { withdrawChange } from '../commands/withdraw-change.ts';
import { findChange, listChanges } from '../db/changes.ts';
import { latestDeadline, progressOf, progressOfOne } from '../db/change-counts.ts';
import { listWindows, type ControllerInChange } from '../db/objection-windows.ts';
import type { Queryable } from '../db/postgres.ts';
import { instantText } from '../domain/instant.ts';
import { CHANGE_KINDS, CHANGE_STATUSES } from '../domain/change.ts';
import { viewOfChange } from '../domain/change-view.ts';
import { command, errand, query, type ApiDependencies } from '../http/endpoint.ts';
import {
  contactPerson,
  country,
  day,
  dayOut,
  externalId,
  instantOut,
  line,
  locations,
  nothing,
  productId,
  text,
  uuid,
} from './fields.ts';
import { page, pageOf, pageSchema, placeOf } from '../http/pagination.ts';

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

const id = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';

const example = {
  product: 'truetalk',
  kind: 'addition',
  subProcessor: {
    name: 'Nordlys Hosting ApS',
    registrationNumber: '40000001',
    address: 'Havnegade 1, 8000 Aarhus C',
    country: 'DK',
    contactPerson: { name: 'Signe Lund', email: 'privacy@nordlys.example' },
    parentId: null,
    processing: { da: 'Drift af servere', en: 'Hosting of servers' },
    personalData: { da: 'Navn og opkaldshistorik', en: 'Name and call history' },
    locations: [{ country: 'DK', transferBasis: null }],
  },
  reason: { da: 'Driften samles hos én leverandør', en: 'Operations are gathered at one supplier' },
  plannedActivationOn: '2026-12-15',
};

const announcement = z
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
  .meta({ id: 'Announcement', examples: [example] });

const counts = (names: readonly string[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, z.number().int()])));

/** A change as the documentation shows it. */
export const exampleChange = {
  ...example,
  id,
  status: 'announced',
  version: 1,
  announcedAt: '2026-11-23T09:30:00.000Z',
  activatedAt: null,
  withdrawnAt: null,
  withdrawalReason: null,
  replaces: null,
  supersedes: null,
  objectionWindowDays: 10,
  controllers: { total: 3, notified: 0, windowsOpen: 0 },
  notices: { total: 4, accepted: 0, pending: 4, failed: 0 },
  sending: { startedAt: '2026-11-23T09:30:00.000Z', perSecond: 0, secondsLeft: null },
  objections: { total: 0, pending: 0 },
  answers: { total: 0, unread: 0 },
  lastDeadline: null,
  activation: {
    allowed: false,
    earliestAt: null,
    blockers: [
      { code: 'controllers-not-notified', count: 3, controllers: ['kunde-1001', 'kunde-1002', 'kunde-1003'] },
      { code: 'planned-date-not-reached', plannedActivationOn: '2026-12-15' },
    ],
  },
};

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
    notices: counts(['total', 'accepted', 'pending', 'failed']),
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

const STATES = ['awaiting-notice', 'open', 'closed'] as const;

const controllerInChange = z
  .object({
    externalId,
    name: z.string(),
    state: z.enum(STATES),
    notifiedAt: instantOut.nullable(),
    deadline: instantOut.nullable(),
    notices: z.array(
      z.object({
        id: uuid,
        email: z.string(),
        status: z.enum(['pending', 'accepted', 'failed', 'cancelled']),
        attempts: z.number().int(),
        acceptedAt: instantOut.nullable(),
        lastError: z.string().nullable(),
      }),
    ),
    objections: z.array(uuid),
  })
  .meta({
    id: 'ControllerInChange',
    examples: [
      {
        externalId: 'kunde-1001',
        name: 'Kunde A/S',
        state: 'open',
        notifiedAt: '2026-11-23T09:30:02.000Z',
        deadline: '2026-12-03T23:00:00.000Z',
        notices: [
          {
            id,
            email: 'dpo@kunde.example',
            status: 'accepted',
            attempts: 1,
            acceptedAt: '2026-11-23T09:30:02.000Z',
            lastError: null,
          },
        ],
        objections: [],
      },
    ],
  });

const params = z.object({ id: uuid });
const controllerParams = z.object({ id: uuid, externalId });

const viewOfController = (found: ControllerInChange & { state: (typeof STATES)[number] }) => ({
  externalId: found.externalId,
  name: found.name,
  state: found.state,
  notifiedAt: found.notifiedAt && instantText(found.notifiedAt),
  deadline: found.deadline && instantText(found.deadline),
  notices: found.notices,
  objections: found.objections,
});

async function controllerAsItIs(db: Queryable, changeId: string, wanted: string, now: Temporal.Instant) {
  const of = await findChange(db, changeId);
  const [found] =
    of === null
      ? []
      : await listWindows(db, { change: of, externalId: wanted, state: null, now, after: null, limit: 1 });
  if (found === undefined) throw notFound(`controller ${wanted} that counts for change ${changeId}`);
  return viewOfController(found);
}

export const announce = command({
  summary: 'Announce a planned change: every controller of the product is notified (D1–D7)',
  tag: 'Changes',
  role: 'officer',
  body: announcement,
  answers: { 201: change },
  refusals: [
    'not-found',
    'planned-date-too-early',
    'transfer-basis-missing',
    'transfer-basis-invalid',
    'replaced-entry-unknown',
    'parent-unknown',
    'superseded-change-unknown',
    'controllers-without-contact',
    'already-in-register',
    'change-already-announced',
  ],
  write: async (tx, { body, by }) => {
    const announced = await announceChange(tx, body, by);
    return { status: 201, headers: { location: `/v1/changes/${announced.id}` }, body: announced };
  },
});

export const list = query({
  summary: 'Changes, the latest first',
  tag: 'Changes',
  role: 'reader',
  query: z.strictObject({ ...page, product: productId.optional(), status: z.enum(CHANGE_STATUSES).optional() }),
  answers: { 200: pageSchema(change) },
  refusals: [],
  read: async (db, { query: { product, status, limit, cursor }, by }) => {
    const found = await listChanges(db, {
      product: product ?? null,
      status: status ?? null,
      before: placeOf(cursor, uuid),
      limit: limit + 1,
    });
    const progress = await progressOf(
      db,
      found.slice(0, limit).map((each) => each.id),
      by.at,
    );
    return pageOf(
      found,
      limit,
      (each) => each.id,
      (each) => {
        const come = progress.get(each.id);
        if (come === undefined) throw new Error(`no progress of change ${each.id}`);
        return viewOfChange(each, come, by.at);
      },
    );
  },
});

export const get = query({
  summary: 'A change, how far it has come, and what blocks its activation',
  tag: 'Changes',
  role: 'reader',
  params,
  answers: { 200: change },
  refusals: ['not-found'],
  read: async (db, { params: { id: wanted }, by }) => {
    const found = await findChange(db, wanted);
    if (found === null) throw notFound(`change ${wanted}`);
    return viewOfChange(found, await progressOfOne(db, wanted, by.at), by.at);
  },
});

export const listControllers = query({
  summary: 'The controllers that count for a change: windows, notices, objections',
  tag: 'Changes',
  role: 'reader',
  params,
  query: z.strictObject({ ...page, state: z.enum(STATES).optional() }),
  answers: { 200: pageSchema(controllerInChange) },
  refusals: ['not-found'],
  read: async (db, { params: { id: changeId }, query: { state, limit, cursor }, by }) => {
    const found = await findChange(db, changeId);
    if (found === null) throw notFound(`change ${changeId}`);
    const windows = await listWindows(db, {
      change: found,
      state: state ?? null,
      now: by.at,
      after: placeOf(cursor, externalId),
      limit: limit + 1,
    });
    return pageOf(windows, limit, (each) => each.externalId, viewOfController);
  },
});

/** Objections that arrived in the last moment get so long to be filed before an activation is judged (D22). */
const SETTLING_SECONDS = 3;

/** Waits, right after a change's last deadline, until what arrived before it is on record. */
async function letObjectionsSettle({ pool, clock, sleep }: ApiDependencies, changeId: string): Promise<void> {
  const deadline = await latestDeadline(pool, changeId);
  const sinceSeconds = deadline === null ? Infinity : clock().since(deadline).total('seconds');
  if (sinceSeconds < 0 || sinceSeconds >= SETTLING_SECONDS) return;
  await sleep((SETTLING_SECONDS - sinceSeconds) * 1000);
}

export const activate = errand({
  summary: 'Activate a change: it enters the register (D20–D23)',
  tag: 'Changes',
  role: 'officer',
  params,
  body: nothing,
  answers: { 200: change },
  refusals: ['not-found', 'activation-blocked'],
  prepare: async (dependencies, { params: { id: wanted }, by: { actor } }) => {
    await letObjectionsSettle(dependencies, wanted);
    const { clock } = dependencies;
    return async (tx) => ({ status: 200, body: await activateChange(tx, wanted, { actor, at: clock() }) });
  },
});

export const withdraw = command({
  summary: 'Withdraw a change for good (D24)',
  tag: 'Changes',
  role: 'officer',
  params,
  body: z
    .strictObject({ reason: text })
    .meta({ id: 'Withdrawal', examples: [{ reason: { da: 'Aftalen med leverandøren blev ikke til noget' } }] }),
  answers: { 200: change },
  refusals: ['not-found', 'change-ended'],
  write: async (tx, { params: { id: wanted }, body, by }) => ({
    status: 200,
    body: await withdrawChange(tx, wanted, body.reason, by),
  }),
});

export const noticeByLetter = command({
  summary: 'Record that a controller was notified by letter (D13)',
  tag: 'Changes',
  role: 'officer',
  params: controllerParams,
  body: z
    .strictObject({ arrivedOn: day, reference: line(200) })
    .meta({ id: 'LetterNotice', examples: [{ arrivedOn: '2026-11-25', reference: 'PostNord RR123456785DK' }] }),
  answers: { 201: controllerInChange },
  refusals: ['not-found', 'change-ended', 'arrival-date-out-of-range'],
  write: async (tx, { params: { id: changeId, externalId: controller }, body, by }) => {
    await recordLetter(tx, { changeId, externalId: controller, ...body }, by);
    return { status: 201, body: await controllerAsItIs(tx, changeId, controller, by.at) };
  },
});

export const resend = command({
  summary: 'Notify a controller again, its contacts as they are now',
  tag: 'Changes',
  role: 'officer',
  params: controllerParams,
  body: nothing,
  answers: { 202: controllerInChange },
  refusals: ['not-found', 'change-ended'],
  write: async (tx, { params: { id: changeId, externalId: controller }, by }) => {
    await resendNotice(tx, { changeId, externalId: controller }, by);
    return { status: 202, body: await controllerAsItIs(tx, changeId, controller, by.at) };
  },
});
