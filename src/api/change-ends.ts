import { z } from 'zod';
import { inSnapshot } from '../db/postgres.ts';
import { MESSAGE_KINDS } from '../domain/message.ts';
import { LANGUAGES, type Language } from '../domain/text.ts';
import { query } from '../http/operation.ts';
import { previewActivation, previewWithdrawal } from '../preview/preview-end.ts';
import { withdrawal } from './changes.ts';
import type { ApiDependencies } from './dependencies.ts';
import { uuid } from './fields.ts';

const params = z.object({ id: uuid });

const endPreview = z
  .object({
    controllers: z.number().int(),
    messages: z.array(
      z.object({
        kind: z.enum(MESSAGE_KINDS),
        language: z.enum(LANGUAGES),
        subject: z.string(),
        html: z.string(),
        text: z.string(),
      }),
    ),
  })
  .meta({
    id: 'EndPreview',
    description:
      'How many controllers would be told that a change has ended, and the mail in each language that a contact reads, made out to a sample controller. Of a change that is held nobody is told.',
    examples: [
      {
        controllers: 3,
        messages: [
          {
            kind: 'change-withdrawn',
            language: 'da',
            subject: 'TrueTalk: ny underdatabehandler Nordlys Hosting ApS – trukket tilbage [VS-0000-0000]',
            html: '<!doctype html>…',
            text: 'Den planlagte ændring er trukket tilbage…',
          },
        ],
      },
    ],
  });

/** Where the link of a sample leads: the page of a test notice of the same announcement, if one was sent. */
const sampleLink = (publicUrl: string) => (hash: string, language: Language) =>
  `${publicUrl}/samples/${hash}?lang=${language}`;

export const withdraw = query({
  operationId: 'previewWithdrawal',
  summary: 'See the mail that a withdrawal would send, and to how many; nothing is written (D63)',
  tag: 'Changes',
  scope: 'changes:withdraw',
  params,
  body: withdrawal,
  responses: { 200: endPreview },
  refusals: ['not-found', 'change-ended'],
  read: (pool, { params: { id }, body: { reason }, by }, { publicUrl }: ApiDependencies) =>
    inSnapshot(pool, (db) => previewWithdrawal(db, { id, by, link: sampleLink(publicUrl()) }, reason)),
});

export const activate = query({
  operationId: 'previewActivation',
  summary: 'See the mail that an activation would send, and to how many; nothing is written (D63)',
  tag: 'Changes',
  scope: 'changes:activate',
  params,
  responses: { 200: endPreview },
  refusals: ['not-found', 'change-ended'],
  read: (pool, { params: { id }, by }, { publicUrl }: ApiDependencies) =>
    inSnapshot(pool, (db) => previewActivation(db, { id, by, link: sampleLink(publicUrl()) })),
});
