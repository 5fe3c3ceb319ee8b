import { z } from 'zod';
import { WARNING_CODES } from '../domain/warning.ts';
import { flag } from './flag.ts';
import type { ApiResponse, Effects } from './operation.ts';

/** The query of an operation that can be tried without doing anything. */
export const dryRunQuery = z.strictObject({
  dryRun: flag.prefault('false').meta({
    description: 'true: says what the call would do, by doing it and rolling it back. Nothing is written or sent.',
  }),
});

/** Whether a validated query asks for a dry run. */
export function isDryRun(query: unknown): boolean {
  return (query as { readonly dryRun?: boolean } | undefined)?.dryRun === true;
}

const count = z.number().int();

/** What a call did, or would do. */
export const effects = {
  created: count,
  updated: count,
  unchanged: count,
  agreementsEnded: count,
  mails: count.meta({ description: 'Mails that go out because changes are announced (D7).' }),
};

export const warning = z.object({ code: z.enum(WARNING_CODES), message: z.string() }).meta({
  id: 'Warning',
  description: 'What looks wrong and is done all the same.',
  examples: [{ code: 'registration-number-shared', message: 'The registration number is also that of kunde-7' }],
});

/** The responses of an operation that takes `dryRunQuery`: with 200, what a dry run answers. */
export function withDryRun(responses: Readonly<Record<number, z.ZodType>>): Readonly<Record<number, z.ZodType>> {
  const [result] = Object.values(responses);
  if (result === undefined) throw new Error('an operation without a response');
  const [example] = (result.meta()?.examples as unknown[] | undefined) ?? [];
  const examples = [responseOf({ status: 200, body: example }).body];
  const dryRun = z
    .object({ dryRun: z.literal(true), ...effects, warnings: z.array(warning), result })
    .meta({ description: 'What a dry run answers. `result` is what the call would get as its response.', examples });
  const { 200: ok, ...others } = responses;
  return { ...others, 200: ok ? z.union([dryRun, ok]).meta({ examples: [example, ...examples] }) : dryRun };
}

/** What a dry run answers, made from what the command would have returned. */
export function responseOf({ status, body, effects: said }: ApiResponse): ApiResponse {
  const assumed: Effects = {
    created: status === 201 ? 1 : 0,
    updated: status === 201 ? 0 : 1,
    unchanged: 0,
    agreementsEnded: 0,
    mails: 0,
    warnings: [],
  };
  return { status: 200, body: { dryRun: true, ...assumed, ...said, result: body } };
}
