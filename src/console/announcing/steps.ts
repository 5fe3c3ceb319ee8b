import { CHANGE_KINDS, type ChangeKind } from '../../domain/change.ts';
import { typedIn, type Fields } from './fields.ts';

/** The steps of announcing, in the order that they are taken. */
export const STEPS = ['about', 'company', 'places', 'reason', 'when', 'review'] as const;
export type Step = (typeof STEPS)[number];
/** The steps that have a form. */
export type FormStep = Exclude<Step, 'review'>;

/** The kind that is chosen; an addition until one is. */
export function kindOf(fields: Fields): ChangeKind {
  const typed = typedIn(fields, 'kind');
  return CHANGE_KINDS.find((kind) => kind === typed) ?? 'addition';
}

/** The steps of a change of this kind: who leaves has no places, and other bases are chosen place by place. */
export function stepsOf(kind: ChangeKind): Step[] {
  const isNeeded = (step: Step) =>
    (step !== 'places' || kind !== 'removal') && (step !== 'company' || kind !== 'transfer-basis');
  return STEPS.filter(isNeeded);
}

/** The step after this one of a change of this kind. */
export function stepAfter(step: Step, kind: ChangeKind): Step {
  const steps = stepsOf(kind);
  return steps[steps.indexOf(step) + 1] ?? 'review';
}

const BEGINNINGS: Readonly<Record<FormStep, readonly string[]>> = {
  about: ['product', 'kind', 'supersedes'],
  company: ['entry', 'subProcessor.', 'children.', 'wordingOnly.'],
  places: ['places.', 'entries'],
  reason: ['reason.'],
  when: [
    'plannedActivationOn',
    'farDate',
    'holdMinutes',
    'scope',
    'separation.',
    'regime.',
    'upstream.',
    'listedInTerms',
  ],
};

/** The step whose form has this field. */
export function stepOfField(field: string): FormStep {
  // `entries` begins as `entry` does not, and is of the places.
  const steps = Object.keys(BEGINNINGS) as FormStep[];
  return steps.find((step) => BEGINNINGS[step].some((beginning) => isOf(field, beginning))) ?? 'about';
}

function isOf(field: string, beginning: string): boolean {
  return beginning.endsWith('.')
    ? field.startsWith(beginning)
    : field === beginning || field.startsWith(`${beginning}.`);
}
