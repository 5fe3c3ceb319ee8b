import { z } from 'zod';
import { erasePerson } from '../commands/erase-person.ts';
import { onLongStatements } from '../db/postgres.ts';
import { namesPerson, rowsOfPerson } from '../db/erasing.ts';
import { instantText } from '../domain/instant.ts';
import { KEPT_BECAUSE, WHAT_TELLS } from '../domain/erasure.ts';
import { InvalidRequest } from '../domain/refused.ts';
import { ERASED_RESPONSE } from '../http/idempotency.ts';
import { preparedCommand, query } from '../http/operation.ts';
import type { ApiDependencies } from './dependencies.ts';
import { EXAMPLE_ID } from './examples.ts';
import { email, instantOut, prose, uuid } from './fields.ts';
import { exportPerson } from './person-export.ts';

const what = z.enum([...new Set(Object.values(WHAT_TELLS))]);
const because = z.enum(KEPT_BECAUSE).meta({
  description:
    '`retention`: the time to keep its case has not ended. `case-open`: its change or agreement goes on, or something that came in is unread. `legal-hold`: it is held. `undecided`: a mail that waits to be read or attributed. `in-use`: a setting, a key, an entry of the register, or about to be sent.',
});

const erased = z
  .object({
    id: uuid,
    erased: z.array(z.object({ what, count: z.number().int() })),
    kept: z.array(z.object({ what, count: z.number().int(), because, until: instantOut.nullable() })),
    cancelledMails: z.number().int(),
  })
  .meta({
    id: 'Erasure',
    description:
      'What was emptied at once, and what is kept, why and until when (D52); `until` is null where nobody can say yet. What is kept is emptied when its time ends. `id` names the erasure in the audit log, which does not name the person.',
    examples: [
      {
        id: EXAMPLE_ID,
        erased: [{ what: 'contact', count: 1 }],
        kept: [{ what: 'sent-mail', count: 2, because: 'retention', until: '2030-11-25T08:15:00.000Z' }],
        cancelledMails: 0,
      },
    ],
  });

export const erase = preparedCommand({
  operationId: 'erasePerson',
  summary:
    'Erase the person with this address: no mail any more, and nothing that no kept case needs (GDPR art. 17, D52)',
  tag: 'Persons',
  scope: 'persons:manage',
  takesFreshFactors: true,
  body: z.strictObject({ email, reason: prose(1_000) }).meta({
    examples: [{ email: 'dpo@kunde.example', reason: 'Asked for by the data subject on 24 November 2026' }],
  }),
  responses: { 200: erased },
  refusals: ['last-contact'],
  prepare: async ({ pool }: ApiDependencies, { body: { email: address, reason }, by }) => {
    if (await namesPerson(pool, reason, address)) {
      const message = 'Expected a reason that does not name the person: it stays on record';
      throw new InvalidRequest([{ path: 'reason', message }]);
    }
    const found = await onLongStatements(pool, (db) => rowsOfPerson(db, address, by.at));
    return async (tx) => {
      const done = await erasePerson(tx, { email: address, reason, found, storedInstead: ERASED_RESPONSE }, by);
      const kept = done.kept.map((each) => ({ ...each, until: each.until && instantText(each.until) }));
      return { status: 200, body: { ...done, kept } };
    };
  },
});

const content = z.record(z.string(), z.unknown());

const exported = z
  .object({
    email,
    names: z.array(z.string()),
    recipients: z.array(
      z.discriminatedUnion('who', [
        z.object({ who: z.literal('officers'), product: z.string(), address: z.string() }),
        z.object({ who: z.literal('contacts'), controller: z.string(), count: z.number().int() }),
      ]),
    ),
    items: z.array(
      z.object({
        what,
        controller: z.string().nullable(),
        changeId: uuid.nullable(),
        because: because.nullable(),
        until: instantOut.nullable(),
        content,
      }),
    ),
  })
  .meta({
    id: 'PersonExport',
    description:
      'Everything on record that tells of the person with this address: its own, and what names it (GDPR art. 15, D52). `recipients` got some of it: officers of a product, and so many other contacts of a controller. `because` and `until` say why something would be kept if the person were erased now. `raw` is a mail byte for byte, in Base64; what somebody else has written in it is theirs.',
    examples: [
      {
        email: 'dpo@kunde.example',
        names: ['Dorthe Persson'],
        recipients: [{ who: 'contacts', controller: 'kunde-1001', count: 1 }],
        items: [
          {
            what: 'contact',
            controller: 'kunde-1001',
            changeId: null,
            because: null,
            until: null,
            content: { id: EXAMPLE_ID, email: 'dpo@kunde.example', name: 'Dorthe Persson', language: 'da' },
          },
        ],
      },
    ],
  });

export const exportAll = query({
  operationId: 'exportPerson',
  summary: 'Everything on record about the person with this address, in one answer (GDPR art. 15, D52)',
  tag: 'Persons',
  scope: 'persons:manage',
  body: z.strictObject({ email }).meta({ examples: [{ email: 'dpo@kunde.example' }] }),
  responses: { 200: exported },
  refusals: [],
  read: (pool, { body: { email: address }, by }) => onLongStatements(pool, (db) => exportPerson(db, address, by.at)),
});
