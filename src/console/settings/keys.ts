import * as keys from '../../api/keys.ts';
import { KEY_ROLES, KEY_SCOPES, type KeyRole, type Scope } from '../../domain/permission.ts';
import { notFound } from '../../domain/refused.ts';
import { oneLine } from '../../domain/text.ts';
import { givenIn, withQuery } from '../addresses.ts';
import { faultsOf, textOf, textsOf, type FormFaults } from '../form-faults.ts';
import { namesOfProducts, ownProducts } from '../own-products.ts';
import { authorInWords } from '../author-words.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { settingsPage } from './page-model.ts';
import { beginningOfDay, momentInWords } from '../times.ts';
import { scopeInWords } from './scope-words.ts';
import { settingsWords } from './texts.ts';

const PATH = '/console/settings/keys';
/** The choice of scopes one by one, among the roles. */
const BY_SCOPES = 'scopes';

interface ShownKey {
  readonly id: string;
  readonly name: string;
  readonly role: string | null;
  readonly scopes: readonly Scope[];
  readonly products: readonly string[] | null;
  readonly createdBy: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}

/** `GET /console/settings/keys`. */
export const listKeys = consolePage('keys:manage', async (visit) => {
  const { keys: t, ...words } = settingsWords(visit.language);
  const query = { ...givenIn(visit.query, ['cursor']), limit: 50 };
  const { items, nextCursor } = (await visit.ask(keys.list, { query })) as {
    items: readonly ShownKey[];
    nextCursor: string | null;
  };
  const nameOf = await namesOfProducts(visit);
  const stateOf = (key: ShownKey) => {
    if (key.revokedAt !== null) return { text: t.revoked, tag: 'rejected' };
    return isOver(key, visit.now) ? { text: t.expired, tag: 'rejected' } : { text: t.valid, tag: 'resolved' };
  };
  return settingsPage({
    heading: t.heading,
    back: { href: '/console/settings', text: words.heading },
    intro: [t.intro],
    links: [{ href: `${PATH}/new`, text: t.add }],
    sections: [
      {
        id: 'keys',
        heading: t.caption,
        table: {
          caption: t.caption,
          none: t.none,
          columns: [t.name, t.may, t.products, t.state, t.expires, t.lastUsed, t.createdBy, t.act],
          rows: items.map((key) => [
            oneLine(key.name),
            key.role === null
              ? {
                  text: t.someScopes(key.scopes.length),
                  more: {
                    summary: words.details,
                    content: key.scopes.map((scope) => scopeInWords(scope, visit.language)).join('\n'),
                  },
                }
              : (t.roles[key.role as KeyRole] ?? key.role),
            key.products?.map(nameOf).join(', ') ?? words.all,
            stateOf(key),
            key.expiresAt === null ? words.never : momentInWords(key.expiresAt, visit.language),
            key.lastUsedAt === null ? words.never : momentInWords(key.lastUsedAt, visit.language),
            authorInWords(key.createdBy, visit.language),
            key.revokedAt === null
              ? { text: t.revokeIt, about: oneLine(key.name), href: `${PATH}/${key.id}/revoke` }
              : '',
          ]),
        },
        next: nextCursor && withQuery(PATH, { cursor: nextCursor }),
      },
    ],
  });
});

const isOver = ({ expiresAt }: ShownKey, now: Temporal.Instant) =>
  expiresAt !== null && Temporal.Instant.compare(Temporal.Instant.from(expiresAt), now) <= 0;

/** `GET /console/settings/keys/new`. */
export const showNewKey = consolePage('keys:manage', (visit) => showForm(visit));

/** `POST /console/settings/keys/new`: creates a key, and shows it this once. */
export const createKey = consolePage('keys:manage', async (visit) => {
  const { keys: t } = settingsWords(visit.language);
  const { form } = visit;
  const [role, scopes, products] = [textOf(form, 'role'), textsOf(form, 'scopes'), textsOf(form, 'products')];
  try {
    const { body } = await visit.perform(keys.create, {
      body: {
        name: textOf(form, 'name'),
        ...(role === BY_SCOPES ? scopes.length > 0 && { scopes } : role !== '' && { role }),
        products: products.length === 0 ? null : products,
        expiresAt: textOf(form, 'expiresAt') === '' ? null : beginningOfDay(textOf(form, 'expiresAt')),
      },
    });
    const { name, key } = body as { name: string; key: string | null };
    return settingsPage({
      heading: t.createdHeading,
      back: { href: PATH, text: t.heading },
      intro: [oneLine(name)],
      sections: [
        key === null
          ? { id: 'key', heading: t.key, paragraphs: [t.shown] }
          : { id: 'key', heading: t.key, paragraphs: [t.once], code: key },
      ],
    });
  } catch (error) {
    const { name, role: expectedRole, products: expectedProducts, expiresAt } = t.expected;
    return showForm(
      visit,
      faultsOf(error, {
        language: visit.language,
        expected: { name, role: expectedRole, scopes: expectedRole, products: expectedProducts, expiresAt },
        refusals: { 'product-unknown': expectedProducts },
      }),
    );
  }
});

async function showForm(visit: Visit, faults?: FormFaults): Promise<Shown> {
  const { keys: t } = settingsWords(visit.language);
  const { form } = visit;
  const products = await ownProducts(visit, 'keys:manage');
  return settingsPage({
    heading: t.newHeading,
    back: { href: PATH, text: t.heading },
    intro: [t.intro],
    ...(faults && { faults }),
    form: {
      action: `${PATH}/new`,
      submit: t.add,
      fields: [
        { part: 'field', id: 'name', label: t.name, hint: t.nameHint, value: textOf(form, 'name') },
        {
          part: 'choices',
          id: 'role',
          type: 'radio',
          legend: t.may,
          options: [
            ...KEY_ROLES.map((value) => ({ value, name: t.roles[value] })),
            { value: BY_SCOPES, name: t.onlyScopes },
          ],
          chosen: [textOf(form, 'role')],
        },
        {
          part: 'choices',
          id: 'scopes',
          type: 'checkbox',
          legend: t.scopes,
          options: KEY_SCOPES.map((value) => ({ value, name: scopeInWords(value, visit.language) })),
          chosen: textsOf(form, 'scopes'),
        },
        {
          part: 'choices',
          id: 'products',
          type: 'checkbox',
          legend: t.products,
          hint: t.productsHint,
          options: products.map(({ id: value, name }) => ({ value, name })),
          chosen: textsOf(form, 'products'),
        },
        {
          part: 'field',
          id: 'expiresAt',
          type: 'date',
          label: t.expires,
          hint: t.expiresHint,
          value: textOf(form, 'expiresAt'),
          optional: true,
        },
      ],
    },
  });
}

/** `GET /console/settings/keys/:id/revoke`: what revoking means, and the button for it. */
export const askWhetherToRevoke = consolePage('keys:manage', async (visit) => showRevoke(visit));

/** `POST /console/settings/keys/:id/revoke`: revokes a key, for good. */
export const revokeKey = consolePage(
  'keys:manage',
  async (visit) => {
    const { keys: t } = settingsWords(visit.language);
    try {
      await visit.perform(keys.revoke, { params: { id: visit.params['id'] ?? '' } });
      return { to: PATH };
    } catch (error) {
      return showRevoke(
        visit,
        faultsOf(error, { language: visit.language, expected: {}, refusals: { 'last-admin-key': t.lastAdmin } }),
      );
    }
  },
  { takesFreshFactors: true },
);

async function showRevoke(visit: Visit, faults?: FormFaults): Promise<Shown> {
  const { keys: t } = settingsWords(visit.language);
  const key = await keyOf(visit, visit.params['id'] ?? '');
  return settingsPage({
    heading: t.revokeHeading(oneLine(key.name)),
    back: { href: PATH, text: t.heading },
    intro: [t.revokeBody],
    ...(faults && { faults }),
    form: { action: `${PATH}/${key.id}/revoke`, fields: [], submit: t.revoke, isGrave: true },
  });
}

/** A key by its id: the list is short, and the API has no address for one. */
async function keyOf(visit: Visit, id: string): Promise<ShownKey> {
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = { limit: 200, ...(cursor !== '' && { cursor }) };
    const page = (await visit.ask(keys.list, { query })) as { items: readonly ShownKey[]; nextCursor: string | null };
    const found = page.items.find((key) => key.id === id);
    if (found !== undefined) return found;
    cursor = page.nextCursor;
  }
  throw notFound(`key ${id}`);
}
