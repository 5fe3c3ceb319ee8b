import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inputFaults, InvalidRequest } from '../domain/refused.ts';
import { MAX_REASONS_LENGTH } from '../domain/objection.ts';
import { charactersIn, storable } from '../domain/text.ts';
import { prefersJson } from '../web/prefers-json.ts';

export const MAX_NAME_LENGTH = 200;
/** The longest explanation of a withdrawal, in code points. */
export const MAX_EXPLANATION_LENGTH = 5_000;

/** Why a typed text cannot be accepted. */
export type Fault =
  { readonly because: 'too-long'; readonly limit: number; readonly found: number } | { readonly because: 'repeated' };

/** A text as it was typed, apart from what PostgreSQL cannot store, so that a page can show it again. */
export interface Typed {
  readonly text: string;
  readonly fault: Fault | null;
}

/** The fields of an objection. */
export interface Submission {
  readonly reasons: Typed;
  readonly name: Typed;
}

export const MAX_CODE_LENGTH = 100;

// The limits are judged by who reads the fields, and stand here for the documentation.
export const field = (maxLength: number) => z.string().meta({ maxLength }).nullish();
/** An objection as JSON. */
export const objectionFields = z.strictObject({ reasons: field(MAX_REASONS_LENGTH), name: field(MAX_NAME_LENGTH) });
/** A withdrawal as JSON. */
export const withdrawalFields = z.strictObject({
  code: field(MAX_CODE_LENGTH),
  explanation: field(MAX_EXPLANATION_LENGTH),
});

/** Reads an objection from a form or a JSON body. Throws `InvalidRequest` for a JSON body that does not fit its schema. */
export function readObjection(request: FastifyRequest): Submission {
  const fields = isJson(request) ? validated(objectionFields, request.body) : formFields(request.body);
  const submission = {
    reasons: typed(fields.reasons, MAX_REASONS_LENGTH, '\n\n'),
    name: typed(oneLine(fields.name), MAX_NAME_LENGTH, ' '),
  };
  if (prefersJson(request)) refuseFaults({ ...submission });
  return submission;
}

/** The fields of a withdrawal. */
export interface Withdrawal {
  /** As it was typed; `null` where there was no field for it, so that one is to be mailed. */
  readonly code: string | null;
  readonly explanation: Typed;
}

/** Reads a withdrawal from a form or a JSON body, as `readObjection` does. */
export function readWithdrawal(request: FastifyRequest): Withdrawal {
  // A program may send no body.
  const fields: Fields =
    isJson(request) && request.body !== undefined
      ? validated(withdrawalFields, request.body)
      : formFields(request.body);
  const explanation = typed(fields.explanation, MAX_EXPLANATION_LENGTH, '\n\n');
  const code = typeof fields.code === 'string' ? fields.code.slice(0, MAX_CODE_LENGTH) : null;
  if (prefersJson(request)) refuseFaults({ explanation });
  return { code, explanation };
}

/** Whether the box of a form was ticked. A program confirms by calling the address, with an empty object or nothing. */
export function isTicked(request: FastifyRequest): boolean {
  if (!isJson(request)) return prefersJson(request) || formFields(request.body).confirmed !== undefined;
  if (request.body !== undefined) validated(z.strictObject({}), request.body ?? {});
  return true;
}

/** Whether the body is JSON. */
export function isJson(request: FastifyRequest): boolean {
  return /^application\/json\b/i.test(request.headers['content-type'] ?? '');
}

export type Fields = Readonly<Record<string, string | readonly string[] | null | undefined>>;

/** A form's fields. Browsers send each line break as two characters: here each is one again, so that it counts once. */
export function formFields(body: unknown): Fields {
  const unixLines = (text: string) => text.replaceAll('\r\n', '\n');
  return Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, string | string[]>).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(unixLines) : unixLines(value),
    ]),
  );
}

export function validated<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  throw new InvalidRequest(inputFaults(error.issues));
}

export function oneLine(value: Fields[string]): Fields[string] {
  const onOneLine = (text: string) => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  if (value === null || value === undefined) return value;
  return typeof value === 'string' ? onOneLine(value) : value.map(onOneLine);
}

export function typed(value: Fields[string], limit: number, joint: string): Typed {
  if (value === null || value === undefined) return { text: '', fault: null };
  if (typeof value !== 'string') return { text: storable(value.join(joint)), fault: { because: 'repeated' } };
  const text = storable(value);
  const found = charactersIn(text);
  return { text, fault: found > limit ? { because: 'too-long', limit, found } : null };
}

export function refuseFaults(fields: Readonly<Record<string, Typed>>): void {
  const errors = Object.entries(fields).flatMap(([path, { fault }]) => {
    if (fault === null) return [];
    const message =
      fault.because === 'repeated'
        ? 'Expected the field once'
        : `Expected at most ${fault.limit} characters, found ${fault.found}`;
    return [{ path, message }];
  });
  if (errors.length > 0) throw new InvalidRequest(errors);
}
