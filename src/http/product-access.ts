import { isConcerning, productsConcerned } from '../db/products-concerned.ts';
import type { Queryable } from '../db/postgres.ts';
import { coversProducts } from '../domain/permission.ts';
import { notFound } from '../domain/refused.ts';
import { Problem } from './problems.ts';

/** What a request says, validated. `url` is the address of its route, with the names of its parameters. */
export interface Said {
  readonly method: string;
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Addresses that concern nobody but who asks, or tell nothing of any product. */
const OF_NO_PRODUCT = [
  '/v1/me',
  '/v1/me/passkeys',
  '/v1/me/passkeys/:id',
  '/v1/checkpoints',
  '/v1/checkpoints/latest',
  '/v1/checkpoints/keys',
  // Their operations themselves keep to one's own.
  '/v1/sessions',
  '/v1/sessions/:id',
  '/v1/worklist',
];

/**
 * Keeps a key that is for some products to them. The products that a request concerns are those that its
 * address, its query or its body names, and those of the thing that its address names. What is of another product is not found; to
 * name another product is forbidden, and so is what concerns no product by any of these. Returns the query: a list that takes
 * a product is of the key's only one, where none is named.
 */
export async function keepToProducts(
  db: Queryable,
  own: readonly string[] | null,
  said: Said,
  takesProduct: boolean,
): Promise<Said['query']> {
  const { method, url, params, query } = said;
  if (own === null || OF_NO_PRODUCT.includes(url)) return query;
  // What is proposed says what it is about; the operation keeps its caller to that (expectToMay).
  if (method === 'POST' && url === '/v1/proposals') return query;
  const named = namedProducts(said);
  if (!coversProducts(own, named)) {
    throw forbidden(own, named === null ? 'This is about all products' : `This is about ${named.join(', ')}`);
  }
  const thing = params.product === undefined ? await keepToThing(db, own, said) : null;
  // A list about a thing of several products, like the changes of a controller, is of the key's as well.
  if ((thing !== null && !takesProduct) || (named !== null && named.length > 0)) return query;
  const [only, ...more] = own;
  if (!takesProduct) throw forbidden(own, 'This is about no product alone');
  if (more.length > 0) throw forbidden(own, 'Name one of them, like ?product=' + only);
  return { ...query, product: only };
}

/** Every product that is named; `null` where `products: null` names all. */
function namedProducts({ params, query, body }: Said): string[] | null {
  const given = fieldsOf(body);
  if (given['products'] === null) return null;
  const announced = fieldsOf(given['announcement'])['product'];
  return [params.product, query['product'], given['product'], given['products'], announced]
    .flat()
    .filter((product) => typeof product === 'string');
}

const fieldsOf = (value: unknown) =>
  (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;

/** Finds the thing that the address names, and refuses one that is not within the key's products. `null` where it names none. */
async function keepToThing(db: Queryable, own: readonly string[], { method, url, params }: Said): Promise<true | null> {
  const noun = /^\/v1\/([a-z]+)\/:/.exec(url)?.[1] ?? '';
  const id = params.id ?? params.externalId;
  if (id === undefined || !isConcerning(noun)) return null;
  const found = await productsConcerned(db, noun, id);
  // Who is to be created is of the products that the body names.
  if (found === null && noun === 'controllers' && method === 'PUT') return null;
  const products = found?.products ?? null;
  // A controller is shown to whoever has one of its products, and changed by who has all of them.
  const isShown =
    method === 'GET' && url === '/v1/controllers/:externalId' && products?.some((each) => own.includes(each));
  const isOwn = products !== null && products.length > 0 && coversProducts(own, products);
  if (!isShown && !isOwn)
    throw notFound(`${noun === 'people' ? 'person' : noun.slice(0, -1)} ${id} of ${own.join(', ')}`);
  return true;
}

function forbidden(own: readonly string[], because: string): Problem {
  return new Problem('forbidden', `${because}; the key is for ${own.join(', ')} only.`);
}
