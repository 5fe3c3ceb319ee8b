import { z } from 'zod';
import { placeHold, releaseHold } from '../commands/place-hold.ts';
import { listHolds, type LegalHold } from '../db/legal-holds.ts';
import { instantText } from '../domain/instant.ts';
import { flag } from '../http/flag.ts';
import { list as listing, placed } from '../http/list.ts';
import { command } from '../http/operation.ts';
import { Problem } from '../http/problems.ts';
import { EXAMPLE_ID } from './examples.ts';
import { externalId, instant, instantOut, prose, uuid } from './fields.ts';

const described = {
  change: uuid.nullable(),
  controller: externalId.nullable(),
  reason: z.string(),
  until: instantOut.nullable(),
};
const example = {
  change: null,
  controller: 'kunde-1001',
  reason: 'Sag ved Sø- og Handelsretten, anlagt 3. november 2026',
  until: null,
};

const legalHold = z
  .object({
    id: uuid,
    ...described,
    placedAt: instantOut,
    placedBy: z.string(),
    releasedAt: instantOut.nullable(),
    releasedBy: z.string().nullable(),
    releaseReason: z.string().nullable(),
  })
  .meta({
    id: 'LegalHold',
    description:
      'Keeps all that the record has of persons in a change, or about a controller, until it is released or `until` has come; `null`: until it is released (D51).',
    examples: [
      {
        id: EXAMPLE_ID,
        ...example,
        placedAt: '2026-11-25T09:00:00.000Z',
        placedBy: `Contract team (key ${EXAMPLE_ID})`,
        releasedAt: null,
        releasedBy: null,
        releaseReason: null,
      },
    ],
  });

const view = (hold: LegalHold) => ({
  id: hold.id,
  change: hold.changeId,
  controller: hold.controller,
  reason: hold.reason,
  until: hold.until && instantText(hold.until),
  placedAt: instantText(hold.placedAt),
  placedBy: hold.placedBy,
  releasedAt: hold.releasedAt && instantText(hold.releasedAt),
  releasedBy: hold.releasedBy,
  releaseReason: hold.releaseReason,
});

export const place = command({
  operationId: 'placeLegalHold',
  summary: 'Keep what a change, or a controller, has of persons, whatever time to keep it has ended',
  tag: 'Retention',
  scope: 'retention:manage',
  body: z
    .strictObject({
      change: uuid.nullable().default(null),
      controller: externalId.nullable().default(null),
      reason: prose(2_000),
      until: instant.nullable().default(null),
    })
    .refine(({ change, controller }) => (change === null) !== (controller === null), {
      path: ['change'],
      error: 'Expected either a change or a controller',
    })
    .meta({ id: 'LegalHoldToPlace', examples: [example] }),
  responses: { 201: legalHold },
  refusals: ['change-unknown', 'controller-unknown'],
  write: async (tx, { body, by }) => {
    if (body.until !== null && Temporal.Instant.compare(body.until, by.at) <= 0) {
      const message = `Expected an instant after now (${instantText(by.at)}), found ${instantText(body.until)}`;
      throw new Problem('invalid-request', message, { errors: [{ path: 'until', message }] });
    }
    const { change: changeId, ...hold } = body;
    return { status: 201, body: view(await placeHold(tx, { changeId, ...hold }, by)) };
  },
});

export const list = listing({
  operationId: 'listLegalHolds',
  summary: 'The legal holds, the oldest first: who placed each, why and until when',
  tag: 'Retention',
  scope: 'retention:manage',
  filters: {
    change: uuid.optional(),
    controller: externalId.optional(),
    running: flag.optional().meta({ description: 'true: those that hold now. false: those that have ended.' }),
  },
  item: legalHold,
  place: uuid,
  refusals: ['not-found'],
  find: async (db, { query: { change, controller, running }, by, after, limit }) => {
    const filter = { change: change ?? null, controller: controller ?? null, running: running ?? null, now: by.at };
    return placed(await listHolds(db, filter, after, limit), ({ id }) => id, view);
  },
  columns: [
    'id',
    'change',
    'controller',
    'reason',
    'until',
    'placedAt',
    'placedBy',
    'releasedAt',
    'releasedBy',
    'releaseReason',
  ],
});

export const release = command({
  operationId: 'releaseLegalHold',
  summary: 'Release a legal hold, for good: what it kept is emptied by night where its time has ended',
  tag: 'Retention',
  scope: 'retention:manage',
  takesFreshFactors: true,
  params: z.object({ id: uuid }),
  body: z
    .strictObject({ reason: prose(2_000) })
    .meta({ id: 'LegalHoldToRelease', examples: [{ reason: 'Forlig af 4. maj 2027' }] }),
  responses: { 200: legalHold },
  refusals: ['not-found', 'hold-already-released'],
  write: async (tx, { params: { id }, body: { reason }, by }) => ({
    status: 200,
    body: view(await releaseHold(tx, id, reason, by)),
  }),
});
