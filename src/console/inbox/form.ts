import type { ProblemCode } from '../../http/problems.ts';
import { toProblem } from '../../http/errors.ts';
import { PROBLEMS } from '../../http/problems.ts';
import type { FormError } from '../../web/form-error.ts';
import { isOfThePage } from '../form-faults.ts';
import { consoleTextsIn } from '../frame-texts.ts';
import type { Form, Visit } from '../visit.ts';
import { inboxTextsIn, type InboxTexts } from './texts.ts';

/** What a form says in one field, without spaces around it; the first where it came twice. */
export function typed(form: Form, name: string): string {
  const value = form[name];
  return (typeof value === 'string' ? value : (value?.[0] ?? '')).trim();
}

/** The same as the API takes it: `null` where nothing was typed. */
export const orNull = (form: Form, name: string): string | null => typed(form, name) || null;

/** A form that was sent and refused: what was typed, and why. */
export interface Tried {
  readonly form: Form;
  readonly errors: readonly FormError[];
  readonly status: number;
  /** What can be proposed instead. */
  readonly offer?: string | null;
}

/** A page that is shown for the first time. */
export const UNTRIED: Tried = { form: {}, errors: [], status: 200 };

/** The field that a refusal is about, where it names none itself. */
const FIELDS: Readonly<Partial<Record<ProblemCode, string>>> = {
  'explanation-required': 'explanation',
  'authority-required': 'authority',
  'mail-unknown': 'mailId',
  'change-unknown': 'changeId',
  'controller-unknown': 'controller',
  'controller-not-in-change': 'controller',
};

/** What questions to tick, and which are no texts. */
const CHOICES = ['outcome', 'decision', 'subject'];

/** What an operation refused, as the form is shown again. Throws on what is no refusal. */
export function triedOf(error: unknown, { form, language }: Pick<Visit, 'form' | 'language'>): Tried {
  const problem = toProblem(error);
  if (problem === null || isOfThePage(problem.code)) throw error;
  const t = inboxTextsIn(language);
  const { code, detail, details } = problem;
  const { status } = PROBLEMS[code];
  if (code === 'invalid-request') {
    const errors = (details.errors ?? []).map(({ path }) => atField(path, t));
    return { form, status: 422, errors: errors.length > 0 ? errors : [general(detail, language)] };
  }
  const known = t.faults[code as keyof typeof t.faults] as string | undefined;
  const field = FIELDS[code] ?? null;
  if (known !== undefined && field !== null) {
    return { form, status, errors: [{ summary: known, field, message: known, notes: [] }] };
  }
  return { form, status, errors: [general(known ?? `${t.faults.other} ${detail}`, language)] };
}

function atField(path: string, t: InboxTexts): FormError {
  const field = path.replace(/^from\./, '');
  const message = CHOICES.includes(field) ? t.faults.choose : t.faults['too-long'];
  return { summary: message, field, message, notes: [] };
}

const general = (message: string, language: Visit['language']): FormError => ({
  summary: consoleTextsIn(language).failure.refused.heading,
  field: null,
  message,
  notes: [],
});
