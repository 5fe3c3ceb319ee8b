import { z } from 'zod';
import { stateArrival } from '../commands/state-arrival.ts';
import { instantText } from '../domain/instant.ts';
import { command } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { externalId, instantOut, prose, uuid } from './fields.ts';

const arrival = z
  .object({
    id: uuid,
    noticeId: uuid,
    controller: externalId,
    effect: z.enum(['none', 'restored']),
    deadline: instantOut.nullable(),
  })
  .meta({
    id: 'StatedArrival',
    description:
      '`restored`: the window that a bounce had closed as not notified stands again, until `deadline`. `none`: it stood already. The statement is on record either way, and no later bounce closes the window (D30).',
    examples: [
      {
        id: EXAMPLE_ID,
        noticeId: EXAMPLE_ID,
        controller: 'kunde-1001',
        effect: 'restored',
        deadline: '2026-12-03T23:00:00.000Z',
      },
    ],
  });

export const reached = command({
  summary: 'State, with evidence, that a notice reached its controller (D30)',
  tag: 'Controllers',
  role: 'officer',
  params: z.object({ id: uuid }),
  body: z.strictObject({ evidence: prose(5_000) }).meta({
    id: 'ArrivalEvidence',
    examples: [{ evidence: 'Dorthe Persson har bekræftet i telefonen 2. december, at hun læste underretningen.' }],
  }),
  responses: { 200: arrival },
  refusals: ['not-found', 'change-ended', 'notice-never-accepted'],
  write: async (tx, { params, body: { evidence }, by }) => {
    const { id, notice, isRestored, deadline } = await stateArrival(tx, params.id, evidence, by);
    return {
      status: 200,
      body: {
        id,
        noticeId: notice.id,
        controller: notice.controller,
        effect: isRestored ? 'restored' : 'none',
        deadline: deadline && instantText(deadline),
      },
    };
  },
});
