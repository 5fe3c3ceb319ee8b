import { approve, cancel, reject } from '../../api/proposal-decisions.ts';
import type { ConsoleDependencies } from '../dependencies.ts';
import { faultsOf, textOf } from '../form-faults.ts';
import { consolePage, type ConsolePage, type Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { pageOf } from './proposal-page.ts';
import { proposalTextsIn } from './texts.ts';

/** A form that was kept is shown again on the page of its proposal. */
const ON_ITS_PAGE: Pick<ConsolePage, 'showAgain'> = { showAgain: (visit, dependencies) => pageOf(visit, dependencies) };

/** `POST /console/proposals/:id/approve`: what is proposed is done, by the hash that was read. It cannot be undone. */
export const approveProposal = consolePage(
  'proposals:approve',
  (visit, dependencies) => decided(visit, dependencies, approve, { hash: textOf(visit.form, 'hash') }),
  { ...ON_ITS_PAGE, takesFreshFactors: true },
);

/** `POST /console/proposals/:id/reject`. */
export const rejectProposal = consolePage(
  'proposals:approve',
  (visit, dependencies) => decided(visit, dependencies, reject, { reason: textOf(visit.form, 'reject-reason') }),
  ON_ITS_PAGE,
);

/** `POST /console/proposals/:id/cancel`. */
export const cancelProposal = consolePage(
  'proposals:write',
  (visit, dependencies) => decided(visit, dependencies, cancel, { reason: textOf(visit.form, 'cancel-reason') }),
  ON_ITS_PAGE,
);

/** Back to the proposal; or the page with what was typed, and why it was refused. */
async function decided(
  visit: Visit,
  dependencies: ConsoleDependencies,
  decision: Parameters<Visit['perform']>[0],
  body: object,
): Promise<Shown> {
  const { params, form, language } = visit;
  try {
    await visit.perform(decision, { params, body });
    return { to: `/console/proposals/${params['id'] ?? ''}` };
  } catch (error) {
    const { reasonMissing, refusals } = proposalTextsIn(language);
    // The page has two forms with a reason, each with a field of its own name.
    const reason = 'cancel-reason' in form ? 'cancel-reason' : 'reject-reason';
    const said = { fieldOf: { reason }, expected: { [reason]: reasonMissing } };
    return pageOf(visit, dependencies, faultsOf(error, { language, ...said, refusals }));
  }
}
