import supertest from 'supertest';
import { startSession } from '../../src/commands/sign-in.ts';
import { insertPerson } from '../../src/db/people.ts';
import { insertPersonRole } from '../../src/db/person-roles.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import type { Role } from '../../src/domain/permission.ts';
import type { SignInMethod } from '../../src/domain/session.ts';
import { csrfTokenOf } from '../../src/security/sessions.ts';
import type { TestVarsel } from './varsel.ts';

/** A person of the company in a browser of their own. */
export interface SignedInPerson {
  readonly id: string;
  readonly sessionId: string;
  /** The name and the value of the session's cookie. */
  readonly cookie: { readonly name: string; readonly value: string };
  readonly csrf: string;
  /** Request functions with the cookie. */
  readonly browser: ReturnType<typeof supertest.agent>;
  /** `GET` of a page of the console. */
  get(address: string): supertest.Test;
  /** Sends a form as its page would. Fields that come several times are arrays. */
  post(address: string, fields?: Readonly<Record<string, string | readonly string[]>>): supertest.Test;
  /** A call of the API with the session. */
  call(method: 'get' | 'post' | 'put' | 'delete' | 'patch', address: string): supertest.Test;
}

let people = 0;

/** Signs a new person in, who has this role for all products or for these, by two factors unless told otherwise. */
export async function signIn(
  varsel: Pick<TestVarsel, 'url' | 'clock' | 'database'>,
  {
    role = 'admin',
    products = null,
    name,
    method = 'openid',
    hasFactors = true,
  }: {
    role?: Role | null;
    products?: readonly string[] | null;
    name?: string;
    method?: SignInMethod;
    hasFactors?: boolean;
  } = {},
): Promise<SignedInPerson> {
  people += 1;
  const number = people;
  const at = varsel.clock.now();
  const by = { at, actor: 'system' };
  const { id, session } = await inTransaction(varsel.database.pool, async (tx) => {
    const person = await insertPerson(
      tx,
      { name: name ?? `Medarbejder ${number}`, email: `person-${number}@telenor.example` },
      by,
    );
    for (const product of role === null ? [] : (products ?? [null]))
      await insertPersonRole(tx, { personId: person.id, role: role ?? 'reader', product, source: 'given' }, by);
    return { id: person.id, session: await startSession(tx, person.id, { method, hasFactors, userAgent: 'test' }, at) };
  });
  return browserOf(varsel, { id, session });
}

/** The same person, signed in anew in another browser. */
export async function signInAgain(
  varsel: Pick<TestVarsel, 'url' | 'clock' | 'database'>,
  { id }: Pick<SignedInPerson, 'id'>,
): Promise<SignedInPerson> {
  const started = { method: 'openid', hasFactors: true, userAgent: 'test' } as const;
  const session = await inTransaction(varsel.database.pool, (tx) => startSession(tx, id, started, varsel.clock.now()));
  return browserOf(varsel, { id, session });
}

function browserOf(
  { url }: Pick<TestVarsel, 'url'>,
  { id, session }: { readonly id: string; readonly session: Awaited<ReturnType<typeof startSession>> },
): SignedInPerson {
  const cookie = { name: 'varsel', value: session.secret };
  const csrf = csrfTokenOf(session.secret);
  const browser = supertest.agent(url).set('cookie', `varsel=${session.secret}`);
  return {
    id,
    sessionId: session.id,
    cookie,
    csrf,
    browser,
    get: (address) => browser.get(address),
    post: (address, fields = {}) =>
      browser
        .post(address)
        .type('form')
        .send({ csrf, ...fields }),
    call: (verb, address) => browser[verb](address).set('x-csrf-token', csrf),
  };
}
