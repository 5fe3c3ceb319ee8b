import type { Role } from '../../domain/permission.ts';
import type { Language } from '../../domain/text.ts';
import { momentInWords } from '../times.ts';
import type { Texts } from './texts-da.ts';

/** How a person stands, as the API shows it. */
interface Standing {
  readonly signedInAt: string | null;
  readonly invitedUntil: string | null;
  readonly disabledAt: string | null;
  readonly createdAt: string;
}

/** Whether the person can sign in, and did. */
export function stateInWords(
  { signedInAt, invitedUntil, disabledAt, createdAt }: Standing,
  { t, language, now }: { t: Texts; language: Language; now: Temporal.Instant },
): string {
  if (disabledAt !== null) return t.state.disabled(momentInWords(disabledAt, language));
  if (signedInAt !== null) return t.state.signedIn(momentInWords(signedInAt, language));
  if (invitedUntil !== null) return t.state.invited(momentInWords(invitedUntil, language));
  // Sessions are kept for a year.
  const isOld = Temporal.Instant.from(createdAt).until(now).total('hours') > 365 * 24;
  return isOld ? t.state.never : t.state.lapsed;
}

/** Roles with their products: "Administrator for alle produkter, Læser for truetalk". */
export function rolesInWords(
  roles: readonly { role: Role; product: string | null }[],
  named: { t: Texts; products: Products },
): string {
  if (roles.length === 0) return named.t.none;
  return roles.map(({ role, product }) => named.t.roleFor(role, productInWords(product, named))).join(', ');
}

/** Products by their names. */
type Products = readonly { readonly id: string; readonly name: string }[];

/** The product of a role; `null` is all of them. One that is not among the named is called by its id. */
export function productInWords(product: string | null, { t, products }: { t: Texts; products: Products }): string {
  if (product === null) return t.allProducts;
  return products.find(({ id }) => id === product)?.name ?? product;
}

const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;
const SYSTEMS = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'Mac'],
  ['Linux', 'Linux'],
] as const;

/** A browser as its person knows it: "Firefox på Windows". What it says of itself proves nothing. */
export function browserInWords(userAgent: string, t: Texts): string {
  const found = (names: typeof BROWSERS | typeof SYSTEMS) => names.find(([mark]) => userAgent.includes(mark))?.[1];
  const [browser, system] = [found(BROWSERS), found(SYSTEMS)];
  if (browser === undefined) return t.sessions.unknownBrowser;
  return system === undefined ? browser : t.sessions.on(browser, system);
}
