import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { InvalidRequest } from '../domain/refused.ts';
import { MAX_REASONS_LENGTH } from '../domain/objection.ts';

const MAX_NAME_LENGTH = 200;
/** So much can be said with a withdrawal. */
export const MAX_EXPLANATION_LENGTH = 5_000;

/** Why a typed text cannot be taken as it is. */
export type Fault =
  { readonly because: 'too-long'; readonly limit: number; readonly found: number } | { readonly because: 'repeated' };

/** A text as it was typed, made storable and otherwise as it came, so that a page can give it back. */
export interface Typed {
  readonly text: string;
  readonly fault: Fault | null;
}

/** What came with a POST. */
export interface Submission {
  readonly reasons: Typed;
  readonly name: Typed;
}

const objectionFields = z.strictObject({ reasons: z.string().nullish(), name: z.string().nullish() });
const withdrawalFields = z.strictObject({ explanation: z.string().nullish() });

/** Reads the objection out of a form or a JSON body. A JSON body that does not fit its schema is an `InvalidRequest`. */
export function readObjection(request: FastifyRequest): Submission {
  const fields = isJson(request) ? validated(objectionFields, request.body) : formFields(request.body);
  const submission = {
    reasons: typed(fields.reasons, MAX_REASONS_LENGTH, '\n\n'),
    name: typed(oneLine(fields.name), MAX_NAME_LENGTH, ' '),
  };
  if (prefersJson(request)) refuseFaults(submission);
  return submission;
}

/** What comes with a withdrawal. */
export interface Withdrawal {
  readonly explanation: Typed;
  /** Whether a person has said so: ticked the box. A program that calls this address has. */
  readonly isConfirmed: boolean;
}

/** Reads a withdrawal, by the same rules. */
export function readWithdrawal(request: FastifyRequest): Withdrawal {
  // From a program it needs no body at all.
  const fields: Fields =
    isJson(request) && request.body !== undefined
      ? validated(withdrawalFields, request.body)
      : formFields(request.body);
  const explanation = typed(fields.explanation, MAX_EXPLANATION_LENGTH, '\n\n');
  if (!prefersJson(request)) return { explanation, isConfirmed: fields.confirmed !== undefined };
  refuseFaults({ explanation });
  return { explanation, isConfirmed: true };
}

/** Whether the body is JSON. */
function isJson(request: FastifyRequest): boolean {
  return /^application\/json\b/i.test(request.headers['content-type'] ?? '');
}

/** Whether the caller is a program: it sends JSON, or asks for JSON and not for a page. */
export function prefersJson(request: FastifyRequest): boolean {
  const { accept = '', 'content-type': contentType = '' } = request.headers;
  return /\bjson\b/i.test(contentType) || (/\bjson\b/i.test(accept) && !/\bhtml\b/i.test(accept));
}

type Fields = Readonly<Record<string, string | readonly string[] | null | undefined>>;

/** A form's fields with the line ends that were typed: browsers send each as two characters, which would count double. */
function formFields(body: unknown): Fields {
  const unixLines = (text: string) => text.replaceAll('\r\n', '\n');
  return Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, string | string[]>).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(unixLines) : unixLines(value),
    ]),
  );
}

function validated<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  throw new InvalidRequest(
    error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'Unknown field' }))
        : [{ path: issue.path.join('.'), message: issue.message }],
    ),
  );
}

function oneLine(value: Fields[string]): Fields[string] {
  const onOneLine = (text: string) => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  if (value === null || value === undefined) return value;
  return typeof value === 'string' ? onOneLine(value) : value.map(onOneLine);
}

/** PostgreSQL stores neither U+0000 nor half of a surrogate pair, and no objection is to be lost for one. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}

function typed(value: Fields[string], limit: number, joint: string): Typed {
  if (value === null || value === undefined) return { text: '', fault: null };
  if (typeof value !== 'string') return { text: storable(value.join(joint)), fault: { because: 'repeated' } };
  const text = storable(value);
  const found = charactersIn(text);
  return { text, fault: found > limit ? { because: 'too-long', limit, found } : null };
}

/** How long a text is: in code points, as the database counts, and not in halves of emoji. */
export function charactersIn(text: string): number {
  let characters = 0;
  for (const _ of text) characters += 1;
  return characters;
}

function refuseFaults(fields: Submission | { explanation: Typed }): void {
  const errors = Object.entries<Typed>({ ...fields }).flatMap(([path, { fault }]) => {
    if (fault === null) return [];
    const message =
      fault.because === 'repeated'
        ? 'Expected the field once'
        : `Expected at most ${fault.limit} characters, found ${fault.found}`;
    return [{ path, message }];
  });
  if (errors.length > 0) throw new InvalidRequest(errors);
}
