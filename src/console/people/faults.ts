import { toProblem } from '../../http/errors.ts';
import type { FormError } from '../../web/form-error.ts';
import type { Texts } from './texts-da.ts';

type Fault = keyof Texts['faults'];

/** The field that each refusal is about; the others are about no field. */
const FIELDS: Partial<Record<Fault, string>> = {
  name: 'name',
  email: 'email',
  role: 'role',
  products: 'products',
  'person-exists': 'email',
  'role-given': 'role',
  forbidden: 'role',
};

/** The refusals of a form, in words beside their fields. Throws what is no refusal of it. */
export function faultsOf(error: unknown, t: Texts): FormError[] {
  const problem = toProblem(error);
  if (problem === null) throw error;
  if (problem.code === 'invalid-request') {
    const paths = (problem.details.errors ?? []).map(({ path }) => path.replace(/\..*$/, ''));
    return [...new Set(paths)].map((path) => faultIn(t, path in FIELDS ? (path as Fault) : 'other', problem.detail));
  }
  if (!(problem.code in t.faults)) throw error;
  return [faultIn(t, problem.code as Fault, problem.detail)];
}

function faultIn(t: Texts, fault: Fault, detail: string): FormError {
  const { summary, message } = t.faults[fault];
  return { summary, field: FIELDS[fault] ?? null, message: message === '' ? detail : message, notes: [] };
}

/** The message at each field. */
export function messagesOf(errors: readonly FormError[]): Record<string, string> {
  return Object.fromEntries(errors.flatMap(({ field, message }) => (field === null ? [] : [[field, message]])));
}
