import { z } from 'zod';
import { activateChange } from '../commands/activate-change.ts';
import { announceChange } from '../commands/announce-change.ts';
import { confirmWording as wordingConfirmedBy } from '../commands/confirm-wording.ts';
import { closeChange } from '../commands/close-change.ts';
import { listInTerms } from '../commands/list-in-terms.ts';
import { withdrawChange } from '../commands/withdraw-change.ts';
import { wavesOf } from '../db/activations.ts';
import { latestDeadline, progressOfOne } from '../db/change-counts.ts';
import { findChange } from '../db/changes.ts';
import { settlingTime } from '../domain/activation.ts';
import { viewOfChange } from '../domain/change-view.ts';
import { viewOfWave } from '../domain/wave.ts';
import { notFound } from '../domain/refused.ts';
import { command, preparedCommand, query } from '../http/operation.ts';
import { announcementToMake, change, waves } from './change-schemas.ts';
import type { ApiDependencies } from './dependencies.ts';
import { termsVersion, text, uuid } from './fields.ts';

const params = z.object({ id: uuid });

/** Why a change is withdrawn, for customers. */
export const withdrawal = z
  .strictObject({ reason: text })
  .meta({ id: 'Withdrawal', examples: [{ reason: { da: 'Aftalen med leverandøren blev ikke til noget' } }] });

export const announce = command({
  operationId: 'announceChange',
  summary: 'Announce a planned change: every controller of the product is notified (D1–D7)',
  tag: 'Changes',
  scope: 'changes:announce',
  takesFreshFactors: true,
  body: announcementToMake,
  responses: { 201: change },
  refusals: [
    'not-found',
    'preview-outdated',
    'second-person-needed',
    'planned-date-too-early',
    'planned-date-too-far',
    'upstream-days-out-of-order',
    'transfer-basis-missing',
    'transfer-basis-invalid',
    'entry-unknown',
    'parent-unknown',
    'place-unknown',
    'children-unsettled',
    'parent-leaving',
    'chain-loop',
    'another-company',
    'contact-person-missing',
    'change-without-effect',
    'entry-differs',
    'wording-unchanged',
    'nothing-to-approve',
    'superseded-change-unknown',
    'controllers-without-contact',
    'already-in-register',
    'change-already-announced',
  ],
  write: async (tx, { body: { expect, ...announced }, by }) => {
    const made = await announceChange(tx, announced, by, expect);
    return { status: 201, headers: { location: `/v1/changes/${made.id}` }, body: made };
  },
});

export const get = query({
  operationId: 'getChange',
  summary: 'A change, how far it has come, and what blocks its activation',
  tag: 'Changes',
  scope: 'changes:read',
  params,
  responses: { 200: change },
  refusals: ['not-found'],
  read: async (db, { params: { id: wanted }, by }) => {
    const found = await findChange(db, wanted);
    if (found === null) throw notFound(`change ${wanted}`);
    return viewOfChange(found, await progressOfOne(db, wanted, by.at), by.at);
  },
});

export const activate = preparedCommand({
  operationId: 'activateChange',
  summary:
    'Activate a change: the register is what it makes of it (D20–D23), of scope `each` for those who have approved (D43)',
  tag: 'Changes',
  scope: 'changes:activate',
  takesFreshFactors: true,
  params,
  responses: { 200: change },
  refusals: ['not-found', 'activation-blocked', 'second-person-needed'],
  prepare: async ({ pool, clock, sleep }: ApiDependencies, { params: { id: wanted }, by: { actor } }) => {
    let judgedAt = clock();
    const waitMs = settlingTime(await latestDeadline(pool, wanted), judgedAt);
    if (waitMs > 0) {
      await sleep(waitMs);
      judgedAt = clock();
    }
    return async (tx) => ({ status: 200, body: await activateChange(tx, wanted, { actor, at: clock() }, judgedAt) });
  },
});

export const confirmWording = command({
  operationId: 'confirmWording',
  summary: 'Confirm, as a second person, that only words change (D39)',
  tag: 'Changes',
  scope: 'changes:announce',
  params,
  responses: { 200: change },
  refusals: ['not-found', 'change-ended', 'wording-not-waiting', 'second-person-needed'],
  write: async (tx, { params: { id: wanted }, by }) => ({
    status: 200,
    body: await wordingConfirmedBy(tx, wanted, by),
  }),
});

export const close = command({
  operationId: 'closeChange',
  summary: 'End a change of scope `each` after its last wave: everybody else stays without it (D43)',
  tag: 'Changes',
  scope: 'changes:activate',
  takesFreshFactors: true,
  params,
  responses: { 200: change },
  refusals: ['not-found', 'change-ended', 'change-not-activated', 'activation-blocked'],
  write: async (tx, { params: { id: wanted }, by }) => ({ status: 200, body: await closeChange(tx, wanted, by) }),
});

export const activations = query({
  operationId: 'listActivations',
  summary: 'The waves of a change of scope `each`: for whom it is activated, and when (D43)',
  tag: 'Changes',
  scope: 'changes:read',
  params,
  responses: { 200: waves },
  refusals: ['not-found'],
  read: async (db, { params: { id: wanted } }) => {
    if ((await findChange(db, wanted)) === null) throw notFound(`change ${wanted}`);
    return { activations: (await wavesOf(db, wanted)).map(viewOfWave) };
  },
});

export const list = command({
  operationId: 'listChangeInTerms',
  summary: 'A version of the product’s terms lists the change: who joins on it from now on is not asked (D46)',
  tag: 'Changes',
  scope: 'changes:announce',
  params,
  body: z.strictObject({ termsVersion }).meta({ id: 'ListedInTerms', examples: [{ termsVersion: '2026-03' }] }),
  responses: { 200: change },
  refusals: ['not-found', 'change-ended'],
  write: async (tx, { params: { id: wanted }, body, by }) => ({
    status: 200,
    body: await listInTerms(tx, wanted, body.termsVersion, by),
  }),
});

export const withdraw = command({
  operationId: 'withdrawChange',
  summary: 'Withdraw a change for good (D24); while it is held, nobody is told (D33)',
  tag: 'Changes',
  scope: 'changes:withdraw',
  takesFreshFactors: true,
  params,
  body: withdrawal,
  responses: { 200: change },
  refusals: ['not-found', 'change-ended', 'change-partly-activated'],
  write: async (tx, { params: { id: wanted }, body, by }) => ({
    status: 200,
    body: await withdrawChange(tx, wanted, body.reason, by),
  }),
});
