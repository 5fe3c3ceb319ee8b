import { toProblem } from '../http/errors.ts';
import { PROBLEMS, type ProblemCode } from '../http/problems.ts';
import type { Language } from '../domain/text.ts';
import type { FormError } from '../web/form-error.ts';
import { problemInWords } from './problem-words.ts';
import type { Form } from './visit.ts';

/** How the faults of an operation are told on the form that sent it. */
export interface FaultWords {
  readonly language: Language;
  /** Which field shows the faults of a path: `contacts.0.email` is found by `contacts`, too. Without one, a path is its own field. */
  readonly fieldOf?: Readonly<Record<string, string>>;
  /** Which field a refusal is told at, where it names none of the form. */
  readonly fieldOfRefusal?: Partial<Readonly<Record<ProblemCode, string>>>;
  /** What is expected of a field: told where something else was typed. */
  readonly expected: Readonly<Record<string, string>>;
  /** What a refusal means here, where more is known than `problemInWords` does. */
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

/** What is wrong with a field, in words, that a page finds by itself: thrown among what the API refuses. */
export class FieldFault extends Error {
  override readonly name = 'FieldFault';
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** A form without faults. */
export const NO_FAULTS: FormFaults = { status: 200, code: null, errors: [], faults: {} };

/** What is shown as a page of its own, because nothing typed could mend it. */
const OF_THE_PAGE: readonly ProblemCode[] = ['forbidden', 'not-found', 'internal-error', 'overloaded', 'not-ready'];

/**
 * What the API refused, in words beside the fields of the form, in the order of the fields in `expected`. Throws what no form can mend,
 * unless the form has words for it.
 */
export function faultsOf(
  error: unknown,
  { language, fieldOf = {}, fieldOfRefusal = {}, expected, refusals = {} }: FaultWords,
): FormFaults {
  if (error instanceof FieldFault) return formFaults('invalid-request', [error]);
  const problem = toProblem(error);
  if (problem === null) throw error;
  const { code } = problem;
  const said = refusals[code];
  if (said === undefined && OF_THE_PAGE.includes(code)) throw error;
  const inWords = said ?? problemInWords(code, language);
  const isIllFormed = said === undefined && code === 'invalid-request';
  const found = (problem.details.errors ?? []).map(({ path }) => {
    const field = fieldOfRefusal[code] ?? fieldAt(path, fieldOf, expected);
    return { field, message: (isIllFormed && field !== null ? expected[field] : undefined) ?? inWords };
  });
  // One field has one fault, however many the API found in it.
  const told = found.filter(
    ({ field, message }, index) =>
      found.findIndex((other) => (field === null ? other.message === message : other.field === field)) === index,
  );
  const whole = { field: fieldOfRefusal[code] ?? null, message: inWords };
  const fields = Object.keys(expected);
  const inOrder = told.toSorted((a, b) => fields.indexOf(a.field ?? '') - fields.indexOf(b.field ?? ''));
  return formFaults(code, inOrder.length > 0 ? inOrder : [whole]);
}

interface Told {
  /** `null` for a fault of the form as a whole. */
  readonly field: string | null;
  readonly message: string;
}

function formFaults(code: ProblemCode, told: readonly Told[]): FormFaults {
  const faults = told.flatMap(({ field, message }) => (field === null ? [] : [[field, message] as const]));
  return { status: PROBLEMS[code].status, code, errors: told.map(errorOf), faults: Object.fromEntries(faults) };
}

/** A fault as the summary above a form shows it. */
export const errorOf = ({ field, message }: Told): FormError => ({ summary: message, field, message, notes: [] });

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
