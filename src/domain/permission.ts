/** Bundles of scopes: each has those of the roles before it, too. */
export const ROLES = ['reader', 'officer', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What can be allowed, and the first role that has it. */
const FIRST_ROLE = {
  'products:read': 'reader',
  'controllers:read': 'reader',
  'changes:read': 'reader',
  'notices:read': 'reader',
  'objections:read': 'reader',
  'approvals:read': 'reader',
  'events:read': 'reader',
  'changes:announce': 'officer',
  'changes:activate': 'officer',
  'changes:withdraw': 'officer',
  /** Letters, notices sent anew, bounces, and that one has arrived. */
  'notices:write': 'officer',
  'objections:file': 'officer',
  /** Adds the scan of a letter, or a mail, to what was recorded of it. */
  'scans:write': 'officer',
  'objections:resolve': 'officer',
  /** Records what came by mail or letter, and that it was withdrawn. */
  'approvals:record': 'officer',
  /** As a second person, that the writer of a recorded approval may approve; and that who was named may. */
  'approvals:confirm': 'officer',
  /** An answer quotes the notice with its link, and whoever has the link can object for the controller. */
  'answers:read': 'officer',
  /** Files the objection that an answer is, and resolves the one that it was taken for. */
  'answers:classify': 'officer',
  'mails:read': 'officer',
  'mails:decide': 'officer',
  /** What ends when, and legal holds. */
  'retention:manage': 'officer',
  'proposals:read': 'reader',
  'proposals:write': 'officer',
  /** As a second person, what another has proposed. */
  'proposals:approve': 'approver',
  'products:write': 'admin',
  'controllers:write': 'admin',
  /** All that is on record about one person, and erasing it. */
  'persons:manage': 'admin',
  'webhooks:manage': 'admin',
  'keys:manage': 'admin',
  /** Who of the company signs in, and what each may do. */
  'people:manage': 'admin',
  'audit:read': 'admin',
} as const satisfies Readonly<Record<string, Role>>;

export type Scope = keyof typeof FIRST_ROLE;
export const SCOPES = Object.keys(FIRST_ROLE) as Scope[];

/** The role that is for people alone: what it adds takes one. */
export type KeyRole = Exclude<Role, 'approver'>;
export const KEY_ROLES: readonly KeyRole[] = ['reader', 'officer', 'admin'];

/** What takes a person: no API key is allowed it (D56). */
const OF_PERSONS: readonly Scope[] = ['proposals:approve'];
export const KEY_SCOPES = SCOPES.filter((scope) => !OF_PERSONS.includes(scope));

/** What is allowed: either all of a role, or these scopes alone. And for which products; `null` for all. */
export type Permissions = { readonly products: readonly string[] | null } & (
  { readonly role: Role; readonly scopes: null } | { readonly role: null; readonly scopes: readonly Scope[] }
);

/** All of a role, for one product or for all of them (`null`). */
export const grantOf = (role: Role, product: string | null): Permissions => ({
  role,
  scopes: null,
  products: product === null ? null : [product],
});

/** The scopes that these permissions come to. */
export function scopesOf({ role, scopes }: Permissions): Scope[] {
  if (role === null) return SCOPES.filter((scope) => scopes.includes(scope));
  return SCOPES.filter((scope) => ROLES.indexOf(FIRST_ROLE[scope]) <= ROLES.indexOf(role));
}

/** The scopes that these permissions come to for an API key. */
export function scopesOfKey(permissions: Permissions): Scope[] {
  return scopesOf(permissions).filter((scope) => KEY_SCOPES.includes(scope));
}

/** The roles that have a scope, the first one first. */
export function rolesWith(scope: Scope): Role[] {
  return ROLES.slice(ROLES.indexOf(FIRST_ROLE[scope]));
}

/**
 * What several grants come to for one scope: the highest role of those that have it, and their products together. `null` where
 * none has it. Of `null`, what they come to at all.
 */
export function permissionsFor(grants: readonly Permissions[], scope: Scope | null): Permissions | null {
  const having = grants.filter((grant) => scope === null || scopesOf(grant).includes(scope));
  const [first, ...others] = having.toSorted((a, b) => rankOf(b) - rankOf(a));
  if (first === undefined || others.length === 0) return first ?? null;
  const products = having.some((grant) => grant.products === null)
    ? null
    : [...new Set(having.flatMap((grant) => grant.products ?? []))].toSorted();
  return { ...first, products };
}

const rankOf = ({ role }: Permissions) => (role === null ? -1 : ROLES.indexOf(role));

/** What of one grant is within others too: each scope, for the products that both have. The same grant where all of it is. */
export function within(grant: Permissions, limits: readonly Permissions[]): Permissions[] {
  const kept = scopesOf(grant).flatMap((scope) => {
    const limit = permissionsFor(limits, scope);
    const products = limit && commonOf(grant.products, limit.products);
    return limit === null || products?.length === 0 ? [] : [{ scope, products }];
  });
  const byProducts = [...Map.groupBy(kept, ({ products }) => JSON.stringify(products)).values()];
  const isWhole = kept.length === scopesOf(grant).length && byProducts.length === 1;
  if (isWhole && JSON.stringify(kept[0]?.products) === JSON.stringify(grant.products)) return [grant];
  return byProducts.map((of) => ({
    role: null,
    scopes: of.map(({ scope }) => scope),
    products: of[0]?.products ?? null,
  }));
}

function commonOf(one: readonly string[] | null, other: readonly string[] | null): readonly string[] | null {
  if (one === null || other === null) return one ?? other;
  return one.filter((product) => other.includes(product));
}

/** Whether something that concerns these products is for the caller: all of them are the caller's. `null` is every product. */
export function coversProducts(own: readonly string[] | null, concerned: readonly string[] | null): boolean {
  return own === null || (concerned !== null && concerned.every((product) => own.includes(product)));
}

/** Whether grants come to a role for a product, `null` for all of them: to each scope that the role has. */
export function comeToRole(grants: readonly Permissions[], role: Role, product: string | null): boolean {
  const concerned = product === null ? null : [product];
  return scopesOf(grantOf(role, product)).every((scope) => {
    const may = permissionsFor(grants, scope);
    return may !== null && coversProducts(may.products, concerned);
  });
}
