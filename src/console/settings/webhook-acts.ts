import * as deliveries from '../../api/webhook-deliveries.ts';
import * as secrets from '../../api/webhook-secrets.ts';
import * as webhooks from '../../api/webhooks.ts';
import { faultsOf, textOf } from '../form-faults.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { settingsPage } from './page-model.ts';
import { beginningOfDay, momentInWords } from '../times.ts';
import { settingsWords } from './texts.ts';
import { WEBHOOKS, type ShownWebhook } from './webhook-shown.ts';
import { webhookPage } from './webhooks.ts';

const paramsOf = ({ params }: Visit) => ({ id: params['id'] ?? '' });
const pathOf = (visit: Visit) => `${WEBHOOKS}/${paramsOf(visit).id}`;

/** `POST /console/settings/webhooks/:id/test`: sends a test, and shows what the receiver said. */
export const testWebhook = consolePage('webhooks:manage', async (visit) => {
  const { webhooks: t, ...words } = settingsWords(visit.language);
  const { body } = await visit.perform(deliveries.sendTest, { params: paramsOf(visit) });
  const { delivered, status, error, response, durationMs, startedAt } = body as {
    delivered: boolean;
    status: number | null;
    error: string | null;
    response: string | null;
    durationMs: number;
    startedAt: string;
  };
  return settingsPage({
    heading: t.testHeading,
    back: { href: pathOf(visit), text: t.toWebhook },
    notice: t.tested[`${delivered}`],
    sections: [
      {
        id: 'answer',
        heading: t.answer,
        facts: [
          { name: words.when, value: momentInWords(startedAt, visit.language) },
          ...(status === null ? [] : [{ name: t.httpStatus, value: String(status) }]),
          ...(error === null ? [] : [{ name: t.error, value: error }]),
          { name: t.duration, value: t.milliseconds(durationMs) },
        ],
        ...(response !== null && response !== '' && { code: response }),
      },
    ],
  });
});

/** `POST /console/settings/webhooks/:id/enable`. */
export const enableWebhook = consolePage('webhooks:manage', async (visit) => {
  const body = { enabled: true, catchUp: textOf(visit.form, 'catchUp') === 'true' };
  await visit.perform(webhooks.patch, { params: paramsOf(visit), body });
  return { to: pathOf(visit) };
});

/** `POST /console/settings/webhooks/:id/disable`. */
export const disableWebhook = consolePage('webhooks:manage', async (visit) => {
  await visit.perform(webhooks.patch, { params: paramsOf(visit), body: { enabled: false } });
  return { to: pathOf(visit) };
});

/** `POST /console/settings/webhooks/:id/rotate`: a new secret, shown this once. */
export const rotateSecret = consolePage('webhooks:manage', async (visit) => {
  const body = { revokePrevious: textOf(visit.form, 'revokePrevious') === 'true' };
  const response = await visit.perform(secrets.rotate, { params: paramsOf(visit), body });
  return showSecret(visit, response.body as ShownWebhook & { secret: string | null });
});

/** `POST /console/settings/webhooks/:id/revoke-previous`. */
export const revokePrevious = consolePage('webhooks:manage', async (visit) => {
  await visit.perform(secrets.revokePrevious, { params: paramsOf(visit) });
  return { to: pathOf(visit) };
});

/** `POST /console/settings/webhooks/:id/replay`: sends everything since a day again. */
export const replayEvents = consolePage('webhooks:manage', async (visit) => {
  const { webhooks: t } = settingsWords(visit.language);
  try {
    await visit.perform(deliveries.replay, {
      params: paramsOf(visit),
      body: { since: beginningOfDay(textOf(visit.form, 'since')) },
    });
    return { to: pathOf(visit) };
  } catch (error) {
    const { since } = t.expected;
    const refusals = { 'replay-from-the-future': since, 'webhook-disabled': t.disabled };
    return webhookPage(visit, faultsOf(error, { language: visit.language, expected: { since }, refusals }));
  }
});

/** `GET /console/settings/webhooks/:id/delete`: what deleting means, and the button for it. */
export const askWhetherToDelete = consolePage('webhooks:manage', async (visit) => {
  const { webhooks: t } = settingsWords(visit.language);
  const { url } = (await visit.ask(webhooks.get, { params: paramsOf(visit) })) as ShownWebhook;
  return settingsPage({
    heading: t.remove,
    back: { href: pathOf(visit), text: t.toWebhook },
    intro: [url, t.removeBody],
    form: { action: `${pathOf(visit)}/delete`, fields: [], submit: t.remove, isGrave: true },
  });
});

/** `POST /console/settings/webhooks/:id/delete`. */
export const deleteWebhook = consolePage(
  'webhooks:manage',
  async (visit) => {
    await visit.perform(webhooks.remove, { params: paramsOf(visit) });
    return { to: WEBHOOKS };
  },
  { takesFreshFactors: true },
);

/** The page that shows a secret, this once. */
export function showSecret(
  visit: Visit,
  { id, url, secret }: ShownWebhook & { readonly secret: string | null },
): Shown {
  const { webhooks: t } = settingsWords(visit.language);
  const shown = { id: 'secret', heading: t.secret };
  return settingsPage({
    heading: url,
    back: { href: `${WEBHOOKS}/${id}`, text: t.toWebhook },
    sections: [
      secret === null
        ? { ...shown, paragraphs: [t.secretShown] }
        : { ...shown, paragraphs: [t.secretOnce], code: secret },
    ],
  });
}
