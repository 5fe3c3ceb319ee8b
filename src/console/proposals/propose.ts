import { make } from '../../api/proposals.ts';
import type { ProblemCode } from '../../http/problems.ts';
import { faultsOf, NO_FAULTS, textOf } from '../form-faults.ts';
import { consolePage } from '../page.ts';
import { proposalTextsIn } from './texts.ts';

/**
 * What a page offers that was refused because two people have to do it (D61): to propose the same act, given as the API takes it. `null`
 * where it was refused with another code, or not at all. The part `/console/views/parts/propose` shows it as `offer`.
 */
export function offerOf(code: ProblemCode | null, act: object | null): string | null {
  return code === 'second-person-needed' && act !== null ? JSON.stringify(act) : null;
}

/** `POST /console/proposals`: proposes what a page has offered to propose, for another person to approve (D60). */
export const propose = consolePage('proposals:write', async (visit) => {
  const t = proposalTextsIn(visit.language);
  const offer = textOf(visit.form, 'act');
  let faults = NO_FAULTS;
  try {
    const made = await visit.perform(make, { body: actIn(offer) });
    return { to: `/console/proposals/${(made.body as { id: string }).id}` };
  } catch (error) {
    faults = faultsOf(error, { expected: {}, refusals: t.refusals });
  }
  return {
    view: 'console/proposals/views/propose',
    title: t.propose,
    status: faults.status,
    isError: true,
    model: { heading: t.propose, errors: faults.errors, offer },
  };
});

/** What is no JSON, the API refuses. */
function actIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
