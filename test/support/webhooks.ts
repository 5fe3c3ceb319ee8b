import type { WebhookDependencies } from '../../src/api/dependencies.ts';
import { webhookSecrets } from '../../src/security/webhook-secrets.ts';
import { webhookPoster } from '../../src/webhooks/attempt.ts';
import { resolveHost, type TargetPolicy } from '../../src/webhooks/target.ts';

export const APP_SECRET = 'a secret of the tests, of more than 32 bytes';

/** What endpoints are managed and posted to with: receivers on loopback are let through, unless the policy says otherwise. */
export function webhooksUnderTest(policy: Partial<TargetPolicy> = {}, deadlineMs?: number): WebhookDependencies {
  const targets: TargetPolicy = { allowHttp: true, allowPrivate: true, resolve: resolveHost, ...policy };
  return {
    targets,
    poster: webhookPoster(targets, deadlineMs === undefined ? {} : { deadlineMs }),
    secretOf: webhookSecrets(APP_SECRET),
  };
}
