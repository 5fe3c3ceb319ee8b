import * as deliveries from '../../api/webhook-deliveries.ts';
import * as webhooks from '../../api/webhooks.ts';
import type { EventType } from '../../domain/event.ts';
import { givenIn, withQuery } from '../addresses.ts';
import { authorInWords } from '../author-words.ts';
import { numberInWords } from '../numbers.ts';
import { namesOfProducts } from '../own-products.ts';
import { consolePage, type Shown } from '../page.ts';
import type { FormFaults } from '../form-faults.ts';
import type { Visit } from '../visit.ts';
import { eventInWords } from './event-words.ts';
import { settingsPage, type FormModel, type Section } from './page-model.ts';
import { momentInWords } from '../times.ts';
import { settingsWords } from './texts.ts';
import { eventsInWords, stateOf, WEBHOOKS, type ShownWebhook } from './webhook-shown.ts';

interface Attempt {
  readonly startedAt: string;
  readonly status: number | null;
  readonly error: string | null;
}

interface Delivery {
  readonly type: EventType;
  readonly status: 'pending' | 'delivered' | 'failed' | 'skipped';
  readonly createdAt: string;
  readonly nextAttemptAt: string | null;
  readonly attempts: readonly Attempt[];
}

/** `GET /console/settings/webhooks`. */
export const listWebhooks = consolePage('webhooks:manage', async (visit) => {
  const { webhooks: t, ...words } = settingsWords(visit.language);
  const { items, nextCursor } = (await visit.ask(webhooks.list, { query: givenIn(visit.query, ['cursor']) })) as {
    items: readonly ShownWebhook[];
    nextCursor: string | null;
  };
  return settingsPage({
    heading: t.heading,
    back: { href: '/console/settings', text: words.heading },
    intro: [t.intro],
    links: [{ href: `${WEBHOOKS}/new`, text: t.add }],
    sections: [
      {
        id: 'webhooks',
        heading: t.caption,
        table: {
          caption: t.caption,
          none: t.none,
          columns: [t.url, t.description, t.events, t.state, t.pending, t.failed],
          rows: items.map((each) => [
            { text: each.url, href: `${WEBHOOKS}/${each.id}` },
            each.description ?? '',
            eventsInWords(each, visit.language),
            stateOf(each, visit.language),
            numberInWords(each.deliveries.pending, visit.language),
            numberInWords(each.deliveries.failed, visit.language),
          ]),
        },
        next: nextCursor && withQuery(WEBHOOKS, { cursor: nextCursor }),
      },
    ],
  });
});

/** `GET /console/settings/webhooks/:id`: a webhook, what was delivered to it, and what can be done. */
export const showWebhook = consolePage('webhooks:manage', (visit) => webhookPage(visit));

/** The page of the webhook that the address names, with the faults of a form on it. */
export async function webhookPage(visit: Visit, faults?: FormFaults): Promise<Shown> {
  const { webhooks: t } = settingsWords(visit.language);
  const { id = '' } = visit.params;
  const found = (await visit.ask(webhooks.get, { params: { id } })) as ShownWebhook;
  const { language } = visit;
  const nameOf = await namesOfProducts(visit);
  const facts = [
    { name: t.state, value: stateOf(found, language).text },
    { name: t.events, value: eventsInWords(found, language) },
    {
      name: settingsWords(language).product,
      value: found.products?.map(nameOf).join(', ') ?? settingsWords(language).allProducts,
    },
    ...(found.description === null ? [] : [{ name: t.description, value: found.description }]),
    ...(found.rateLimit === null ? [] : [{ name: t.rateLimit, value: String(found.rateLimit) }]),
    ...(found.failingSince === null
      ? []
      : [{ name: t.failingSince, value: momentInWords(found.failingSince, language) }]),
    { name: t.pending, value: numberInWords(found.deliveries.pending, language) },
    { name: t.failed, value: numberInWords(found.deliveries.failed, language) },
    {
      name: t.createdAt,
      value: `${momentInWords(found.createdAt, language)}, ${authorInWords(found.createdBy, language)}`,
    },
    ...(found.secretRotatedAt === null
      ? []
      : [{ name: t.rotatedAt, value: momentInWords(found.secretRotatedAt, language) }]),
    ...(found.previousSecretValidUntil === null
      ? []
      : [{ name: t.previousUntil, value: momentInWords(found.previousSecretValidUntil, language) }]),
  ];
  return settingsPage({
    heading: found.url,
    back: { href: WEBHOOKS, text: t.heading },
    ...(faults && { faults }),
    links: [
      { href: `${WEBHOOKS}/${id}/edit`, text: t.edit },
      { href: `${WEBHOOKS}/${id}/delete`, text: t.remove },
    ],
    sections: [
      { id: 'state', heading: t.webhook, facts, forms: formsOf(found, visit) },
      await deliveriesOf(visit, id),
      await replaysOf(visit, id),
    ],
  });
}

function formsOf({ id, enabled, previousSecretValidUntil }: ShownWebhook, visit: Visit): FormModel[] {
  const { webhooks: t } = settingsWords(visit.language);
  const path = `${WEBHOOKS}/${id}`;
  return [
    { action: `${path}/test`, fields: [], submit: t.test, isSecond: true },
    enabled
      ? { action: `${path}/disable`, fields: [], submit: t.disable, isSecond: true }
      : {
          action: `${path}/enable`,
          fields: [{ part: 'tick', id: 'catchUp', label: t.catchUp, isTicked: true }],
          submit: t.enable,
          isSecond: true,
        },
    {
      action: `${path}/rotate`,
      fields: [{ part: 'tick', id: 'revokePrevious', label: t.revokePrevious, isTicked: false }],
      submit: t.rotate,
      isSecond: true,
    },
    ...(previousSecretValidUntil === null
      ? []
      : [{ action: `${path}/revoke-previous`, fields: [], submit: t.revokeNow, isSecond: true }]),
  ];
}

async function deliveriesOf(visit: Visit, id: string): Promise<Section> {
  const { webhooks: t, ...words } = settingsWords(visit.language);
  const filter = givenIn(visit.query, ['status']);
  const query = { ...filter, ...givenIn(visit.query, ['cursor']), limit: 25 };
  const { items, nextCursor } = (await visit.ask(deliveries.list, { params: { id }, query })) as {
    items: readonly Delivery[];
    nextCursor: string | null;
  };
  const path = `${WEBHOOKS}/${id}`;
  return {
    id: 'deliveries',
    heading: t.deliveries,
    forms: [
      {
        action: path,
        method: 'get',
        submit: words.search,
        isSecond: true,
        fields: [
          {
            part: 'select',
            id: 'status',
            label: t.filter,
            value: filter['status'] ?? '',
            options: [
              { value: '', name: words.all },
              ...Object.entries(t.statuses).map(([value, name]) => ({ value, name })),
            ],
          },
        ],
      },
    ],
    table: {
      caption: t.deliveries,
      none: t.noDeliveries,
      columns: [words.when, t.event, t.status, t.attempts, t.last, t.next],
      rows: items.map((each) => {
        const last = each.attempts.at(-1);
        return [
          momentInWords(each.createdAt, visit.language),
          eventInWords(each.type, visit.language),
          {
            text: t.statuses[each.status],
            tag: { pending: 'pending', delivered: 'resolved', failed: 'rejected', skipped: '' }[each.status],
          },
          String(each.attempts.length),
          last === undefined ? '' : String(last.status ?? last.error ?? ''),
          momentInWords(each.nextAttemptAt, visit.language),
        ];
      }),
    },
    next: nextCursor && withQuery(path, { ...filter, cursor: nextCursor }),
  };
}

async function replaysOf(visit: Visit, id: string): Promise<Section> {
  const { webhooks: t, ...words } = settingsWords(visit.language);
  const { items } = (await visit.ask(deliveries.replays, { params: { id }, query: { limit: 10 } })) as {
    items: readonly {
      since: string | null;
      createdAt: string;
      createdBy: string;
      finishedAt: string | null;
      queued: number;
    }[];
  };
  const form: FormModel = {
    action: `${WEBHOOKS}/${id}/replay`,
    submit: t.replay,
    isSecond: true,
    fields: [{ part: 'field', id: 'since', type: 'date', label: t.since, hint: t.replayHint, value: '' }],
  };
  if (items.length === 0) return { id: 'replays', heading: t.replay, forms: [form] };
  return {
    id: 'replays',
    heading: t.replay,
    forms: [form],
    table: {
      caption: t.replays,
      none: '',
      columns: [words.when, t.since, t.queued, t.finished, words.who],
      rows: items.map((each) => [
        momentInWords(each.createdAt, visit.language),
        momentInWords(each.since, visit.language),
        numberInWords(each.queued, visit.language),
        momentInWords(each.finishedAt, visit.language),
        authorInWords(each.createdBy, visit.language),
      ]),
    },
  };
}
