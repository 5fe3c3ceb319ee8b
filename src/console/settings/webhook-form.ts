import { createHash } from 'node:crypto';
import * as webhooks from '../../api/webhooks.ts';
import { Problem } from '../../http/problems.ts';
import { faultsOf, textOf, textsOf, type FaultWords, type FormFaults } from '../form-faults.ts';
import { ownProducts } from '../own-products.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Form, Visit } from '../visit.ts';
import { settingsPage } from './page-model.ts';
import { settingsWords } from './texts.ts';
import { showSecret } from './webhook-acts.ts';
import { WEBHOOKS, type ShownWebhook } from './webhook-shown.ts';

interface TypedWebhook {
  readonly url: string;
  readonly events: string;
  readonly products: readonly string[];
  readonly description: string;
  readonly rateLimit: string;
  /** Of what was shown, so that nobody else's correction is undone. */
  readonly version: string;
}

/** `GET /console/settings/webhooks/new`. */
export const showNewWebhook = consolePage('webhooks:manage', (visit) =>
  showForm(visit, { ...typed({}), events: '*' }, null),
);

/** `POST /console/settings/webhooks/new`: creates a webhook, and shows its secret this once. */
export const createWebhook = consolePage('webhooks:manage', async (visit) => {
  try {
    const { body } = await visit.perform(webhooks.create, { body: bodyOf(typed(visit.form)) });
    return showSecret(visit, body as ShownWebhook & { secret: string | null });
  } catch (error) {
    return showForm(visit, typed(visit.form), null, faults(visit, error));
  }
});

/** `GET /console/settings/webhooks/:id/edit`. */
export const showEditWebhook = consolePage('webhooks:manage', async (visit) => {
  const standing = await standingWebhook(visit);
  return showForm(visit, { ...standing, version: versionOf(standing) }, paramsOf(visit).id);
});

/** `POST /console/settings/webhooks/:id/edit`. */
export const editWebhook = consolePage('webhooks:manage', async (visit) => {
  const { id } = paramsOf(visit);
  const shown = typed(visit.form);
  const version = versionOf(await standingWebhook(visit));
  // A second click finds its own correction. Who is told of another's sends the next one knowing of it.
  if (shown.version !== '' && ![shown.version, versionOf(shown)].includes(version)) {
    const { changedMeanwhile } = settingsWords(visit.language).webhooks;
    const refusal = new Problem('precondition-failed', 'The webhook is not what the form has shown.');
    return showForm(
      visit,
      { ...shown, version },
      id,
      faults(visit, refusal, { 'precondition-failed': changedMeanwhile }),
    );
  }
  try {
    await visit.perform(webhooks.patch, { params: { id }, body: bodyOf(shown) });
    return { to: `${WEBHOOKS}/${id}` };
  } catch (error) {
    return showForm(visit, shown, id, faults(visit, error));
  }
});

const paramsOf = ({ params }: Visit) => ({ id: params['id'] ?? '' });

/** A webhook as its form shows it. */
async function standingWebhook(visit: Visit): Promise<TypedWebhook> {
  const { url, events, products, description, rateLimit } = (await visit.ask(webhooks.get, {
    params: paramsOf(visit),
  })) as ShownWebhook;
  return {
    url,
    events: events.join('\n'),
    products: products ?? [],
    description: description ?? '',
    rateLimit: String(rateLimit ?? ''),
    version: '',
  };
}

const versionOf = (standing: TypedWebhook) =>
  createHash('sha256')
    .update(JSON.stringify(bodyOf(standing)))
    .digest('base64url');

function typed(form: Form): TypedWebhook {
  return {
    url: textOf(form, 'url'),
    events: textOf(form, 'events'),
    products: textsOf(form, 'products'),
    description: textOf(form, 'description'),
    rateLimit: textOf(form, 'rateLimit'),
    version: textOf(form, 'version'),
  };
}

function bodyOf({ url, events, products, description, rateLimit }: TypedWebhook) {
  return {
    url,
    events: events.split(/[\s,]+/).filter((event) => event !== ''),
    products: products.length === 0 ? null : products,
    description: description === '' ? null : description,
    rateLimit: rateLimit === '' ? null : Number(rateLimit),
  };
}

function faults(visit: Visit, error: unknown, refusals: FaultWords['refusals'] = {}): FormFaults {
  const { expected } = settingsWords(visit.language).webhooks;
  return faultsOf(error, {
    language: visit.language,
    expected,
    refusals: {
      ...refusals,
      'webhook-url-invalid': expected.url,
      'webhook-target-unresolvable': expected.url,
      'webhook-target-forbidden': expected.url,
      'product-unknown': expected.products,
    },
  });
}

async function showForm(visit: Visit, shown: TypedWebhook, id: string | null, said?: FormFaults): Promise<Shown> {
  const { webhooks: t, ...words } = settingsWords(visit.language);
  const products = await ownProducts(visit, 'webhooks:manage');
  return settingsPage({
    heading: id === null ? t.newHeading : t.editHeading,
    back: { href: id === null ? WEBHOOKS : `${WEBHOOKS}/${id}`, text: id === null ? t.heading : t.toWebhook },
    intro: [t.intro],
    ...(said && { faults: said }),
    form: {
      action: id === null ? `${WEBHOOKS}/new` : `${WEBHOOKS}/${id}/edit`,
      submit: id === null ? t.add : words.save,
      fields: [
        { part: 'hidden', id: 'version', value: shown.version },
        { part: 'field', id: 'url', type: 'url', label: t.url, hint: t.urlHint, value: shown.url },
        { part: 'textarea', id: 'events', rows: 3, label: t.events, hint: t.eventsHint, value: shown.events },
        {
          part: 'choices',
          id: 'products',
          type: 'checkbox',
          legend: words.product,
          hint: t.productsHint,
          options: products.map(({ id: value, name }) => ({ value, name })),
          chosen: shown.products,
        },
        { part: 'field', id: 'description', label: t.description, value: shown.description, optional: true },
        { part: 'field', id: 'rateLimit', type: 'number', label: t.rateLimit, value: shown.rateLimit, optional: true },
      ],
    },
  });
}
