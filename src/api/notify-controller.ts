import { z } from 'zod';
import { recordLetter, resendFailedNotices, resendNotice } from '../commands/notify-controller.ts';
import { findChange } from '../db/changes.ts';
import { listControllersInChange } from '../db/change-controllers.ts';
import type { Queryable } from '../db/postgres.ts';
import { notFound } from '../domain/refused.ts';
import { command } from '../http/operation.ts';
import type { ApiDependencies } from './dependencies.ts';
import { day, externalId, line, uuid } from './fields.ts';
import { controllerInChange, viewOfController } from './change-controllers.ts';

const params = z.object({ id: uuid });
const controllerParams = z.object({ id: uuid, externalId });

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
  if (of === null || found === undefined) throw notFound(`controller ${wanted} that counts for change ${changeId}`);
  return viewOfController(found, of, now, dependencies);
}

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

export const resendFailed = command({
  operationId: 'resendFailedNotices',
  summary:
    'Notify again every controller that is not notified because its notices have failed, its contacts as they are now',
  tag: 'Changes',
  scope: 'notices:write',
  params,
  responses: {
    202: z.object({ controllers: z.number().int(), notices: z.number().int(), left: z.number().int() }).meta({
      id: 'ResentNotices',
      description:
        'How many controllers are notified again, by how many notices. `left` is how many more there are: one call takes 2,000. A controller whose notice is on its way is not among them, so a repeat sends nothing twice.',
      examples: [{ controllers: 12, notices: 14, left: 0 }],
    }),
  },
  refusals: ['not-found', 'change-ended'],
  write: async (tx, { params: { id: changeId }, by }) => ({
    status: 202,
    body: await resendFailedNotices(tx, changeId, by),
  }),
});
