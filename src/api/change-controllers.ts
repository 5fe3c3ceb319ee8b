import { z } from 'zod';
import { recordLetter, resendNotice } from '../commands/notify-controller.ts';
import { findChange } from '../db/changes.ts';
import { listControllersInChange, type ControllerInChange } from '../db/change-controllers.ts';
import type { Queryable } from '../db/postgres.ts';
import { instantText } from '../domain/instant.ts';
import { WINDOW_STATES, type WindowState } from '../domain/objection-window.ts';
import { notFound } from '../domain/refused.ts';
import { command, query } from '../http/operation.ts';
import { page, pageOf, pageSchema, placeOf } from '../http/pagination.ts';
import type { ApiDependencies } from './dependencies.ts';
import { EXAMPLE_ID } from './examples.ts';
import { day, externalId, instantOut, line, uuid } from './fields.ts';

const controllerInChange = z
  .object({
    externalId,
    name: z.string(),
    reference: z.string().nullable(),
    state: z.enum(WINDOW_STATES),
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
    contacts: z.object({ total: z.number().int(), untold: z.array(z.object({ id: uuid, email: z.string() })) }),
  })
  .meta({
    id: 'ControllerInChange',
    description:
      '`reference` is what its mails print, for letters: a mail that names it is attributed to this controller. Null until its notice has been written. `contacts.untold` are those of now who have not been told of the change (D35): no notice of their own was accepted, and no letter or statement tells the controller.',
    examples: [
      {
        externalId: 'kunde-1001',
        name: 'Kunde A/S',
        reference: 'VS-00K7-9F3M',
        state: 'open',
        notifiedAt: '2026-11-23T09:30:02.000Z',
        deadline: '2026-12-03T23:00:00.000Z',
        notices: [
          {
            id: EXAMPLE_ID,
            email: 'dpo@kunde.example',
            status: 'accepted',
            attempts: 1,
            acceptedAt: '2026-11-23T09:30:02.000Z',
            lastError: null,
          },
        ],
        objections: [],
        contacts: { total: 2, untold: [{ id: EXAMPLE_ID, email: 'ciso@kunde.example' }] },
      },
    ],
  });

const params = z.object({ id: uuid });
const controllerParams = z.object({ id: uuid, externalId });

const viewOfController = (found: ControllerInChange & { state: WindowState }, { references }: ApiDependencies) => ({
  externalId: found.externalId,
  name: found.name,
  reference: found.windowNumber && references.of(found.windowNumber),
  state: found.state,
  notifiedAt: found.notifiedAt && instantText(found.notifiedAt),
  deadline: found.deadline && instantText(found.deadline),
  notices: found.notices,
  objections: found.objections,
  contacts: found.contacts,
});

async function controllerAsItIs(
  db: Queryable,
  { changeId, wanted, now }: { changeId: string; wanted: string; now: Temporal.Instant },
  dependencies: ApiDependencies,
) {
  const of = await findChange(db, changeId);
  const [found] =
    of === null
      ? []
      : await listControllersInChange(db, { change: of, externalId: wanted, state: null, now, after: null, limit: 1 });
  if (found === undefined) throw notFound(`controller ${wanted} that counts for change ${changeId}`);
  return viewOfController(found, dependencies);
}

export const list = query({
  operationId: 'listChangeControllers',
  summary: 'The controllers that count for a change: windows, notices, objections',
  tag: 'Changes',
  scope: 'changes:read',
  params,
  query: z.strictObject({ ...page, state: z.enum(WINDOW_STATES).optional() }),
  responses: { 200: pageSchema(controllerInChange) },
  refusals: ['not-found'],
  read: async (
    db,
    { params: { id: changeId }, query: { state, limit, cursor }, by },
    dependencies: ApiDependencies,
  ) => {
    const found = await findChange(db, changeId);
    if (found === null) throw notFound(`change ${changeId}`);
    const windows = await listControllersInChange(db, {
      change: found,
      state: state ?? null,
      now: by.at,
      after: placeOf(cursor, externalId),
      limit: limit + 1,
    });
    return pageOf(
      windows,
      limit,
      (each) => each.externalId,
      (each) => viewOfController(each, dependencies),
    );
  },
});

export const noticeByLetter = command({
  operationId: 'recordNoticeByLetter',
  summary: 'Record that a controller was notified by letter (D13)',
  tag: 'Changes',
  scope: 'notices:write',
  params: controllerParams,
  body: z
    .strictObject({ arrivedOn: day, reference: line(200) })
    .meta({ id: 'LetterNotice', examples: [{ arrivedOn: '2026-11-25', reference: 'PostNord RR123456785DK' }] }),
  responses: { 201: controllerInChange },
  refusals: ['not-found', 'change-ended', 'arrival-date-out-of-range'],
  write: async (tx, { params: { id: changeId, externalId: wanted }, body, by }, dependencies: ApiDependencies) => {
    await recordLetter(tx, { changeId, externalId: wanted, ...body }, by);
    return { status: 201, body: await controllerAsItIs(tx, { changeId, wanted, now: by.at }, dependencies) };
  },
});

export const resend = command({
  operationId: 'resendNotice',
  summary: 'Notify a controller again, its contacts as they are now',
  tag: 'Changes',
  scope: 'notices:write',
  params: controllerParams,
  responses: { 202: controllerInChange },
  refusals: ['not-found', 'change-ended'],
  write: async (tx, { params: { id: changeId, externalId: wanted }, by }, dependencies: ApiDependencies) => {
    await resendNotice(tx, { changeId, externalId: wanted }, by);
    return { status: 202, body: await controllerAsItIs(tx, { changeId, wanted, now: by.at }, dependencies) };
  },
});
