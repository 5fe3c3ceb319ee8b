import type { DisabledBecause } from '../../domain/webhook.ts';
import type { Language } from '../../domain/text.ts';
import type { Cell } from './page-model.ts';
import { settingsWords } from './texts.ts';

/** Where webhooks are. */
export const WEBHOOKS = '/console/settings/webhooks';

/** A webhook as the API shows it. */
export interface ShownWebhook {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly products: readonly string[] | null;
  readonly description: string | null;
  readonly rateLimit: number | null;
  readonly enabled: boolean;
  readonly disabledBecause: DisabledBecause | null;
  readonly failingSince: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly secretRotatedAt: string | null;
  readonly previousSecretValidUntil: string | null;
  readonly deliveries: { readonly pending: number; readonly failed: number };
}

/** The events that it is told of, as its form has them. */
export const eventsInWords = ({ events }: ShownWebhook, language: Language): string =>
  events.map((event) => (event === '*' ? settingsWords(language).webhooks.allEvents : event)).join(', ');

/** Whether a webhook is on, and answers. */
export function stateOf({ enabled, disabledBecause, failingSince }: ShownWebhook, language: Language): Cell & object {
  const { webhooks: t } = settingsWords(language);
  if (!enabled) return { text: t.off[disabledBecause ?? 'by-admin'], tag: 'rejected' };
  return failingSince === null ? { text: t.on, tag: 'resolved' } : { text: t.failing, tag: 'rejected' };
}
