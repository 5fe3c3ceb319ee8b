import type { Response } from './calls.ts';
import { until } from './narrator.ts';
import { showProgress } from './progress.ts';
import type { Stage } from './stage.ts';

/** Slower than this, something is wrong: the embedded mailbox takes some hundreds a second. */
const SLOWEST_NOTICES_PER_SECOND = 20;
const NOTICES_WAIT_MS = 20_000;

export interface Announced {
  readonly id: string;
  readonly announcedAt: string;
  readonly controllers: { readonly total: number };
  readonly notices: { readonly total: number };
}

/** Waits until every controller is notified of a change, and shows how far it is. Returns the change as it is then. */
export async function awaitAllNotices(
  { calls }: Stage,
  { id, notices, controllers: { total } }: Announced,
): Promise<Response['body']> {
  const progress = showProgress(process.stdout, notices.total);
  const change = await until(
    'every controller is notified',
    async () => {
      const { body } = await calls.read(`/v1/changes/${id}`);
      progress.update(body.notices.accepted, body.sending);
      return body.controllers.notified === total ? body : null;
    },
    { withinMs: NOTICES_WAIT_MS + (notices.total / SLOWEST_NOTICES_PER_SECOND) * 1_000, everyMs: 250 },
  );
  progress.end();
  return change;
}
