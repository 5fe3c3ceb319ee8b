import { approve, cancel, reject } from '../../api/proposal-decisions.ts';
import type { ConsoleDependencies } from '../dependencies.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { pageOf, type RefusedForm } from './proposal-page.ts';

const textOf = (visit: Visit, field: string): string => {
  const value = visit.form[field];
  return typeof value === 'string' ? value.trim() : '';
};

/** `POST /console/proposals/:id/approve`: what is proposed is done, by the hash that was read. It cannot be undone. */
export const approveProposal = consolePage(
  'proposals:approve',
  (visit, dependencies) =>
    decided(visit, dependencies, { field: null, typed: '' }, () =>
      visit.perform(approve, { params: visit.params, body: { hash: textOf(visit, 'hash') } }),
    ),
  { takesFreshFactors: true },
);

/** `POST /console/proposals/:id/reject`. */
export const rejectProposal = consolePage('proposals:approve', (visit, dependencies) => {
  const reason = textOf(visit, 'reject-reason');
  return decided(visit, dependencies, { field: 'reject-reason', typed: reason }, () =>
    visit.perform(reject, { params: visit.params, body: { reason } }),
  );
});

/** `POST /console/proposals/:id/cancel`. */
export const cancelProposal = consolePage('proposals:write', (visit, dependencies) => {
  const reason = textOf(visit, 'cancel-reason');
  return decided(visit, dependencies, { field: 'cancel-reason', typed: reason }, () =>
    visit.perform(cancel, { params: visit.params, body: { reason } }),
  );
});

/** Back to the proposal; or the page with what was typed, and why it was refused. */
async function decided(
  visit: Visit,
  dependencies: ConsoleDependencies,
  form: Omit<RefusedForm, 'error'>,
  decide: () => Promise<unknown>,
): Promise<Shown> {
  try {
    await decide();
  } catch (error) {
    return pageOf(visit, dependencies, { ...form, error });
  }
  return { to: `/console/proposals/${visit.params['id'] ?? ''}` };
}
