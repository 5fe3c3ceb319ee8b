import { answerOnce } from '../db/answered-questions.ts';
import { appendToAuditLog } from '../db/audit-log.ts';
import { insertPerson, lockNewPeople } from '../db/people.ts';
import { endPersonRole, insertPersonRole } from '../db/person-roles.ts';
import type { Transaction } from '../db/postgres.ts';
import { knownProducts } from '../db/products.ts';
import {
  findPersonByEmail,
  findPersonOfProvider,
  hasAnyRole,
  identifyPerson,
  rolesOfProvider,
} from '../db/provider-sign-ins.ts';
import { endSession, proveFactors } from '../db/sessions.ts';
import { actorOfPerson, SYSTEM } from '../domain/author.ts';
import type { ProvenPerson, ProviderGrant } from '../domain/provider-claims.ts';
import type { SignedIn } from '../domain/session.ts';
import { hashSecret } from '../security/sessions.ts';
import { startSession, type StartedSession } from './sign-in.ts';

/**
 * Why somebody whom the provider has vouched for does not get in: the answer was used before; the person may not sign in any more;
 * the address is another person's here, or may be; there is no role; or it is not who is signed in.
 */
export type NotLetIn =
  'answer-used' | 'disabled' | 'address-taken' | 'address-unverified' | 'no-role' | 'another-person';

/** An answer of the provider, as its claims prove it. */
export interface ProviderAnswer {
  readonly person: ProvenPerson;
  /** By which it was asked for, and until when it is taken. */
  readonly state: string;
  readonly goodUntil: Temporal.Instant;
  readonly userAgent: string;
  readonly now: Temporal.Instant;
}

/**
 * Begins a session of the person whom the provider vouches for (D58), who is made where it gives a role and there was nobody. What
 * the provider gives now is what it gives: other roles of its are ended. Ends the session that the browser has. Returns why not,
 * where the person does not get in.
 */
export async function signInThroughProvider(
  tx: Transaction,
  answer: ProviderAnswer,
  current: SignedIn | null,
): Promise<StartedSession | NotLetIn> {
  const { userAgent, now } = answer;
  const found = await letIn(tx, answer);
  if (typeof found !== 'object') return found;
  if (current !== null) await endSession(tx, current.session.id, { at: now, actor: actorOfPerson(current.id) });
  const session = await startSession(tx, found.id, { method: 'openid', hasFactors: false, userAgent }, now);
  await proveFactors(tx, session.id, answer.person.factorsAt);
  return session;
}

/** Records that who is signed in has proved two factors anew (D58). Returns why not, where it was somebody else, or does not get in. */
export async function proveFactorsThroughProvider(
  tx: Transaction,
  answer: ProviderAnswer,
  current: SignedIn,
): Promise<'proved' | NotLetIn> {
  const found = await letIn(tx, answer, current.id);
  if (typeof found !== 'object') return found;
  await proveFactors(tx, current.session.id, answer.person.factorsAt);
  return 'proved';
}

/** The person, with the roles that the provider gives now; or why it is not let in. `expected` is who it has to be. */
async function letIn(
  tx: Transaction,
  { person, state, goodUntil, now }: ProviderAnswer,
  expected: string | null = null,
): Promise<{ readonly id: string } | NotLetIn> {
  await lockNewPeople(tx);
  if (!(await answerOnce(tx, { hash: hashSecret(state), goodUntil }, now))) return 'answer-used';
  const grants = await grantsOfProducts(tx, person.grants);
  const found = await personIn(tx, { ...person, grants }, now, expected);
  if (typeof found !== 'object') return found;
  await keepToGrants(tx, found.id, grants, now);
  return (await hasAnyRole(tx, found.id)) ? found : 'no-role';
}

/** Without roles of products that there are not: a role may be configured before its product is made. */
async function grantsOfProducts(tx: Transaction, grants: readonly ProviderGrant[]): Promise<ProviderGrant[]> {
  const products = await knownProducts(tx);
  return grants.filter(({ product }) => product === null || products.includes(product));
}

/** The person who is meant; made where there is nobody, and the provider gives a role. */
async function personIn(
  tx: Transaction,
  person: ProvenPerson,
  now: Temporal.Instant,
  expected: string | null,
): Promise<{ readonly id: string } | NotLetIn> {
  const identified = await findPersonOfProvider(tx, person);
  // Who signs in anew is who is signed in, or nobody: nothing is made or identified then.
  if (expected !== null && identified?.id !== expected) return 'another-person';
  if (identified?.isDisabled === false) return identified;
  const known = await findPersonByEmail(tx, person.email);
  if (known?.isDisabled === false) {
    if (known.isIdentified) return 'address-taken';
    // Whoever can choose an address at the provider would become who has it here.
    if (!person.isEmailVerified) return 'address-unverified';
    await identifyPerson(tx, known.id, person);
    return known;
  }
  // Whoever has lost access gets it back by being invited, not by signing in.
  if (identified !== null || known !== null) return 'disabled';
  if (person.grants.length === 0) return 'no-role';
  const by = { at: now, actor: SYSTEM };
  const made = await insertPerson(tx, person, by);
  await identifyPerson(tx, made.id, person);
  await appendToAuditLog(tx, by, [{ action: 'person.added', subject: made.id, details: { source: 'provider' } }]);
  return made;
}

/** Makes the roles that the provider gives to a person those that it gives now. What a person gave is left as it is. */
async function keepToGrants(
  tx: Transaction,
  personId: string,
  grants: readonly ProviderGrant[],
  now: Temporal.Instant,
): Promise<void> {
  const by = { at: now, actor: SYSTEM };
  const running = await rolesOfProvider(tx, personId);
  const isIn = (list: readonly ProviderGrant[], { role, product }: ProviderGrant) =>
    list.some((other) => other.role === role && other.product === product);
  for (const role of running) if (!isIn(grants, role)) await endPersonRole(tx, role.id, by);
  for (const grant of grants) {
    if (!isIn(running, grant)) await insertPersonRole(tx, { personId, ...grant, source: 'provider' }, by);
  }
}
