import { actorOfPerson, actorWithKey } from './author.ts';
import { KEY_SCOPES, permissionsFor, scopesOf, type Permissions, type Scope } from './permission.ts';

/** Who asks: a program with an API key, or a person of the company who is signed in (D56). */
export interface Caller {
  readonly kind: 'key' | 'person';
  /** Of the key, or of the person. */
  readonly id: string;
  readonly name: string;
  readonly grants: readonly Permissions[];
  /** When the key or the session ends; `null` for never. */
  readonly expiresAt: Temporal.Instant | null;
}

/** A caller, with what it may do by the scope that it was let in with. */
export type AllowedCaller = Caller & Permissions;

/** The caller as the record names it. */
export function actorOf({ kind, id }: Caller): string {
  return kind === 'key' ? actorWithKey(id) : actorOfPerson(id);
}

/** What a caller may do by this scope, and for which products; `null` where it has not got the scope. */
export function allowedBy(caller: Caller, scope: Scope | null): AllowedCaller | null {
  if (caller.kind === 'key' && scope !== null && !KEY_SCOPES.includes(scope)) return null;
  const permissions = permissionsFor(caller.grants, scope) ?? (scope === null ? ofOwnSelf(caller) : null);
  return permissions && { ...caller, ...permissions };
}

/** A person without a role does what concerns nobody else: sees and ends their own sessions (D57). */
const ofOwnSelf = ({ kind }: Caller): Permissions | null =>
  kind === 'person' ? { role: null, scopes: [], products: [] } : null;

/** The scopes that a caller has for any product. */
export function scopesOfCaller(caller: Caller): Scope[] {
  const scopes = new Set(caller.grants.flatMap((grant) => scopesOf(grant)));
  return [...scopes].filter((scope) => allowedBy(caller, scope) !== null);
}
