/** Bundles of scopes: each has those of the roles before it, too. */
export const ROLES = ['reader', 'officer', 'admin'] as const;
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
  'products:write': 'admin',
  'controllers:write': 'admin',
  /** All that is on record about one person, and erasing it. */
  'persons:manage': 'admin',
  'webhooks:manage': 'admin',
  'keys:manage': 'admin',
  'audit:read': 'admin',
} as const satisfies Readonly<Record<string, Role>>;

export type Scope = keyof typeof FIRST_ROLE;
export const SCOPES = Object.keys(FIRST_ROLE) as Scope[];

/** What a caller may do: either all of a role, or these scopes alone. And for which products; `null` for all. */
export type Permissions = { readonly products: readonly string[] | null } & (
  { readonly role: Role; readonly scopes: null } | { readonly role: null; readonly scopes: readonly Scope[] }
);

/** The scopes that these permissions come to. */
export function scopesOf({ role, scopes }: Permissions): Scope[] {
  if (role === null) return SCOPES.filter((scope) => scopes.includes(scope));
  return SCOPES.filter((scope) => ROLES.indexOf(FIRST_ROLE[scope]) <= ROLES.indexOf(role));
}

/** The roles that have a scope, the first one first. */
export function rolesWith(scope: Scope): Role[] {
  return ROLES.slice(ROLES.indexOf(FIRST_ROLE[scope]));
}

/** Whether something that concerns these products is for the caller: all of them are the caller's. `null` is every product. */
export function coversProducts(own: readonly string[] | null, concerned: readonly string[] | null): boolean {
  return own === null || (concerned !== null && concerned.every((product) => own.includes(product)));
}
