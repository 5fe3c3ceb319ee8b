import { toProblem } from '../http/errors.ts';
import { PROBLEMS, type ProblemCode } from '../http/problems.ts';
import type { FormError } from '../web/form-error.ts';
import type { Form } from './visit.ts';

/** How the faults of an operation are told on the form that sent it. */
export interface FaultWords {
  /** Which field shows the faults of a path: `contacts.0.email` is found by `contacts`, too. Without one, a path is its own field. */
  readonly fieldOf?: Readonly<Record<string, string>>;
  /** What is expected of a field. */
  readonly expected: Readonly<Record<string, string>>;
  /** What a refusal means. */
  readonly refusals?: Partial<Readonly<Record<ProblemCode, string>>>;
}

/** What a form shows of its faults: the summary above it, and the words at each field. */
export interface FormFaults {
  readonly status: number;
  /** What it was refused with; `null` of a form without faults. */
  readonly code: ProblemCode | null;
  readonly errors: readonly FormError[];
  readonly faults: Readonly<Record<string, string>>;
}

/** A form without faults. */
export const NO_FAULTS: FormFaults = { status: 200, code: null, errors: [], faults: {} };

/** What is shown as a page of its own, because nothing typed could mend it; also the one that asks for two factors. */
const OF_THE_PAGE: readonly ProblemCode[] = [
  'factors-needed',
  'forbidden',
  'not-found',
  'internal-error',
  'overloaded',
  'not-ready',
];

/** Whether no form can mend what was refused with this code. */
export const isOfThePage = (code: ProblemCode) => OF_THE_PAGE.includes(code);

/**
 * What the API refused, in words beside the fields of the form. What has no words of ours is told in the API's own. Throws what no
 * form can mend.
 */
export function faultsOf(error: unknown, { fieldOf = {}, expected, refusals = {} }: FaultWords): FormFaults {
  const problem = toProblem(error);
  if (problem === null || isOfThePage(problem.code)) throw error;
  const said = refusals[problem.code];
  const found = (problem.details.errors ?? []).map(({ path, message }) => {
    const field = fieldAt(path, fieldOf, expected);
    return { field, message: said ?? (field === null ? undefined : expected[field]) ?? message };
  });
  // One field has one fault, however many the API found in it.
  const told = found.filter(
    ({ field, message }, index) =>
      found.findIndex((other) => (field === null ? other.message === message : other.field === field)) === index,
  );
  const errors = (told.length > 0 ? told : [{ field: null, message: said ?? problem.detail }]).map(
    ({ field, message }) => ({ summary: message, field, message, notes: [] }),
  );
  const faults = errors.flatMap(({ field, message }) => (field === null ? [] : [[field, message] as const]));
  return { status: PROBLEMS[problem.code].status, code: problem.code, errors, faults: Object.fromEntries(faults) };
}

function fieldAt(
  path: string,
  fieldOf: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, string>>,
): string | null {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('.'), 0))) {
    const field = fieldOf[at] ?? (expected[at] === undefined ? undefined : at);
    if (field !== undefined) return field;
  }
  return null;
}

/** The text of a field of a form, without spaces around it: the first where it came twice, the empty text where it is missing. */
export function textOf(form: Form, field: string): string {
  const value = form[field];
  return (typeof value === 'string' ? value : (value?.[0] ?? '')).trim();
}

/** The same as the API takes it: `null` where nothing was typed. */
export const textOrNull = (form: Form, field: string): string | null => textOf(form, field) || null;

/** The texts of a field of which there are several, like boxes that are ticked. */
export function textsOf(form: Form, field: string): readonly string[] {
  const value = form[field];
  return typeof value === 'string' ? [value] : (value ?? []);
}
