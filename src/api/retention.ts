import { z } from 'zod';
import { countDueRows, endingCases, readableRows } from '../db/retention.ts';
import { instantText } from '../domain/instant.ts';
import { CASE_ENDS, monthOf, RETENTION_CLASSES, type RetentionClass } from '../domain/retention.ts';
import { query } from '../http/operation.ts';
import { EXAMPLE_ID } from './examples.ts';
import { externalId, instantOut, productId, uuid } from './fields.ts';

const MONTH = /^(000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3})-(0[1-9]|1[0-2])$/;

const retentionPreview = z
  .object({
    month: z.string(),
    from: instantOut,
    to: instantOut,
    classes: z.array(z.object({ class: z.enum(RETENTION_CLASSES), rows: z.number().int() })),
    cases: z.array(
      z.object({
        change: uuid,
        product: productId,
        because: z.enum(CASE_ENDS),
        endedFrom: instantOut,
        endedTo: instantOut,
        cases: z.number().int(),
        held: z.number().int(),
        controllers: z.array(externalId),
      }),
    ),
  })
  .meta({
    id: 'RetentionPreview',
    description:
      'What would be emptied in a month, `from` its first instant and before `to`, by the rules and legal holds of now (D51). `classes` count rows that still tell of persons; what a hold keeps is not among them. `cases` are those whose time ends then, by change and reason: `endedFrom` and `endedTo` are when the first and the last of them ended, `held` how many of them a legal hold keeps, `controllers` the first hundred.',
    examples: [
      {
        month: '2030-12',
        from: '2030-11-30T23:00:00.000Z',
        to: '2030-12-31T23:00:00.000Z',
        classes: [{ class: 'case', rows: 41 }],
        cases: [
          {
            change: EXAMPLE_ID,
            product: 'truetalk',
            because: 'change-withdrawn',
            endedFrom: '2026-12-03T09:00:00.000Z',
            endedTo: '2026-12-03T09:00:00.000Z',
            cases: 2,
            held: 0,
            controllers: ['kunde-1001', 'kunde-1002'],
          },
        ],
      },
    ],
  });

export const preview = query({
  operationId: 'previewRetention',
  summary: 'What of persons would be emptied in a month, because its time ends',
  tag: 'Retention',
  scope: 'retention:manage',
  query: z.strictObject({
    month: z
      .string()
      .regex(MONTH, 'Expected a month like 2030-12')
      .optional()
      .meta({ maxLength: 7, description: 'A month of the Danish calendar, like 2030-12; the next one unless given.' }),
  }),
  responses: { 200: retentionPreview },
  refusals: [],
  read: async (db, { query: { month: name }, by: { at: now } }) => {
    const month = monthOf(name, now);
    const counted = new Map<RetentionClass, number>();
    for (const kept of (await readableRows(db)).filter(({ isFollowing }) => !isFollowing)) {
      let after: readonly string[] | null = null;
      do {
        const part: Awaited<ReturnType<typeof countDueRows>> = await countDueRows(db, kept, { now, month, after });
        counted.set(kept.class, (counted.get(kept.class) ?? 0) + part.found);
        after = part.last;
      } while (after !== null);
    }
    const cases = await endingCases(db, now, month);
    return {
      month: month.name,
      from: instantText(month.from),
      to: instantText(month.to),
      classes: RETENTION_CLASSES.map((each) => ({ class: each, rows: counted.get(each) ?? 0 })),
      cases: cases.map(({ endedFrom, endedTo, ...shown }) => ({
        ...shown,
        endedFrom: instantText(endedFrom),
        endedTo: instantText(endedTo),
      })),
    };
  },
});
