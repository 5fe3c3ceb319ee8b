import * as controllers from '../../api/controllers.ts';
import { oneLine } from '../../domain/text.ts';
import { givenIn, withQuery } from '../addresses.ts';
import { isForAllProducts, namesAmong, ownProducts } from '../own-products.ts';
import { consolePage } from '../page.ts';
import { customerPath, type ShownCustomer } from './shown.ts';
import { customerWords } from './texts.ts';

/** `GET /console/customers`: the customers, searched, page by page. */
export const listCustomers = consolePage('controllers:read', async (visit) => {
  const t = customerWords(visit.language);
  const { q = '', product = '', duplicates = '' } = visit.query;
  const products = await ownProducts(visit, 'controllers:read');
  const nameOf = namesAmong(products);
  // Whoever is for some products alone sees one after the other.
  const isForAll = isForAllProducts(visit, 'controllers:read');
  const chosen = product === '' && !isForAll ? products[0]?.id : product;
  const filter = {
    ...givenIn(visit.query, ['q']),
    ...(chosen !== undefined && chosen !== '' && { product: chosen }),
    ...(duplicates === 'true' && { duplicates }),
  };
  const asked = { ...filter, limit: 50, ...givenIn(visit.query, ['cursor']) };
  const { items, nextCursor } = (await visit.ask(controllers.list, { query: asked })) as {
    items: readonly ShownCustomer[];
    nextCursor: string | null;
  };
  const next = nextCursor && withQuery('/console/customers', { ...filter, cursor: nextCursor });
  return {
    view: 'console/customers/views/list',
    title: t.heading,
    model: {
      t,
      typed: { q, product: chosen ?? '', duplicates: duplicates === 'true' },
      products:
        products.length < 2
          ? []
          : [
              ...(isForAll ? [{ value: '', name: t.search.allProducts }] : []),
              ...products.map(({ id, name }) => ({ value: id, name })),
            ],
      mayWrite: visit.may('controllers:write'),
      table: {
        caption: t.list.caption,
        none: Object.keys(filter).length === 0 ? t.list.noneYet : t.list.none,
        columns: [
          t.list.name,
          t.list.externalId,
          t.list.registrationNumber,
          t.list.products,
          t.list.contacts,
          t.list.mayApprove,
        ],
        rows: items.map((each) => [
          { text: oneLine(each.name), href: customerPath(each.externalId) },
          each.externalId,
          each.registrationNumber,
          each.products.map(nameOf).join(', '),
          String(each.contacts.length),
          namesOf(each) || t.nobody,
        ]),
      },
      next,
    },
  };
});

/** Who may approve, by name: the first two, and how many more. */
function namesOf({ contacts }: ShownCustomer): string {
  const names = contacts.filter(({ mayApprove }) => mayApprove).map(({ name }) => oneLine(name));
  return names.length <= 2 ? names.join(', ') : `${names.slice(0, 2).join(', ')} + ${names.length - 2}`;
}
