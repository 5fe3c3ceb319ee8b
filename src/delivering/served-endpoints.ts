import type { Log } from '../domain/log.ts';
import type { ServedEndpoint } from './serve-endpoint.ts';

/** The endpoints that this process serves now. */
export interface ServedEndpoints {
  count(): number;
  add(webhookId: string, endpoint: ServedEndpoint): void;
  /** Has each of them find what was written since it found nothing more. */
  lookAgain(): void;
  /** Resolves when those of this moment have been released, and `released` has ended for each. */
  allReleased(): Promise<void>;
}

/** `released` is called when an endpoint has been released, whether or not it could be served. */
export function servedEndpoints(log: Log, released: () => Promise<void>): ServedEndpoints {
  const served = new Map<string, { readonly endpoint: ServedEndpoint; readonly gone: Promise<void> }>();
  return {
    count: () => served.size,
    add(webhookId, endpoint) {
      const gone = endpoint.ended
        .catch((error: unknown) => log.error({ err: error, webhook: webhookId }, 'an endpoint could not be served'))
        .then(() => {
          served.delete(webhookId);
          return released();
        });
      served.set(webhookId, { endpoint, gone });
    },
    lookAgain() {
      for (const { endpoint } of served.values()) endpoint.lookAgain();
    },
    async allReleased() {
      await Promise.all([...served.values()].map(({ gone }) => gone));
    },
  };
}
