import type { ProblemCode } from '../../http/problems.ts';
import { faultsOf, NO_FAULTS, type FormFaults } from '../form-faults.ts';
import type { Form, Visit } from '../visit.ts';
import { inboxTextsIn } from './texts.ts';

/** What a form says in one field, without spaces around it; the first where it came twice. */
export function typed(form: Form, name: string): string {
  const value = form[name];
  return (typeof value === 'string' ? value : (value?.[0] ?? '')).trim();
}

/** The same as the API takes it: `null` where nothing was typed. */
export const orNull = (form: Form, name: string): string | null => typed(form, name) || null;

/** A form that was sent and refused: what was typed, and why. */
export interface Tried extends FormFaults {
  readonly form: Form;
}

/** A page that is shown for the first time. */
export const UNTRIED: Tried = { ...NO_FAULTS, form: {} };

/** The field that a refusal is about, where it names none itself. */
const FIELDS: Readonly<Partial<Record<ProblemCode, string>>> = {
  'explanation-required': 'explanation',
  'authority-required': 'authority',
  'mail-unknown': 'mailId',
  'change-unknown': 'changeId',
  'controller-unknown': 'controller',
  'controller-not-in-change': 'controller',
};

/** What questions to tick, and what is typed. */
const CHOICES = ['outcome', 'decision', 'subject'];
const TEXTS = ['explanation', 'reasons', 'authority', 'name', 'role', 'mailId', 'changeId', 'controller', 'dismissal'];

/** What an operation refused, as the form is shown again. Throws on what is no refusal. */
export function triedOf(error: unknown, { form, language }: Pick<Visit, 'form' | 'language'>): Tried {
  const { faults: t, refusals } = inboxTextsIn(language);
  const words = (fields: readonly string[], expected: string) => fields.map((field) => [field, expected] as const);
  const faults = faultsOf(error, {
    language,
    fieldOf: { 'from.name': 'name', 'from.role': 'role' },
    fieldOfRefusal: FIELDS,
    expected: Object.fromEntries([...words(CHOICES, t.choose), ...words(TEXTS, t['too-long'])]),
    refusals,
  });
  return { ...faults, form };
}
