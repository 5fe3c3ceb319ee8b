import { z } from 'zod';
import { findChange } from '../db/changes.ts';
import { controllerOfChange } from '../db/evidence.ts';
import { notFound } from '../domain/refused.ts';
import { flag } from '../http/flag.ts';
import { query, type FileResponse } from '../http/operation.ts';
import type { ApiDependencies } from './dependencies.ts';
import { externalId, uuid } from './fields.ts';

const pack = z.string().meta({
  format: 'binary',
  examples: ['PK\u0003\u0004'],
  description:
    'A ZIP with a BagIt bag (RFC 8493). `sha256sum -c manifest-sha256.txt` in its folder checks the files, and `verify.sh` all of it. `Varsel-Pack-Controllers` says how many controllers it has. It is sent as it is made: one that breaks off has no end, and no program unpacks it.',
});

export const get = query({
  operationId: 'getEvidence',
  summary: 'The evidence pack of a change: what was planned, told, said and done, with its proofs (D54)',
  tag: 'Changes',
  scope: 'mails:read',
  params: z.object({ id: uuid }),
  query: z.strictObject({
    controller: externalId.optional().meta({
      description: 'One controller’s share: nothing of others, and without links and addresses that only it may use.',
    }),
    redacted: flag.optional().meta({ description: 'true: without what is of persons, and without mails.' }),
  }),
  responses: { 200: pack },
  refusals: ['not-found'],
  file: 'application/zip',
  read: async (
    db,
    { params: { id: wanted }, query: { controller: externalIdOf, redacted = false } },
    { packs }: ApiDependencies,
  ): Promise<FileResponse> => {
    const change = await findChange(db, wanted);
    if (change === null) throw notFound(`change ${wanted}`);
    const controller = externalIdOf === undefined ? null : await controllerOfChange(db, wanted, externalIdOf);
    if (externalIdOf !== undefined && controller === null) {
      throw notFound(`controller ${externalIdOf} of change ${wanted}`);
    }
    const { fileName, controllers, content } = await packs.open({ change, controller, isRedacted: redacted });
    return { content, name: fileName, headers: { 'varsel-pack-controllers': String(controllers) } };
  },
});
