import type { EndpointAttempt } from '../commands/record-deliveries.ts';

/**
 * How an endpoint is served:
 * - `healthy`: with several posts at a time.
 * - `failing`: with one post at a time, until one succeeds.
 * - `closing`: no post begins any more; the endpoint is released when those under way are recorded.
 */
export type ServingState = 'healthy' | 'failing' | 'closing';

/** The state after an attempt. A failing endpoint that succeeds is released, and then served anew as a healthy one. */
export function stateAfter(
  state: ServingState,
  { delivered, isGone, notBefore }: Pick<EndpointAttempt, 'delivered' | 'isGone' | 'notBefore'>,
): ServingState {
  if (state === 'closing' || isGone || notBefore !== null) return 'closing';
  if (!delivered) return 'failing';
  return state === 'failing' ? 'closing' : 'healthy';
}
