import { z } from 'zod';
import { findChange } from '../db/changes.ts';
import { acceptedByMinute, failedByMinute, windowsByDeadline } from '../db/sending-over-time.ts';
import { inSnapshot } from '../db/postgres.ts';
import { progressOfOne } from '../db/change-counts.ts';
import { dayIn, instantText } from '../domain/instant.ts';
import { isInTime } from '../domain/objection-window.ts';
import { notFound } from '../domain/refused.ts';
import { MAX_POINTS, sendingOverTime, type CountedAt } from '../domain/sending-over-time.ts';
import { query } from '../http/operation.ts';
import { dayOut, instantOut, uuid } from './fields.ts';

const count = z.number().int();

const progress = z
  .object({
    notices: z.object({ total: count, pending: count }),
    stepSeconds: count.nullable(),
    points: z.array(z.object({ at: instantOut, sent: count, accepted: count, failed: count })),
    windows: z.array(z.object({ lastDay: dayOut, deadline: instantOut, controllers: count, isOver: z.boolean() })),
  })
  .meta({
    id: 'ChangeProgress',
    description: `How a change went out, and how its windows close. \`points\` are how many notices had been sent by then, and how many of them the mail systems had accepted and how many had failed, by a bounce that came later too: one each \`stepSeconds\`, ${MAX_POINTS} at most besides the first; none while nobody is told. \`windows\` are how many controllers’ time to object ends with which day.`,
    examples: [
      {
        notices: { total: 4, pending: 1 },
        stepSeconds: 60,
        points: [
          { at: '2026-11-23T09:30:00.000Z', sent: 0, accepted: 0, failed: 0 },
          { at: '2026-11-23T09:31:00.000Z', sent: 3, accepted: 2, failed: 1 },
        ],
        windows: [{ lastDay: '2026-12-03', deadline: '2026-12-03T23:00:00.000Z', controllers: 2, isOver: false }],
      },
    ],
  });

export const get = query({
  operationId: 'getChangeProgress',
  summary: 'How the notices of a change went out over time, and on which days its windows close (D63)',
  tag: 'Changes',
  scope: 'changes:read',
  params: z.object({ id: uuid }),
  responses: { 200: progress },
  refusals: ['not-found'],
  read: async (pool, { params: { id: wanted }, by: { at: now } }) =>
    inSnapshot(pool, async (db) => {
      const change = await findChange(db, wanted);
      if (change === null) throw notFound(`change ${wanted}`);
      const { notices } = await progressOfOne(db, wanted, now);
      const counted = { accepted: await acceptedByMinute(db, wanted), failed: await failedByMinute(db, wanted) };
      const { toldSince, terms, status } = change;
      const isGoingOut = status === 'announced' && notices.pending > 0;
      const course =
        toldSince && sendingOverTime(counted, toldSince, isGoingOut ? now : lastOf(counted, toldSince, now));
      const windows = await windowsByDeadline(db, wanted);
      return {
        notices: { total: notices.total, pending: notices.pending },
        stepSeconds: course?.stepSeconds ?? null,
        points: (course?.points ?? []).map(({ at, ...each }) => ({ at: instantText(at), ...each })),
        windows: windows.map(({ deadline, count: controllers }) => ({
          lastDay: dayIn(terms.timeZone, deadline.subtract({ minutes: 1 })).toString(),
          deadline: instantText(deadline),
          controllers,
          isOver: status !== 'announced' || !isInTime(now, deadline),
        })),
      };
    }),
});

/** The end of the minute in which something was last counted; `from` where nothing was. */
function lastOf(
  { accepted, failed }: Readonly<Record<'accepted' | 'failed', readonly CountedAt[]>>,
  from: Temporal.Instant,
  now: Temporal.Instant,
): Temporal.Instant {
  const minutes = [...accepted, ...failed].map(({ at }) => at.epochMilliseconds + 60_000);
  return Temporal.Instant.fromEpochMilliseconds(
    Math.min(now.epochMilliseconds, Math.max(from.epochMilliseconds, ...minutes)),
  );
}
