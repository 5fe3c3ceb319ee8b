import { z } from 'zod';
import { findChange, findChanges } from '../db/changes.ts';
import { listControllersInChange, type ControllerInChange } from '../db/change-controllers.ts';
import { listChangesOfController } from '../db/controller-changes.ts';
import { findController } from '../db/controllers.ts';
import { APPROVAL_STATES, shownState, SHOWN_APPROVAL_STATES } from '../domain/approval-progress.ts';
import { CHANGE_KINDS, CHANGE_STATUSES, type Change } from '../domain/change.ts';
import { instantText } from '../domain/instant.ts';
import { answerByOf, WINDOW_STATES, type WindowState } from '../domain/objection-window.ts';
import { notFound } from '../domain/refused.ts';
import { flag } from '../http/flag.ts';
import { list as listing, placed } from '../http/list.ts';
import type { ApiDependencies } from './dependencies.ts';
import { regime } from './change-schemas.ts';
import { EXAMPLE_ID } from './examples.ts';
import { dayOut, externalId, instantOut, productId, search, uuid } from './fields.ts';

const part = {
  externalId,
  name: z.string(),
  reference: z.string().nullable(),
  state: z.enum(WINDOW_STATES),
  notifiedAt: instantOut.nullable(),
  deadline: instantOut.nullable(),
  approval: z.object({ state: z.enum(SHOWN_APPROVAL_STATES), answerBy: instantOut.nullable() }).nullable(),
  notices: z.array(
    z.object({
      id: uuid,
      email: z.string(),
      status: z.enum(['pending', 'accepted', 'failed', 'cancelled']),
      attempts: z.number().int(),
      acceptedAt: instantOut.nullable(),
      lastError: z.string().nullable(),
      response: z.string().nullable(),
    }),
  ),
  letters: z.array(
    z.object({ id: uuid, arrivedOn: dayOut, reference: z.string(), recordedAt: instantOut, recordedBy: z.string() }),
  ),
  objections: z.array(uuid),
  answers: z.array(uuid),
  contacts: z.object({ total: z.number().int(), untold: z.array(z.object({ id: uuid, email: z.string() })) }),
};

const examplePart = {
  externalId: 'kunde-1001',
  name: 'Kunde A/S',
  reference: 'VS-00K7-9F3M',
  state: 'open',
  notifiedAt: '2026-11-23T09:30:02.000Z',
  deadline: '2026-12-03T23:00:00.000Z',
  approval: null,
  notices: [
    {
      id: EXAMPLE_ID,
      email: 'dpo@kunde.example',
      status: 'accepted',
      attempts: 1,
      acceptedAt: '2026-11-23T09:30:02.000Z',
      lastError: null,
      response: '250 2.0.0 Ok: queued as 4F2A9',
    },
  ],
  letters: [],
  objections: [],
  answers: [],
  contacts: { total: 2, untold: [{ id: EXAMPLE_ID, email: 'ciso@kunde.example' }] },
};

const ABOUT_PART =
  '`state` is of its time to object: `told` where it was notified of a change that has none (D40), or has approved by contract. `approval` is how it stands where the change asks for its approval, and until when an answer is asked for (D41); null where it does not. `contract`, of any change: its agreement lists it, and it is not asked (D46). `reference` is what its mails print, for letters: a mail that names it is attributed to this controller. Null until its notice has been written. `response` is what the mail server said to the last attempt; `/v1/notices/{id}` has every attempt. `contacts.untold` are those of now who have not been told of the change (D35): no notice of their own was accepted, and no letter or statement tells the controller.';

export const controllerInChange = z
  .object(part)
  .meta({ id: 'ControllerInChange', description: ABOUT_PART, examples: [examplePart] });

const changeOfController = z
  .object({
    change: z.object({
      id: uuid,
      product: productId,
      kind: z.enum(CHANGE_KINDS),
      status: z.enum(CHANGE_STATUSES),
      regime,
      subProcessor: z.string(),
      announcedAt: instantOut,
      plannedActivationOn: dayOut,
    }),
    ...part,
    leftAt: instantOut.nullable(),
  })
  .meta({
    id: 'ChangeOfController',
    description: `A change, and the controller’s part in it. \`leftAt\`: its agreement ended, and it counts no more (D7). ${ABOUT_PART}`,
    examples: [
      {
        change: {
          id: EXAMPLE_ID,
          product: 'truetalk',
          kind: 'addition',
          status: 'announced',
          regime: { objection: true, approval: false },
          subProcessor: 'Nordlys Hosting ApS',
          announcedAt: '2026-11-23T09:30:00.000Z',
          plannedActivationOn: '2026-12-15',
        },
        ...examplePart,
        leftAt: null,
      },
    ],
  });

const partColumns = [
  'externalId',
  'name',
  'reference',
  'state',
  'notifiedAt',
  'deadline',
  'approval.state',
  'approval.answerBy',
  'notices.email',
  'notices.status',
  'notices.acceptedAt',
  'notices.lastError',
  'notices.response',
  'letters.arrivedOn',
  'letters.reference',
  'letters.recordedBy',
  'objections',
  'answers',
  'contacts.untold.email',
] as const;

const params = z.object({ id: uuid });

export const viewOfController = (
  found: ControllerInChange & { state: WindowState },
  change: Pick<Change, 'regime' | 'terms'>,
  now: Temporal.Instant,
  { references }: ApiDependencies,
) => ({
  externalId: found.externalId,
  name: found.name,
  reference: found.windowNumber && references.of(found.windowNumber),
  state: found.state,
  notifiedAt: found.notifiedAt && instantText(found.notifiedAt),
  deadline: found.deadline && instantText(found.deadline),
  approval: change.regime.approval || found.approvalState === 'contract' ? viewOfStanding(found, change, now) : null,
  notices: found.notices,
  letters: found.letters,
  objections: found.objections,
  contacts: found.contacts,
  answers: found.answers,
});

function viewOfStanding(
  { approvalState, notifiedAt }: ControllerInChange,
  change: Pick<Change, 'regime' | 'terms'>,
  now: Temporal.Instant,
) {
  // Who has approved by contract is asked nothing (D46).
  const answerBy = approvalState === 'contract' ? null : notifiedAt && answerByOf(notifiedAt, change);
  return { state: shownState(approvalState, answerBy, now), answerBy: answerBy && instantText(answerBy) };
}

export const list = listing({
  operationId: 'listChangeControllers',
  summary: 'The controllers that count for a change: windows, notices, objections',
  tag: 'Changes',
  scope: 'changes:read',
  params,
  filters: {
    externalId: externalId.optional(),
    state: z.enum(WINDOW_STATES).optional(),
    approval: z.enum(APPROVAL_STATES).optional().meta({
      description: 'How they stand where the change asks for approval (D41); `none` has those `unanswered` among them.',
    }),
    failed: flag.optional().meta({
      description:
        'true: those that are not notified because every notice has failed, and none is on its way. false: the others.',
    }),
    objected: flag.optional().meta({
      description: 'true: those that have objected, also where their objection is settled; a rejected attempt is none.',
    }),
    silent: flag.optional().meta({
      description: 'true: those that were notified, and of whom no objection, answer or approval is on record.',
    }),
    q: search.optional().meta({
      description: 'A part of an external id, a name, a contact’s address or a registration number.',
    }),
  },
  item: controllerInChange,
  place: externalId,
  refusals: ['not-found'],
  find: async (
    db,
    {
      params: { id: changeId },
      query: { externalId: wanted, state = null, failed, approval, ...said },
      after,
      limit,
      by,
    },
    dependencies: ApiDependencies,
  ) => {
    const change = await findChange(db, changeId);
    if (change === null) throw notFound(`change ${changeId}`);
    const { objected: hasObjected, silent: isSilent, q } = said;
    const filter = { change, externalId: wanted, state, hasFailed: failed, approval, hasObjected, isSilent, q };
    return placed(
      await listControllersInChange(db, { ...filter, now: by.at, after, limit }),
      (each) => each.externalId,
      (each) => viewOfController(each, change, by.at, dependencies),
    );
  },
  columns: partColumns,
});

export const listOfController = listing({
  operationId: 'listControllerChanges',
  summary: 'Every change that concerns or has concerned a controller, the latest first',
  tag: 'Controllers',
  scope: 'changes:read',
  params: z.object({ externalId }),
  filters: { product: productId.optional(), status: z.enum(CHANGE_STATUSES).optional() },
  item: changeOfController,
  place: uuid,
  refusals: ['not-found'],
  find: async (
    db,
    { params: { externalId: wanted }, query: { product = null, status = null }, after, limit, by },
    dependencies: ApiDependencies,
  ) => {
    const controller = await findController(db, wanted);
    if (controller === null) throw notFound(`controller ${wanted}`);
    const found = await listChangesOfController(db, controller, { product, status, now: by.at, before: after, limit });
    const changes = await findChanges(
      db,
      found.map(({ change }) => change.id),
    );
    const parts = found.flatMap((each) =>
      changes.filter(({ id }) => id === each.change.id).map((change) => ({ each, change })),
    );
    return placed(
      parts,
      ({ change }) => change.id,
      ({ each, change }) => ({
        change: {
          ...each.change,
          announcedAt: instantText(each.change.announcedAt),
          plannedActivationOn: each.change.plannedActivationOn.toString(),
        },
        ...viewOfController(each, change, by.at, dependencies),
        leftAt: each.leftAt && instantText(each.leftAt),
      }),
    );
  },
  columns: [
    'change.id',
    'change.product',
    'change.kind',
    'change.status',
    'change.regime.objection',
    'change.regime.approval',
    'change.subProcessor',
    'change.announcedAt',
    'change.plannedActivationOn',
    ...partColumns,
    'leftAt',
  ],
});
