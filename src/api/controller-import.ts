import { DIFFERING_FIELDS } from '../domain/controller-differences.ts';
import { InvalidRequest } from '../domain/refused.ts';
import { z } from 'zod';
import { dryRunQuery, effects, warning } from '../http/dry-run.ts';
import { streamedCommand } from '../http/operation.ts';
import { Problem } from '../http/problems.ts';
import { csv } from '../importing/csv.ts';
import { FIELDS, KEYED } from '../importing/csv-columns.ts';
import type { Format } from '../importing/format.ts';
import { importControllers } from '../importing/import-controllers.ts';
import { ndjson } from '../importing/ndjson.ts';
import { xlsx } from '../importing/xlsx.ts';
import { exampleController, importedController } from './controllers.ts';
import type { ApiDependencies } from './dependencies.ts';
import { language, productId } from './fields.ts';

const NDJSON = 'application/x-ndjson';
export const CSV = 'text/csv';

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const AS_CSV = `Of spreadsheets only an Excel workbook (.xlsx) is read as it is, sent as ${XLSX}. Save another as one, or as CSV (in Excel: File, Save as, "CSV UTF-8 (comma delimited)"; in Danish: "CSV UTF-8 (semikolonsepareret)"), and send that as text/csv.`;
/** How the files of spreadsheets begin: a ZIP archive, and the older format of Microsoft. */
const ZIPPED = Buffer.from('PK\u0003\u0004');
const OLDER = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

const line = z.number().int();
const nullableId = z.string().nullable();
const comparedContact = { email: z.string(), name: z.string(), language, mayApprove: z.boolean() };

const importResult = z
  .object({
    dryRun: z.boolean(),
    ...effects,
    rejected: z.array(
      z.object({
        line,
        externalId: nullableId,
        errors: z.array(z.object({ path: z.string(), message: z.string(), found: z.string().nullable() })),
      }),
    ),
    warnings: z.array(warning.extend({ line: line.nullable(), externalId: nullableId })),
    missing: z
      .object({ product: productId, controllers: z.number().int(), externalIds: z.array(z.string()) })
      .nullable(),
    sample: z.array(importedController),
    differences: z.array(
      z.object({
        line,
        externalId: z.string(),
        how: z.enum(['created', 'updated']),
        name: z.string(),
        differences: z.array(
          z.object({
            field: z.enum(DIFFERING_FIELDS),
            from: z.union([z.string(), z.object(comparedContact)]).nullable(),
            to: z.union([z.string(), z.object(comparedContact)]).nullable(),
          }),
        ),
      }),
    ),
    hash: z.string(),
  })
  .meta({
    id: 'ImportResult',
    description:
      'What was done, or would be. `rejected` names the lines that are not saved, each with what was expected and what was `found`. `missing` are the controllers whose agreement for the product of `endMissing` the file lacks, the first 100 by name. `sample` shows the first controllers as they were read, `differences` what is new or another of the first 200 that are. `hash` stands for the file and for what it does.',
    examples: [
      {
        dryRun: true,
        created: 24,
        updated: 1,
        unchanged: 310,
        agreementsEnded: 2,
        mails: 25,
        rejected: [
          {
            line: 7,
            externalId: 'kunde-1007',
            errors: [{ path: 'contacts', message: 'Expected at least one contact', found: '[]' }],
          },
        ],
        warnings: [
          {
            line: 9,
            externalId: 'kunde-1009',
            code: 'registration-number-doubtful',
            message: '10000003 is no Danish CVR number: its check digit is wrong',
          },
        ],
        missing: { product: 'truetalk', controllers: 2, externalIds: ['kunde-88', 'kunde-91'] },
        sample: [{ externalId: 'kunde-1001', ...exampleController }],
        differences: [
          {
            line: 2,
            externalId: 'kunde-1001',
            how: 'updated',
            name: 'Kunde A/S',
            differences: [
              { field: 'name', from: 'Kunden A/S', to: 'Kunde A/S' },
              {
                field: 'contact',
                from: null,
                to: { email: 'dpo@kunde.example', name: 'Dorthe Persson', language: 'da', mayApprove: true },
              },
            ],
          },
        ],
        hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      },
    ],
  });

/** `externalId:Kundenr,name:Firma`, as the column of each field. */
const columns = z
  .string()
  .max(2_000)
  .transform((text) => text.split(',').map(pairOf))
  .refine(
    (pairs) => pairs.every(([field, name]) => isField(field) && name !== ''),
    `Expected field:column, separated by commas; a field is one of ${FIELDS.join(', ')}, email2 and so on, metadata.… or termsVersions.…`,
  )
  .refine(
    (pairs) => [0, 1].every((side) => new Set(pairs.map((pair) => pair[side]?.toLowerCase())).size === pairs.length),
    'Expected each field and each column once',
  )
  .transform((pairs) => new Map(pairs))
  .optional()
  .meta({
    description:
      'Which column of a CSV or a workbook holds what, where the names of the columns do not say it: `externalId:Kundenr,name:Firma`.',
    examples: ['externalId:Kundenr,name:Firma'],
  });

function pairOf(pair: string): [string, string] {
  const at = pair.indexOf(':');
  return at < 0 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

function isField(text: string): boolean {
  return KEYED.test(text) || FIELDS.includes(text.replace(/(?<=email|contact|language)\d+$/, ''));
}

export const importAll = streamedCommand({
  operationId: 'importControllers',
  summary: 'Create or replace many controllers, from NDJSON, CSV or an Excel workbook, once the whole file is judged',
  tag: 'Controllers',
  scope: 'controllers:write',
  query: dryRunQuery.extend({
    columns,
    endMissing: productId.optional().meta({
      description:
        'Ends the agreements for this product of controllers that the file lacks. Takes the `hash` of a dry run, and a file without rejected lines.',
    }),
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'Expected the hash of a dry run')
      .optional()
      .meta({ description: 'Saves only what the dry run with this `hash` said; otherwise `import-outdated`.' }),
  }),
  body: z.string().meta({ examples: [JSON.stringify({ externalId: 'kunde-1001', ...exampleController })] }),
  consumes: [NDJSON, CSV, XLSX],
  notTaken: { mediaTypes: /^application\/\S*(?:spreadsheet|excel)/, detail: AS_CSV },
  responses: { 200: importResult },
  refusals: ['lines-rejected', 'import-outdated', 'product-unknown'],
  receive: async ({ pool }: ApiDependencies, { body, mediaType, query, by }) => {
    const { dryRun, endMissing = null, hash = null, columns: mapped = new Map<string, string>() } = query;
    const beginning = body.head.subarray(0, 4);
    if (beginning.equals(OLDER) || (beginning.equals(ZIPPED) && mediaType !== XLSX)) {
      throw new Problem('unsupported-media-type', AS_CSV);
    }
    if (mediaType === NDJSON && mapped.size > 0) {
      throw new InvalidRequest([{ path: 'columns', message: 'Expected none for NDJSON, which has no columns' }]);
    }
    const format: Format =
      mediaType === CSV ? await csv(body, mapped) : mediaType === XLSX ? await xlsx(body, mapped) : ndjson(body);
    const fingerprint = JSON.stringify([body.sha256, mediaType, [...mapped]]);
    const order = { format, fingerprint, dryRun, endMissing, hash };
    return importControllers(order, { pool, schema: importedController, by });
  },
});
