import { make } from '../../api/proposals.ts';
import { faultsOf, NO_FAULTS, textOf, type FormFaults } from '../form-faults.ts';
import { consolePage } from '../page.ts';
import { proposalTextsIn } from './texts.ts';

/**
 * What a page offers in the place of a button that does an act, where two people have to do it (D61): to propose the same, given as the
 * API takes it. The part `/console/views/parts/propose` shows it as `offer`.
 */
export const offerOf = (act: object): string => JSON.stringify(act);

/**
 * The faults of a form, and the offer where it was refused because two people have to do it, which is the way and no fault. Without an
 * act nothing can be offered, and it is a fault as any other.
 */
export function withOffer(faults: FormFaults, act: object | null): { faults: FormFaults; offer: string | null } {
  if (faults.code !== 'second-person-needed' || act === null) return { faults, offer: null };
  return { faults: { ...faults, errors: [], faults: {} }, offer: offerOf(act) };
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
    faults = faultsOf(error, { language: visit.language, expected: {}, refusals: t.refusals });
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
