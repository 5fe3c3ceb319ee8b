import { succeed, type Installation } from './storm-installation.ts';
import type { Round } from './storm-race.ts';

/** Where what controllers answer to a request is recorded and listed. */
export const approvalsOf = ({ changeId }: Pick<Round, 'changeId'>) => `/v1/changes/${changeId}/approvals`;

/** What a controller has approved and refused of a round's change. */
export async function saidBy(installation: Installation, round: Round, controller: string) {
  const { items } = await succeed(installation, 'GET', `${approvalsOf(round)}?controller=${controller}`);
  return items as { id: string; status: string }[];
}

/** Records an approval by letter, which a second officer has to confirm. Returns its id. */
export async function approve(installation: Installation, round: Round, controller: string): Promise<string> {
  const { id } = await succeed(installation, 'POST', approvalsOf(round), {
    ...received(installation, controller, 'approval'),
    from: { name: 'Dorthe Persson', role: 'Direktør' },
    statement: 'Vi godkender ændringen.',
    authority: 'Direktør efter CVR.',
  });
  return String(id);
}

/** Confirms an approval, as the second officer. */
export async function confirm(installation: Installation, id: string): Promise<void> {
  await succeed(installation, 'POST', `/v1/approvals/${id}/confirm`, undefined, { key: installation.secondKey });
}

/** A refusal by letter. */
export const refusal = (installation: Installation, controller: string) => ({
  ...received(installation, controller, 'refusal'),
  from: {},
});

/** Received a moment ago: the clock that judges it may be a second behind. */
function received(installation: Installation, controller: string, decision: 'approval' | 'refusal') {
  const receivedAt = Temporal.Instant.fromEpochMilliseconds(installation.now() - 1_000);
  return { controller, decision, channel: 'letter', receivedAt };
}
