import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { APPROVAL_DECISIONS, type ApprovalDecision } from '../domain/approval.ts';
import { prefersJson } from '../web/prefers-json.ts';
import {
  field,
  formFields,
  isJson,
  MAX_CODE_LENGTH,
  MAX_EXPLANATION_LENGTH,
  MAX_NAME_LENGTH,
  oneLine,
  refuseFaults,
  typed,
  validated,
  type Fields,
  type Typed,
} from './form-fields.ts';

/** An answer to a request for approval as JSON; with a code alone, the second step of approving. */
export const answerFields = z.strictObject({
  decision: z.enum(APPROVAL_DECISIONS).nullish(),
  contentHash: field(64),
  name: field(MAX_NAME_LENGTH),
  role: field(MAX_NAME_LENGTH),
  comment: field(MAX_EXPLANATION_LENGTH),
  code: field(MAX_CODE_LENGTH),
});

/** The fields of an answer, as they were typed. */
export interface TypedAnswerFields {
  /** `null` where none was chosen. */
  readonly decision: ApprovalDecision | null;
  readonly contentHash: string;
  readonly name: Typed;
  readonly role: Typed;
  readonly comment: Typed;
  /** `null` where there was no field for it. */
  readonly code: string | null;
}

/** Reads an answer from a form or a JSON body. Throws `InvalidRequest` for a JSON body that does not fit its schema. */
export function readAnswer(request: FastifyRequest): TypedAnswerFields {
  const fields = fieldsOf(request, answerFields);
  const decision = APPROVAL_DECISIONS.find((each) => each === fields.decision) ?? null;
  const texts = {
    name: typed(oneLine(fields.name), MAX_NAME_LENGTH, ' '),
    role: typed(oneLine(fields.role), MAX_NAME_LENGTH, ' '),
    comment: typed(fields.comment, MAX_EXPLANATION_LENGTH, '\n\n'),
  };
  if (prefersJson(request)) refuseFaults(texts);
  return { decision, contentHash: textOf(fields.contentHash) ?? '', code: codeIn(fields), ...texts };
}

/** A code as JSON. */
export const codeFields = z.strictObject({ code: field(MAX_CODE_LENGTH) });

/** Reads a typed code; `null` where there is no field for it, so that one is to be mailed. A program may send no body. */
export function readCode(request: FastifyRequest): string | null {
  return codeIn(request.body === undefined ? {} : fieldsOf(request, codeFields));
}

/** Who may approve, as JSON. */
export const nominationFields = z.strictObject({
  name: field(MAX_NAME_LENGTH),
  role: field(MAX_NAME_LENGTH),
  email: field(254),
});
export type TypedNomination = Readonly<Record<'name' | 'role' | 'email', Typed>>;

/** Reads who may approve from a form or a JSON body, as `readAnswer` does. */
export function readNomination(request: FastifyRequest): TypedNomination {
  const fields = fieldsOf(request, nominationFields);
  const read = {
    name: typed(oneLine(fields.name), MAX_NAME_LENGTH, ' '),
    role: typed(oneLine(fields.role), MAX_NAME_LENGTH, ' '),
    email: typed(oneLine(fields.email), 254, ' '),
  };
  if (prefersJson(request)) refuseFaults(read);
  return read;
}

/** Whether a text says something that can be read. */
export function saysSomething({ text }: Typed): boolean {
  return /\p{L}/u.test(text);
}

function fieldsOf(request: FastifyRequest, schema: z.ZodType<Fields>): Fields {
  return isJson(request) ? validated(schema, request.body ?? {}) : formFields(request.body);
}

function codeIn({ code }: Fields): string | null {
  return textOf(code)?.slice(0, MAX_CODE_LENGTH) ?? null;
}

function textOf(value: Fields[string]): string | null {
  return typeof value === 'string' ? value : null;
}
