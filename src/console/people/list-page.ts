import * as people from '../../api/people.ts';
import { withQuery } from '../addresses.ts';
import { consolePage } from '../page.ts';
import { managedProducts, productsToChoose } from './role-form.ts';
import { peopleTextsIn } from './texts.ts';
import { rolesInWords, stateInWords } from './words.ts';

/** `GET /console/people`: who of the company can sign in, and what each may do. */
export const listPeople = consolePage('people:manage', async (visit) => {
  const { language, now } = visit;
  const t = peopleTextsIn(language);
  const products = await productsToChoose(visit);
  // Who manages the people of some products sees those of one at a time.
  const managed = managedProducts(visit);
  const [first] = managed ?? [undefined];
  const product = visit.query['product'] ?? first ?? '';
  const disabled = visit.query['disabled'] === 'true' ? 'true' : 'false';
  const { cursor } = visit.query;
  const asked = { disabled, ...(product !== '' && { product }) };
  const { items, nextCursor } = await visit.ask(people.list, { query: { ...asked, ...(cursor && { cursor }) } });
  // Who has roles for other products, too, is managed by who manages those.
  const isManaged = (roles: readonly { product: string | null }[]) =>
    managed === null || roles.every((role) => role.product !== null && managed.includes(role.product));
  const rows = items.map((person) => [
    isManaged(person.roles) ? { text: person.name, href: `/console/people/${person.id}` } : person.name,
    person.email,
    rolesInWords(person.roles, { t, products }),
    stateInWords(person, { t, language, now }),
  ]);
  const every = first === undefined ? [{ value: '', name: t.list.everyProduct }] : [];
  return {
    view: 'console/people/views/list',
    title: t.list.title,
    model: {
      t,
      product,
      disabled,
      products: [...every, ...products.map(({ id, name }) => ({ value: id, name }))],
      rows,
      next: nextCursor && withQuery('/console/people', { ...asked, cursor: nextCursor }),
    },
  };
});
