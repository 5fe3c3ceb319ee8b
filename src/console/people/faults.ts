import type { ProblemCode } from '../../http/problems.ts';
import { faultsOf, type FormFaults } from '../form-faults.ts';
import type { Visit } from '../visit.ts';
import { peopleTextsIn } from './texts.ts';

/** The field that each refusal is about; the others are about no field. */
const FIELDS: Partial<Readonly<Record<ProblemCode, string>>> = { 'role-given': 'role', forbidden: 'role' };

/** The refusals of a form about a person, in words beside their fields. Throws what no form can mend. */
export function faultsIn({ language }: Pick<Visit, 'language'>, error: unknown): FormFaults {
  const { expected, refusals } = peopleTextsIn(language);
  return faultsOf(error, { language, fieldOfRefusal: FIELDS, expected, refusals });
}
