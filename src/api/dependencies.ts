import type { PackOffice } from '../evidence/pack-office.ts';
import type { OperationDependencies } from '../http/perform.ts';
import type { MailMarks } from '../mail/as-sent.ts';
import type { TestSending } from '../preview/test-notice.ts';
import type { References } from '../security/references.ts';
import type { WebhookSecrets } from '../security/webhook-secrets.ts';
import type { WebhookPoster } from '../webhooks/attempt.ts';
import type { TargetPolicy } from '../webhooks/target.ts';

/** What the API works with. */
export interface ApiDependencies extends OperationDependencies {
  readonly webhooks: WebhookDependencies;
  readonly references: References;
  /** What stands in our mails that is stored nowhere. */
  readonly mailMarks: MailMarks;
  readonly packs: PackOffice;
  readonly testSending: TestSending;
  /** Waits for so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** What webhooks are checked, signed and tested with. */
export interface WebhookDependencies {
  readonly targets: TargetPolicy;
  readonly poster: WebhookPoster;
  readonly secretOf: WebhookSecrets;
}
